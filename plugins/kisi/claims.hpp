// Claims: which rental needs which group for which time, kept in the Kisi user's metadata.
//
// Kisi lets a user hold one role in a group, so two rentals of one renter share the assignment of a
// group that both need. A claim is written before its assignment is made and taken back after it
// was deleted. So whoever looks knows whom an assignment serves, also after a crash:
//
//   "gatehouse_<rental id>": "<from>|<until>|<group id>,<group id>|<business>"    "-": holds
//   nothing
//
// The business is of Gatehouse's own configuration: two of them may share one Kisi organization. An
// assignment in a group that nobody claims was made by somebody else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/window.hpp"

namespace gatehouse::kisi {

using sdk::Json;
using sdk::Window;
using Id = std::int64_t;

struct Claim {
    Window window;
    std::set<Id> groups;
    std::string business = {};  // empty = not told
};

// The claims on one user, by rental id.
class Claims {
  public:
    Claims() = default;

    // Metadata that is not an object, and entries that are no claims, count as none and are kept.
    // `business` is whose claims set() writes.
    explicit Claims(const Json& metadata, std::string business = {});

    const std::map<std::string, Claim>& by_rental() const { return by_rental_; }

    const Claim* of(const std::string& rental_id) const;

    // Replaces the rental's claim; one without groups takes it back. One that means the same from
    // now on is left as it is. Throws Error(kInvalid) when the claim does not fit into metadata.
    void set(const std::string& rental_id, const Claim& claim, std::int64_t now_ms);

    // The window that the group is needed for now, or next: those of all rentals that are not over,
    // up to the first time at which none of them lets in. What comes after is for the look that
    // begins or ends a rental. Nothing if nobody needs the group.
    std::optional<Window> needed(Id group_id, std::int64_t now_ms) const;

    // The metadata with these claims in it. A claim taken back is written as "-", not left out: it
    // is not known whether Kisi replaces metadata or merges it.
    Json metadata() const;

  private:
    std::string business_;
    Json others_ = Json::object();
    std::map<std::string, Claim> by_rental_;
    std::set<std::string> taken_back_;
};

}  // namespace gatehouse::kisi
