#include "dispatch/sweep_comparison.hpp"

#include "access/compare.hpp"
#include "access/rental_state.hpp"
#include "dispatch/look_alerts.hpp"

namespace gatehouse::dispatch {

Result<std::string> SweepComparison::difference(
    const config::Business& business, const access::Facts& listed,
    const std::optional<access::RentalRecord>& record) const {
    const auto found =
        access::compare(business, plugins_, listed, record, clock_.now_ms(), pin_key_);
    if (found) {
        if (found->kind == access::Difference::Kind::kNone) return std::string();
        return std::string(to_string(found->kind)) + ": " + found->reason;
    }
    if (found.error().kind == ErrorKind::kUnavailable) return tl::unexpected(found.error());
    const bool is_unknown = access::phase_of(listed.state) == access::RentalPhase::kUnknown;
    const std::string subject =
        is_unknown ? state_subject(listed.state) : "rental:" + listed.rental_id;
    const auto alert = alerts_.alert(business.business, subject);
    if (!alert) return fail(ErrorKind::kInternal, alert.error().message);
    const bool is_known = *alert && (*alert)->cured_ms == 0;
    return is_known ? std::string() : "look: " + found.error().message;
}

}  // namespace gatehouse::dispatch
