// Holding: what one Kisi user holds for rentals, and how it is brought into line with the claims.
// One object for one user and one call.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "claims.hpp"
#include "kisi_api.hpp"

namespace gatehouse::kisi {

// What a rental has of a user, as the host keeps it between calls.
struct Held {
    std::map<Id, Id> assignments;  // group -> role assignment that Gatehouse made
    std::set<Id> foreign;          // groups whose role somebody else made
};

class Holding {
  public:
    // `is_new`: just created, so it holds no role yet.
    // `business` is the rental's.
    Holding(KisiApi& api, User user, std::string rental_id, std::string business,
            std::int64_t now_ms, bool is_new);

    // Makes the user hold the wish's groups for this rental, and nothing more for it. `before` is
    // what it held last time. New roles come before old ones go. A role that other rentals need
    // stays, with the window that they need; a role that nobody claims and that is not in `before`
    // was made by somebody else: it is used if it lets in long enough, and never touched.
    //
    // Throws Error(kConflict), before anything is written, if such a role lets in too short.
    Held bring_into_line(const Claim& wish, const Held& before);

  private:
    std::set<Id> groups_so_far(const Held& before) const;
    bool is_foreign(Id group_id, const Window& wanted);
    void save_claims();
    const Assignment& hold(Id group_id);
    void let_go(Id group_id, const Held& before);
    const Assignment& make(Id group_id, const Window& window);
    const Assignment* find(Id group_id);
    void remove(const Assignment& assignment);

    KisiApi& api_;
    const User user_;
    const std::string rental_id_;
    const std::int64_t now_ms_;
    Claims claims_;
    Json written_;                                        // the metadata as Kisi has it
    std::optional<std::vector<Assignment>> assignments_;  // nothing: not looked yet
};

}  // namespace gatehouse::kisi
