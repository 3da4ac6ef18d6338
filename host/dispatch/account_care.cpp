#include "dispatch/account_care.hpp"

#include <utility>

#include "base/encoding.hpp"
#include "dispatch/account_alerts.hpp"
#include "storeganise/client.hpp"

namespace gatehouse::dispatch {
namespace {

constexpr std::int64_t kSitesEveryNs = 86'400'000'000'000;
constexpr std::size_t kMaxNameBytes = 64;

}  // namespace

Outcome AccountCare::run(const Task& task, const BusinessParts& parts, std::int64_t care_ms,
                         observe::StepLog& steps) {
    Outcome outcome;
    outcome.never_dies = true;
    storeganise::ListQuery one;
    one.limit = 1;
    // No steps of its own: a hundred runs a day would bury what is worth reading.
    const auto answer = parts.client->units(one, nullptr);
    if (!answer) {
        note_refusal(answer.error(), outcome.alert_changes);
        steps.add(observe::StepKind::kNote,
                  "does Storeganise answer? " + shorten(answer.error().message, 300));
        outcome.status = tl::unexpected(answer.error());
        return outcome;
    }
    note_answer(outcome.alert_changes);
    if (must_check_sites(task.business)) check_sites(parts, outcome);
    outcome.again_ms = clock_.now_ms() + care_ms;
    return outcome;
}

bool AccountCare::must_check_sites(const std::string& business) {
    const std::int64_t now_ns = clock_.steady_ns();
    const std::lock_guard lock(mutex_);
    const auto [checked, is_first] = checked_ns_.try_emplace(business, now_ns);
    if (is_first) return true;
    if (now_ns - checked->second < kSitesEveryNs) return false;
    checked->second = now_ns;
    return true;
}

// By id or by code; an answer under another id is the site of that code. What cannot be asked now
// is asked again tomorrow.
void AccountCare::check_sites(const BusinessParts& parts, Outcome& outcome) {
    for (const config::Site& site : parts.config->sites) {
        if (site.site == "*") continue;
        const auto found = parts.client->object("sites", site.site, nullptr);
        const bool is_there = found || found.error().kind == ErrorKind::kInvalid;
        const bool is_missing = !found && found.error().kind == ErrorKind::kNotFound;
        if (!is_there && !is_missing) continue;
        const std::string name = shorten(site.site, kMaxNameBytes);
        outcome.alert_changes.push_back(
            AlertChange{"site:" + name, is_missing,
                        is_missing ? "the account has no site with the id or code '" + name +
                                         "': the access rule for it fits no rental"
                                   : "",
                        "", ""});
    }
}

}  // namespace gatehouse::dispatch
