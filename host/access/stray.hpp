// Stray: a right at a vendor that carries our mark for a rental and is not what the rental holds as
// far as is known here. One is left behind when a call's answer was lost and the renter's address,
// or the unit's target, is another before the call is repeated: nobody looks there again but a
// sweep.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "access/desired.hpp"

namespace gatehouse::access {

struct Stray {
    std::string connection;  // whose vendor lists it
    std::string target;
    std::string email;  // of whom it is for; both empty if the vendor does not tell
    std::string phone;
    nlohmann::json references = nlohmann::json::object();
};

// Whether `right` is another than what is held as `held` with the plugin's `references`. It is the
// same if the references name it. Otherwise the addresses decide, since one address's rights are
// brought into line together; where the vendor tells none, the targets. In doubt it is the same:
// phone numbers are compared by their last digits, for they are written in many ways. Pure.
bool is_other_right(const Stray& right, const Desired& held, const nlohmann::json& references);

// The renter as `right` knows him: what a call needs to find it.
Renter holder_of(const Stray& right, Renter renter);

// Strays on their way from a sweep to their rental's look. In memory: after a restart the next
// sweep finds them again. [any thread]
class StrayDesk {
  public:
    // One that is known already is put once. Left out when there are too many to remember.
    void put(const std::string& business, const std::string& rental_id, Stray stray);

    // All of a rental; they are the caller's then.
    std::vector<Stray> take(const std::string& business, const std::string& rental_id);

  private:
    std::mutex mutex_;
    std::size_t count_ = 0;                                                 // guarded by mutex_
    std::map<std::pair<std::string, std::string>, std::vector<Stray>> by_;  // guarded by mutex_
};

}  // namespace gatehouse::access
