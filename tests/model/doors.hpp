// Doors: the vendor of one history: its simulator, and who can open which door there now.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "model/history.hpp"
#include "simulators/http_front.hpp"

namespace gatehouse::model {

// (what opens: a renter's e-mail or phone number, or a rental's PIN; a door's name)
using Opening = std::pair<std::string, std::string>;
using Openings = std::set<Opening>;

std::string door_name(int door);

// [one thread]
class Doors {
  public:
    enum class Key { kEmail, kPhone, kPin };

    Doors() = default;
    virtual ~Doors() = default;
    Doors(const Doors&) = delete;
    Doors& operator=(const Doors&) = delete;

    virtual Key key() const = 0;
    // Whether another window can only be given by taking the right away and making a new one.
    virtual bool has_gaps() const { return false; }

    // Whether what is ordered cannot be found, by anybody, before it is done.
    virtual bool has_unseen_orders() const { return false; }

    // What the business configures: the plugin, which is also the prefix of the custom fields, its
    // settings, and how it names a door.
    virtual std::string plugin() const = 0;
    virtual nlohmann::json settings() const = 0;
    virtual std::string target(int door) const = 0;

    virtual void add_door(int door) = 0;
    virtual simulators::Reply answer(const simulators::Request& request) = 0;

    // Of these people, or of every PIN.
    virtual Openings open(const std::set<std::string>& people) = 0;

    // Somebody takes a right to one of the doors away, by hand, if there is one.
    virtual void delete_one_of(const std::set<int>& doors) = 0;

    // From now on what is accepted takes so many hours; 0 = next to none. Nothing for a vendor that
    // does at once what it says.
    virtual void set_delay_h(int) {}
    // So many further orders are accepted and come to nothing.
    virtual void lose_orders(int) {}
    // When something that was accepted is done by itself.
    virtual std::optional<UnixMs> next_change_ms() const { return std::nullopt; }
};

// The clock outlives the doors.
std::unique_ptr<Doors> make_doors(Vendor vendor, const std::string& business, const Clock& clock);

std::unique_ptr<Doors> make_kisi_doors(const std::string& business, const Clock& clock);
std::unique_ptr<Doors> make_nuki_doors(const std::string& business, const Clock& clock);
std::unique_ptr<Doors> make_unloc_doors(const Clock& clock);

}  // namespace gatehouse::model
