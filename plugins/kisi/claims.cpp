#include "claims.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "utc_time.hpp"

namespace gatehouse::kisi {
namespace {

constexpr std::string_view kPrefix = "gatehouse_";
constexpr const char* kTakenBack = "-";
constexpr std::size_t kMaxKeyBytes = 50;  // Kisi's limits on metadata
constexpr std::size_t kMaxValueBytes = 500;

std::string_view cut(std::string_view& rest, char separator) {
    const std::size_t at = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return part;
}

bool read_side(std::string_view text, std::optional<std::int64_t>& side) {
    if (text.empty()) return true;
    side = parse_time(text);
    return side.has_value();
}

std::optional<Claim> parse_claim(std::string_view text) {
    const auto bars = std::ranges::count(text, '|');
    if (bars != 2 && bars != 3) return std::nullopt;
    Claim claim;
    if (!read_side(cut(text, '|'), claim.window.from_ms)) return std::nullopt;
    if (!read_side(cut(text, '|'), claim.window.until_ms)) return std::nullopt;
    std::string_view groups = cut(text, '|');
    claim.business = std::string(text);
    while (!groups.empty()) {
        const std::string_view number = cut(groups, ',');
        Id id = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), id);
        if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
        claim.groups.insert(id);
    }
    return claim;
}

std::string format_claim(const Claim& claim) {
    std::string text = claim.window.from_ms ? format_time(*claim.window.from_ms) : "";
    text += "|";
    text += claim.window.until_ms ? format_time(*claim.window.until_ms) : "";
    text += "|";
    bool is_first = true;
    for (const Id id : claim.groups) {
        if (!is_first) text += ",";
        text += std::to_string(id);
        is_first = false;
    }
    if (!claim.business.empty()) text += "|" + claim.business;
    return text;
}

std::int64_t from_of(const Window& window) {
    return window.from_ms.value_or(std::numeric_limits<std::int64_t>::min());
}

}  // namespace

Claims::Claims(const Json& metadata, std::string business) : business_(std::move(business)) {
    if (!metadata.is_object()) return;
    for (const auto& [key, value] : metadata.items()) {
        const std::string text = value.is_string() ? value.get<std::string>() : std::string();
        const auto claim = key.starts_with(kPrefix) ? parse_claim(text) : std::nullopt;
        if (claim) {
            by_rental_[key.substr(kPrefix.size())] = *claim;
        } else if (!key.starts_with(kPrefix) || text != kTakenBack) {
            others_[key] = value;
        }
    }
}

const Claim* Claims::of(const std::string& rental_id) const {
    const auto found = by_rental_.find(rental_id);
    return found == by_rental_.end() ? nullptr : &found->second;
}

void Claims::set(const std::string& rental_id, const Claim& claim, std::int64_t now_ms) {
    const Claim* present = of(rental_id);
    if (claim.groups.empty()) {
        if (present != nullptr) taken_back_.insert(rental_id);
        by_rental_.erase(rental_id);
        return;
    }
    Claim own = claim;
    own.business = business_;
    if (present != nullptr && present->groups == own.groups && present->business == business_ &&
        is_same_from(now_ms, present->window, claim.window)) {
        return;
    }
    if (kPrefix.size() + rental_id.size() > kMaxKeyBytes ||
        format_claim(own).size() > kMaxValueBytes) {
        throw sdk::Error("the rental's id or the number of its targets is too large for Kisi",
                         {{"targets", "too many for one rental"}});
    }
    by_rental_[rental_id] = std::move(own);
    taken_back_.erase(rental_id);
}

std::optional<Window> Claims::needed(Id group_id, std::int64_t now_ms) const {
    std::vector<Window> windows;
    for (const auto& [rental_id, claim] : by_rental_) {
        if (claim.groups.contains(group_id)) windows.push_back(claim.window);
    }
    if (windows.empty()) return std::nullopt;
    std::ranges::sort(windows, {}, from_of);
    const auto next = std::ranges::find_if(
        windows, [now_ms](const Window& window) { return end_of(window) > now_ms; });
    if (next == windows.end()) return windows.back();
    Window whole = *next;
    for (auto window = next + 1; window != windows.end(); ++window) {
        if (from_of(*window) > end_of(whole)) break;
        if (end_of(*window) > end_of(whole)) whole.until_ms = window->until_ms;
    }
    return whole;
}

Json Claims::metadata() const {
    Json all = others_;
    for (const std::string& rental_id : taken_back_) {
        all[std::string(kPrefix) + rental_id] = kTakenBack;
    }
    for (const auto& [rental_id, claim] : by_rental_) {
        all[std::string(kPrefix) + rental_id] = format_claim(claim);
    }
    return all;
}

}  // namespace gatehouse::kisi
