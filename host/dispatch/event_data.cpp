#include "dispatch/event_data.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/json.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxKeys = 200;

// An id as text or in an object; empty for anything else and for what cannot be an id.
std::string usable_id(const json* value) {
    std::string id = value == nullptr ? std::string() : storeganise::id_in(*value);
    return storeganise::is_usable_id(id) ? id : std::string();
}

// Rentals, each once. There are no more than a body's limit lets in.
class Rentals {
  public:
    explicit Rentals(std::vector<std::string>& out) : out_(out) {}

    // An id, or several in one text between commas, as a list becomes in JavaScript's templates.
    void add(const json* value) {
        if (value == nullptr || !value->is_string()) {
            add_id(usable_id(value));
            return;
        }
        std::string_view rest = value->get_ref<const std::string&>();
        while (!rest.empty()) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            std::string_view id = rest.substr(0, comma);
            id.remove_prefix(std::min(id.find_first_not_of(' '), id.size()));
            if (storeganise::is_usable_id(id)) add_id(std::string(id));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }

  private:
    void add_id(std::string id) {
        if (!id.empty() && seen_.insert(id).second) out_.push_back(std::move(id));
    }

    std::vector<std::string>& out_;
    std::unordered_set<std::string> seen_;
};

void read_rentals(const json& data, EventData& out) {
    out.old_rental_id = usable_id(member(data, "oldRentalId"));
    out.new_rental_id = usable_id(member(data, "newRentalId"));
    Rentals rentals(out.rental_ids);
    rentals.add(member(data, "newRentalId"));
    rentals.add(member(data, "oldRentalId"));
    for (const char* key : {"unitRentalId", "unitRentalIds"}) {
        const json* value = member(data, key);
        if (value == nullptr || !value->is_array()) {
            rentals.add(value);
            continue;
        }
        for (const json& one : *value) {
            rentals.add(&one);
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
