#include "dispatch/account_alerts.hpp"

#include "base/encoding.hpp"

namespace gatehouse::dispatch {
namespace {

constexpr std::size_t kMaxTextBytes = 300;

}  // namespace

bool is_account_refused(const Error& error) {
    return error.kind == ErrorKind::kAuth || error.kind == ErrorKind::kForbidden;
}

void note_refusal(const Error& error, std::vector<AlertChange>& changes) {
    if (!is_account_refused(error)) return;
    changes.push_back(
        AlertChange{kAccountSubject, true, shorten(error.message, kMaxTextBytes), "", ""});
}

void note_answer(std::vector<AlertChange>& changes) {
    changes.push_back(AlertChange{kAccountSubject, false, "", "", ""});
}

}  // namespace gatehouse::dispatch
