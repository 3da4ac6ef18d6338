#include "dispatch/sweep_comparison.hpp"

#include "access/compare.hpp"

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
    const auto alert = alerts_.alert(business.business, "rental:" + listed.rental_id);
    if (!alert) return fail(ErrorKind::kInternal, alert.error().message);
    const bool is_known = *alert && (*alert)->cured_ms == 0;
    return is_known ? std::string() : "look: " + found.error().message;
}

}  // namespace gatehouse::dispatch
