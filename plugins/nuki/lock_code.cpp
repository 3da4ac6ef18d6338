#include "lock_code.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::nuki {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr std::int64_t kSecondMs = 1'000;

// Nuki keeps whole seconds.
std::optional<std::int64_t> in_seconds(const std::optional<std::int64_t>& at_ms) {
    if (!at_ms) return std::nullopt;
    return *at_ms / kSecondMs;
}

bool has_dates(const sdk::Window& window) {
    return window.from_ms || window.until_ms;
}

// A beginning in the past is as good as none.
bool is_same_in_seconds(std::int64_t now_ms, const sdk::Window& a, const sdk::Window& b) {
    const auto begin = [now_ms](const sdk::Window& window) {
        return in_seconds(sdk::begin_of(now_ms, window));
    };
    return begin(a) == begin(b) && in_seconds(a.until_ms) == in_seconds(b.until_ms);
}

}  // namespace

LockCode::LockCode(NukiApi& api, LockId lock, WantedCode wanted, HeldCode before, Patience patience)
    : api_(api),
      lock_(lock),
      wanted_(std::move(wanted)),
      held_(std::move(before)),
      patience_(patience) {}

void LockCode::look() {
    if (has_looked_) return;
    codes_ = api_.codes(lock_);
    has_looked_ = true;
}

ShownPin LockCode::shown_pin() const {
    const KeypadCode* found = find();
    if (found == nullptr || found->is_under_way || held_.asked) return {};
    if (!is_keypad_pin(found->code)) return {};
    if (held_.settled.empty()) return {found->code, false};
    const bool is_settled = found->id == held_.id && found->updated_at == held_.settled;
    return is_settled ? ShownPin{found->code, true} : ShownPin{};
}

bool LockCode::is_free(const std::string& pin) const {
    const KeypadCode* own = find();
    if (own != nullptr && own->code == pin) return true;
    return std::ranges::none_of(codes_, [&](const KeypadCode& one) {
        return one.code == pin && one.name != wanted_.name && one.id != held_.id;
    });
}

void LockCode::check_free() const {
    if (!wanted_.code.empty() && !is_free(wanted_.code)) throw_taken();
}

void LockCode::keep_pin(const std::string& pin) {
    if (!is_free(pin)) return;
    wanted_.code = pin;
    is_pin_kept_ = true;
}

Progress LockCode::bring_into_line(Wish wish) {
    look();
    const KeypadCode* found = find();
    if (found == nullptr) return without_code(wish);
    held_.id = found->id;
    held_.auth = found->auth;
    remove_doubles(*found);
    Progress progress = with_code(*found, wish);
    progress.is_done = progress.is_done && !has_doubles_;
    return progress;
}

// The id comes first; a code that a call made without living to report it has only the name.
const KeypadCode* LockCode::find() const {
    const auto known = std::ranges::find(codes_, held_.id, &KeypadCode::id);
    if (known != codes_.end()) return &*known;
    const KeypadCode* found = nullptr;
    for (const KeypadCode& one : codes_) {
        if (one.name != wanted_.name) continue;
        if (found == nullptr || one.code == wanted_.code) found = &one;
    }
    return found;
}

// From a write that was repeated because it seemed lost.
void LockCode::remove_doubles(const KeypadCode& kept) {
    for (const KeypadCode& one : codes_) {
        if (one.name != wanted_.name || one.id == kept.id) continue;
        has_doubles_ = true;
        if (!one.is_under_way) api_.remove(lock_, one.id);
    }
}

Progress LockCode::without_code(Wish wish) {
    const bool may_still_come = held_.asked && held_.asked->is_new;
    if (wish == Wish::kOpens) {
        if (may_still_come && has_room_for_doubt({})) return not_done();
        return add();
    }
    // A code that was asked for may still come, and would open a door that is to be shut.
    if (may_still_come && has_room_for_doubt({})) return not_done();
    return {HeldCode{}, true};
}

Progress LockCode::add() {
    if (wanted_.code.empty()) {
        throw Error(Kind::kNotFound, "the keypad code is gone from smart lock " +
                                         std::to_string(lock_) + " and no PIN was given");
    }
    check_free();
    held_.id.clear();
    held_.auth.clear();
    if (api_.add(lock_, wanted_) != Accepted::kTaken) return asked({}, true);
    // The list does not show who has it: the API's copy may be old, or our own write on its way.
    if (held_.asked && held_.asked->was_synced) throw_taken();
    api_.sync(lock_);
    held_.asked = Asked{patience_.now_ms, {}, true, true};
    return not_done();
}

Progress LockCode::with_code(const KeypadCode& found, Wish wish) {
    if (found.is_under_way) {
        if (!held_.asked) held_.asked = Asked{patience_.now_ms, found.updated_at, false, false};
        return not_done();
    }
    if (wish != Wish::kAbsent && is_as_wished(found, wish)) {
        held_.asked.reset();
        held_.settled = found.updated_at;
        return {held_, true};
    }
    if (has_room_for_doubt(found.updated_at)) return not_done();
    if (wish == Wish::kAbsent) {
        if (api_.remove(lock_, found.id) == Accepted::kGone) return {HeldCode{}, true};
        return asked(found.updated_at, false);
    }
    WantedCode wanted = wanted_;
    wanted.is_enabled = wish == Wish::kOpens;
    if (wanted.code == found.code) wanted.code.clear();
    if (api_.change(lock_, found.id, wanted) == Accepted::kTaken) {
        if (!std::exchange(is_pin_kept_, false)) throw_taken();
        wanted_.code
            .clear();  // the rest of the wish, maybe to shut the door, does not depend on it
        return with_code(found, wish);
    }
    return asked(found.updated_at, false);
}

bool LockCode::is_as_wished(const KeypadCode& found, Wish wish) const {
    const bool has_code = wanted_.code.empty() || found.code.empty() || found.code == wanted_.code;
    if (!has_code || found.name != wanted_.name) return false;
    if (wish == Wish::kDisabled) return !found.is_enabled;
    return found.is_enabled && !found.is_restricted &&
           (!has_dates(wanted_.dates) || found.applies_dates) &&
           is_same_in_seconds(patience_.now_ms, found.dates, wanted_.dates);
}

// Whether a write that was asked for may still be on its way, so that asking again were too soon.
// Never says no of a lock that cannot be reached, and makes the API look at the lock once before.
bool LockCode::has_room_for_doubt(const std::string& seen) {
    if (!held_.asked || held_.asked->seen != seen) return false;
    const bool is_overdue = patience_.now_ms - held_.asked->at_ms >= patience_.resend_ms;
    if (!is_overdue) return true;
    if (!api_.is_reachable(lock_)) {
        held_.asked->was_synced = false;
        return true;
    }
    if (held_.asked->was_synced) return false;
    api_.sync(lock_);
    held_.asked->at_ms = patience_.now_ms;
    held_.asked->was_synced = true;
    return true;
}

Progress LockCode::asked(const std::string& seen, bool is_new) {
    held_.asked = Asked{patience_.now_ms, seen, is_new, false};
    return not_done();
}

void LockCode::throw_taken() const {
    throw Error(Kind::kConflict,
                "another code on smart lock " + std::to_string(lock_) +
                    " has this PIN already: choose another PIN",
                {{"credential", "is taken"}});
}

}  // namespace gatehouse::nuki
