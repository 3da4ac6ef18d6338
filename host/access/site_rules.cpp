#include "access/site_rules.hpp"

namespace gatehouse::access {

const config::Site* find_site(const std::vector<config::Site>& sites, const std::string& site_id,
                              const std::string& site_code) {
    const config::Site* every = nullptr;
    const config::Site* by_code = nullptr;
    for (const config::Site& site : sites) {
        if (site.site == "*") {
            every = &site;
        } else if (site.site == site_id) {
            return &site;
        } else if (!site_code.empty() && site.site == site_code) {
            by_code = &site;
        }
    }
    return by_code != nullptr ? by_code : every;
}

std::optional<SiteRules> rules_for(const config::Business& business,
                                   const plugins::PluginHost& plugins, const Facts& facts) {
    const config::Site* site = find_site(business.sites, facts.site_id, facts.site_code);
    if (site == nullptr) {
        return std::nullopt;
    }
    const auto connection = business.connections.find(site->access);
    SiteRules rules;
    rules.connection = site->access;
    rules.plugin = connection == business.connections.end() ? "" : connection->second.plugin;
    rules.fields = site->fields.empty() ? rules.plugin : site->fields;
    rules.time_zone = site->time_zone.empty() ? business.time_zone : site->time_zone;
    rules.shared_targets = site->targets;
    rules.overlock_on_overdue = site->overlock_on_overdue;
    rules.fuse = site->fuse;
    if (const plugins::Manifest* manifest = plugins.manifest(rules.plugin)) {
        rules.renter_key = manifest->renter_key;
        rules.pin = manifest->pin;
    }
    return rules;
}

}  // namespace gatehouse::access
