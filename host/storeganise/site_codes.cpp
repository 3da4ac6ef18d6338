#include "storeganise/site_codes.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

constexpr std::int64_t kKeptNs = 600'000'000'000;
constexpr std::size_t kMaxSites = 10'000;

// Whose answer it was must not be mistaken: a site that is not there is no missing rental.
Error as_reading_error(Error error) {
    const bool is_of_the_site = error.kind == ErrorKind::kNotFound ||
                                error.kind == ErrorKind::kInvalid ||
                                error.kind == ErrorKind::kConflict;
    if (is_of_the_site) error.kind = ErrorKind::kUnavailable;
    return error;
}

}  // namespace

SiteCodes::SiteCodes(const config::Business& business, AdminApi& api, const Clock& clock)
    : api_(api), clock_(clock) {
    for (const config::Site& site : business.sites) {
        if (site.site != "*") names_.insert(site.site);
    }
}

Result<void> SiteCodes::add_to(access::Facts& facts, observe::StepLog* steps) {
    const bool is_needed =
        facts.site_code.empty() && !names_.empty() && !names_.contains(facts.site_id);
    if (!is_needed) return {};
    Result<std::string> code = code_of(facts.site_id, steps);
    if (!code) return tl::unexpected(as_reading_error(code.error()));
    facts.site_code = std::move(*code);
    return {};
}

Result<std::string> SiteCodes::code_of(const std::string& site_id, observe::StepLog* steps) {
    const std::optional<Known> last = known(site_id);
    const std::int64_t now_ns = clock_.steady_ns();
    if (last && now_ns - last->read_ns < kKeptNs) return last->code;
    Result<std::string> code = read(site_id, steps);
    if (!code && last) return last->code;
    if (!code) return code;
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMaxSites) known_.clear();
    known_[site_id] = Known{*code, now_ns};
    return code;
}

Result<std::string> SiteCodes::read(const std::string& site_id, observe::StepLog* steps) {
    if (!is_usable_id(site_id)) {
        return fail(ErrorKind::kInvalid, "the rental's siteId cannot be one");
    }
    const auto body = api_.get("sites/" + percent_encode(site_id), "site " + site_id, steps);
    if (!body) return tl::unexpected(body.error());
    const auto site = read_object(*body, "site", site_id);
    if (!site) return tl::unexpected(site.error());
    return string_member(*site, "code").value_or("");
}

std::optional<SiteCodes::Known> SiteCodes::known(const std::string& site_id) {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(site_id);
    return found == known_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace gatehouse::storeganise
