#include "simulators/storeganise_page.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

constexpr std::int64_t kDefaultLimit = 100;
constexpr std::int64_t kMaxLimit = 1000;

// The member's text without a copy, "" when it is missing or no text.
std::string_view view_of(const json& object, const char* member) {
    const auto found = object.find(member);
    if (found == object.end() || !found->is_string()) return {};
    return found->get_ref<const std::string&>();
}

bool has_state(std::string_view state, std::string_view wanted) {
    // A virtual state: no rental carries it.
    if (wanted == "active") return state == "occupied" || state == "reserved";
    return state == wanted;
}

// What a list is narrowed down by, besides the ids.
class Filter {
  public:
    explicit Filter(const Query& query)
        : state_(value_of(query, "state")),
          updated_after_(value_of(query, "updatedAfter")),
          search_(value_of(query, "search")) {
        for (const char* name : {"siteId", "ownerId", "unitId", "type"}) {
            const std::string_view wanted = value_of(query, name);
            if (!wanted.empty()) members_.emplace_back(name, wanted);
        }
    }

    bool takes_all() const {
        return members_.empty() && state_.empty() && updated_after_.empty() && search_.empty();
    }

    bool takes(const json& data) const {
        for (const auto& [name, wanted] : members_) {
            if (view_of(data, name) != wanted) return false;
        }
        if (!state_.empty() && !has_state(view_of(data, "state"), state_)) return false;
        // Both are ISO 8601 in UTC with milliseconds: the order of the text is the order of time.
        if (!updated_after_.empty() && view_of(data, "updated") <= updated_after_) return false;
        return search_.empty() || view_of(data, "name").find(search_) != std::string_view::npos;
    }

  private:
    std::vector<std::pair<const char*, std::string_view>> members_;
    std::string_view state_, updated_after_, search_;
};

}  // namespace

std::vector<const Entity*> page_of(Entities& entities, const Query& query) {
    const auto limit =
        static_cast<std::size_t>(number_of(query, "limit", kDefaultLimit, 0, kMaxLimit));
    const auto offset = static_cast<std::size_t>(number_of(query, "offset", 0, 0, INT64_MAX));
    const std::vector<std::string> id_list = split(value_of(query, "ids"), ',');
    const Filter filter(query);
    std::vector<const Entity*> page;
    if (id_list.empty() && filter.takes_all()) {
        for (std::size_t at = offset; at < entities.size() && page.size() < limit; ++at) {
            page.push_back(&entities.at(at));
        }
        return page;
    }
    std::size_t to_skip = offset;
    const auto offer = [&](const Entity& entity) {
        if (!filter.takes(entity.data)) return;
        if (to_skip > 0) {
            --to_skip;
        } else {
            page.push_back(&entity);
        }
    };
    for (const std::string& id : std::set<std::string>(id_list.begin(), id_list.end())) {
        const auto found = entities.find(id);
        if (page.size() < limit && found != entities.end()) offer(found->second);
    }
    if (!id_list.empty()) return page;
    for (auto entry = entities.begin(); page.size() < limit && entry != entities.end(); ++entry) {
        offer(entry->second);
    }
    return page;
}

}  // namespace gatehouse::simulators
