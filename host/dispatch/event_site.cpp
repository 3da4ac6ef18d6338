#include "dispatch/event_site.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace gatehouse::dispatch {

Result<bool> is_of_sites(const std::vector<std::string>& sites, EventObjects& objects) {
    if (sites.empty()) return true;
    const Result<std::string> id = objects.site_id();
    if (!id) return tl::unexpected(id.error());
    if (id->empty()) return false;
    const auto is_listed = [&sites](const std::string& name) {
        return std::find(sites.begin(), sites.end(), name) != sites.end();
    };
    if (is_listed(*id)) return true;
    const Result<nlohmann::json> site = objects.get("site");
    if (!site) return tl::unexpected(site.error());
    return is_listed(string_member(*site, "code").value_or(""));
}

}  // namespace gatehouse::dispatch
