// LockCode: a rental's keypad code on one smart lock, and how it is brought into line with a wish.
//
// Nuki answers a write with 204 before the lock has it, may lose it on the way, and shows a copy
// that lags. So a write is only believed once the list shows it; until then the outcome is "not
// done" and says what was asked when, so that it is not asked again too soon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nuki_api.hpp"

namespace gatehouse::nuki {

// A write that the list has not shown yet.
struct Asked {
    std::int64_t at_ms = 0;
    std::string seen;         // what the list said of the last update then
    bool is_new = false;      // the code was not in the list
    bool was_synced = false;  // the API was made to look at the lock since
};

// What is known of the code, as the host keeps it between calls.
struct HeldCode {
    std::string id;
    std::string auth;
    std::optional<Asked> asked = std::nullopt;
    std::string settled = {};  // what the list said of the last update when it was as wished
};

// The PIN that a lock has for the rental.
struct ShownPin {
    std::string pin;          // empty: none, not told, or written to since it was last as wished
    bool is_settled = false;  // it is known that nothing was written since
};

enum class Wish { kOpens, kDisabled, kAbsent };

struct Progress {
    HeldCode held;
    bool is_done = false;
};

struct Patience {
    std::int64_t now_ms = 0;
    std::int64_t resend_ms = 0;  // after so long a write that does not show is taken for lost
};

class LockCode {
  public:
    // `wanted.name` is the marker. Only codes of that name, or of the id in `before`, are touched.
    LockCode(NukiApi& api, LockId lock, WantedCode wanted, HeldCode before, Patience patience);

    // Reads the lock's list, once.
    void look();
    bool has_looked() const { return has_looked_; }

    // After look(): not given by this wish, but by one before.
    ShownPin shown_pin() const;
    // Throws Error(kConflict) if another code on the lock has the PIN that is to be written.
    void check_free() const;

    // For a wish that came without a PIN: the one to have, unless it is another's here.
    void keep_pin(const std::string& pin);

    // At most one write for the code, and none while one is under way.
    //
    // Throws Error: kConflict, another code on the lock has the PIN; kInvalid naming "credential",
    // the lock refuses it; kNotFound, the code is gone and none was given.
    Progress bring_into_line(Wish wish);

  private:
    const KeypadCode* find() const;
    Progress without_code(Wish wish);
    Progress with_code(const KeypadCode& found, Wish wish);
    Progress add();
    void remove_doubles(const KeypadCode& kept);
    bool is_as_wished(const KeypadCode& found, Wish wish) const;
    bool is_free(const std::string& pin) const;
    bool has_room_for_doubt(const std::string& seen);
    Progress not_done() const { return {held_, false}; }
    Progress asked(const std::string& seen, bool is_new);
    [[noreturn]] void throw_taken() const;

    NukiApi& api_;
    const LockId lock_;
    WantedCode wanted_;
    HeldCode held_;
    const Patience patience_;
    std::vector<KeypadCode> codes_;
    bool has_looked_ = false;
    bool is_pin_kept_ = false;
    bool has_doubles_ = false;
};

}  // namespace gatehouse::nuki
