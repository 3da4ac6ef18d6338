#include "rental_codes.hpp"

namespace gatehouse::nuki {

RentalCodes::RentalCodes(NukiApi& api, const WantedCode& wanted, const std::set<LockId>& wanted_on,
                         const HeldCodes& before, const Patience& patience)
    : is_pin_given_(!wanted.code.empty()), wanted_on_(wanted_on) {
    for (const auto& [lock, held] : before) {
        codes_.try_emplace(lock, api, lock, wanted, held, patience);
    }
    for (const LockId lock : wanted_on) {
        codes_.try_emplace(lock, api, lock, wanted, HeldCode{}, patience);
    }
}

void RentalCodes::agree_on_pin() {
    for (auto& [lock, code] : codes_) {
        const bool is_needed = wanted_on_.contains(lock) || !is_pin_given_;
        if (is_needed && !has_looked_at(code)) break;
    }
    const std::string kept = is_pin_given_ ? std::string() : kept_pin();
    for (const LockId lock : wanted_on_) {
        LockCode& code = codes_.at(lock);
        if (!code.has_looked()) continue;
        if (is_pin_given_) code.check_free();
        if (!kept.empty()) code.keep_pin(kept);
    }
}

// Several may differ after a call that failed before this was known of each: then none is told.
std::string RentalCodes::kept_pin() const {
    std::set<std::string> settled;
    std::set<std::string> unknown;
    for (const auto& [lock, code] : codes_) {
        if (!code.has_looked()) continue;
        ShownPin shown = code.shown_pin();
        if (!shown.pin.empty()) (shown.is_settled ? settled : unknown).insert(shown.pin);
    }
    const std::set<std::string>& told = settled.empty() ? unknown : settled;
    return told.size() == 1 ? *told.begin() : std::string();
}

// The trouble shows again when it is the lock's turn.
bool RentalCodes::has_looked_at(LockCode& code) {
    try {
        code.look();
    } catch (const sdk::Error&) {
        return false;
    }
    return true;
}

}  // namespace gatehouse::nuki
