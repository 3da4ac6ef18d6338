#include "model/pins.hpp"

#include <algorithm>
#include <vector>

namespace gatehouse::model {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::size_t kRun = 4;

bool is_run(const std::string& digits, int step) {
    for (std::size_t i = 1; i < digits.size(); ++i) {
        if (digits[i] - digits[i - 1] != step) return false;
    }
    return true;
}

}  // namespace

bool Pins::is_sound(const std::string& pin) {
    if (pin.size() != kDigits || pin.find_first_not_of("123456789") != std::string::npos) {
        return false;
    }
    if (pin.starts_with("12")) return false;
    for (std::size_t i = 0; i + kRun <= pin.size(); ++i) {
        const std::string part = pin.substr(i, kRun);
        if (is_run(part, 0) || is_run(part, 1) || is_run(part, -1)) return false;
    }
    return true;
}

std::string Pins::typed(int what, const std::string& others) {
    if (what == 4) return "593456";
    if (what == 5) return "59371";
    if (what == kAnothers) return others;
    if (what == 7) return "";
    const auto digit = [](int value) { return static_cast<char>('1' + value % 9); };
    std::string pin;
    while (!is_sound(pin)) {
        pin = {'5', '9', digit(next_), '7', digit(next_ / 9), '4'};
        ++next_;
    }
    return pin;
}

bool Pins::is_usable(const std::string& rental_id, const std::string& pin) const {
    if (!is_sound(pin)) return false;
    const auto own = held_.find(rental_id);
    if (own != held_.end() && own->second.back() == pin) return true;
    const auto from = from_.find(rental_id);
    return std::none_of(held_.begin(), held_.end(), [&](const auto& entry) {
        const bool is_own =
            entry.first == rental_id || (from != from_.end() && from->second == entry.first);
        return !is_own &&
               std::find(entry.second.begin(), entry.second.end(), pin) != entry.second.end();
    });
}

std::vector<std::string> Pins::of(const std::string& rental_id, const std::string& field) const {
    if (is_usable(rental_id, field)) return {field};
    const auto held = held_.find(rental_id);
    return held == held_.end() ? std::vector<std::string>() : held->second;
}

void Pins::looked_at(const std::string& rental_id, const std::string& field, bool is_done) {
    if (!is_usable(rental_id, field)) return;
    if (is_done) confirmed_[rental_id] = field;
    std::vector<std::string>& held = held_[rental_id];
    if (is_done) held.clear();
    if (held.empty() || held.back() != field) held.push_back(field);
}

bool Pins::is_confirmed(const std::string& rental_id, const std::string& pin) const {
    const auto confirmed = confirmed_.find(rental_id);
    return confirmed != confirmed_.end() && confirmed->second == pin;
}

}  // namespace gatehouse::model
