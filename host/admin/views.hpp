// The admin API's JSON, made from what the store, the plugins and the configuration hold. Format:
// docs/admin-api.md. Nothing here shows a secret, a custom field's value or an event's body.
// [any thread]
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "dispatch/task_queue.hpp"
#include "plugins/plugin_host.hpp"
#include "store/store.hpp"

namespace gatehouse::admin {

// "2026-11-22T08:00:00.123Z", or null for 0.
nlohmann::json time_or_null(UnixMs at_ms);

nlohmann::json event_view(const store::Event& event);
nlohmann::json timeline_view(const std::vector<store::TimelineStep>& steps);
nlohmann::json dead_letter_view(const dispatch::DeadLetter& letter);
nlohmann::json plugin_view(const plugins::PluginStatus& status);

// With the last use of each webhook secret, by label.
nlohmann::json business_view(const config::Business& business,
                             const std::vector<store::SecretUse>& uses);

// The desired access of a record: what the last look asked the vendor for, whether that worked or
// not. Null if nothing readable is kept.
nlohmann::json wanted_of(const access::RentalRecord& record);

// One line of the list of rentals.
nlohmann::json rental_view(const access::RentalRecord& record);

}  // namespace gatehouse::admin
