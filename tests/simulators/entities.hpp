// Entities: the objects of one kind of a business, in the order of their ids. The one at a given
// place is found without counting, so that a page of a long list costs what it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::simulators {

// `data` is what the API shows, `id` included; the custom fields are shown only when asked for.
struct Entity {
    nlohmann::json data;
    nlohmann::json custom_fields = nlohmann::json::object();
};

// Nothing is ever taken out, and an entity stays where it is.
class Entities {
  public:
    using Map = std::map<std::string, Entity, std::less<>>;

    Map::iterator find(std::string_view id) { return by_id_.find(id); }
    Map::iterator begin() { return by_id_.begin(); }
    Map::iterator end() { return by_id_.end(); }
    Map::const_iterator begin() const { return by_id_.begin(); }
    Map::const_iterator end() const { return by_id_.end(); }
    std::size_t size() const { return in_order_.size(); }

    // The entity of that id, made if it is new.
    Entity& operator[](const std::string& id) {
        const auto [entry, is_new] = by_id_.try_emplace(id);
        if (is_new) {
            const auto is_before = [](const Map::value_type* known, const std::string& other) {
                return known->first < other;
            };
            // New ids grow, so this is usually the end.
            in_order_.insert(std::lower_bound(in_order_.begin(), in_order_.end(), id, is_before),
                             &*entry);
        }
        return entry->second;
    }

    // The one at that place; `place` < size().
    const Entity& at(std::size_t place) const { return in_order_[place]->second; }

  private:
    Map by_id_;
    std::vector<const Map::value_type*> in_order_;
};

}  // namespace gatehouse::simulators
