// SiteRules: what the configuration and the plugin's manifest say about one site.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/facts.hpp"
#include "config/config.hpp"
#include "plugins/plugin_host.hpp"

namespace gatehouse::access {

struct SiteRules {
    std::string connection;
    std::string plugin;
    std::string fields;             // prefix of the custom fields: "kisi"
    std::string time_zone = "UTC";  // IANA; where its days begin and end
    std::vector<std::string> shared_targets;
    bool overlock_on_overdue = true;
    std::vector<std::string> renter_key;  // what the vendor needs of a renter: "email", "phone"
    config::Fuse fuse;
    std::optional<plugins::PinRule> pin;  // nothing = the host chooses no PIN for this vendor
};

// The entry of `sites` for this site: its id, else its code, else "*". Null if none fits.
const config::Site* find_site(const std::vector<config::Site>& sites, const std::string& site_id,
                              const std::string& site_code);

// Nothing if no entry fits: the site is none of Gatehouse's business.
std::optional<SiteRules> rules_for(const config::Business& business,
                                   const plugins::PluginHost& plugins, const Facts& facts);

}  // namespace gatehouse::access
