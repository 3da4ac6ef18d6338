#include "dispatch/event_data.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRentals = 500;
constexpr std::size_t kMaxKeys = 200;

// An id as text or in an object; empty for anything else and for what cannot be an id.
std::string usable_id(const json* value) {
    std::string id = value == nullptr ? std::string() : storeganise::id_in(*value);
    return storeganise::is_usable_id(id) ? id : std::string();
}

void add_rental(const json* value, std::vector<std::string>& out) {
    std::string id = usable_id(value);
    const bool is_new = std::ranges::find(out, id) == out.end();
    if (!id.empty() && is_new && out.size() < kMaxRentals) out.push_back(std::move(id));
}

void read_rentals(const json& data, EventData& out) {
    out.old_rental_id = usable_id(member(data, "oldRentalId"));
    out.new_rental_id = usable_id(member(data, "newRentalId"));
    add_rental(member(data, "newRentalId"), out.rental_ids);
    add_rental(member(data, "oldRentalId"), out.rental_ids);
    for (const char* key : {"unitRentalId", "unitRentalIds"}) {
        const json* value = member(data, key);
        if (value == nullptr || !value->is_array()) {
            add_rental(value, out.rental_ids);
            continue;
        }
        for (const json& one : *value) {
            add_rental(&one, out.rental_ids);
        }
    }
}

void read_changed_keys(const json& data, EventData& out) {
    const json* keys = member(data, "changedKeys");
    if (keys == nullptr || !keys->is_array()) return;
    out.names_keys = true;
    for (const json& key : *keys) {
        if (out.changed_keys.size() == kMaxKeys) return;
        if (key.is_string()) out.changed_keys.push_back(key.get_ref<const std::string&>());
    }
}

bool names(const EventData& data, std::string_view field) {
    return std::ranges::any_of(data.changed_keys,
                               [&](const std::string& key) { return key.ends_with(field); });
}

}  // namespace

Result<EventData> read_event_data(std::string_view body) {
    const Result<json> event = parse_json(body);
    if (!event) return tl::unexpected(event.error());
    EventData out;
    const json* data = member(*event, "data");
    if (data == nullptr) return out;
    out.job_id = usable_id(member(*data, "jobId"));
    read_rentals(*data, out);
    out.unit_id = usable_id(member(*data, "unitId"));
    out.user_id = usable_id(member(*data, "userId"));
    out.site_id = usable_id(member(*data, "siteId"));
    read_changed_keys(*data, out);
    return out;
}

bool is_edit_at_the_door(const EventData& data) {
    if (!data.names_keys) return true;
    if (names(data, "_status")) return false;
    return names(data, "_pinCode") || names(data, "_overlocked") || names(data, "_resync");
}

}  // namespace gatehouse::dispatch
