#include "access/recall.hpp"

#include <utility>

#include "access/fields.hpp"

namespace gatehouse::access {
namespace {

tl::unexpected<Error> unreadable() {
    return fail(ErrorKind::kInternal, "the stored record of the rental cannot be read");
}

}  // namespace

Result<Recalled> recall(const RentalRecord& record, const SiteRules& rules) {
    Recalled recalled;
    if (!record.desired_json.empty()) {
        Result<Desired> desired = desired_from_json(record.desired_json);
        if (!desired) {
            return unreadable();
        }
        recalled.memory.desired = std::move(*desired);
    }
    if (!record.grant_json.empty()) {
        Result<Grant> grant = grant_from_json(record.grant_json);
        if (!grant || !recalled.memory.desired) {
            return unreadable();
        }
        recalled.grant = std::move(*grant);
        recalled.memory.holds_grant = true;
    }
    recalled.memory.overlocked_field =
        remembered_field(record.fields_json, rules.fields + "_overlocked");
    return recalled;
}

}  // namespace gatehouse::access
