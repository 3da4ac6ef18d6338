#include "device_code.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "seam_error.hpp"

namespace gatehouse::seam {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr std::int64_t kSecondMs = 1'000;
// Seam wants an end where there is a beginning: 2100-01-01T00:00:00Z.
constexpr std::int64_t kNoEndMs = 4'102'444'800'000;

bool is_same_second(const std::optional<std::int64_t>& a, std::int64_t b_ms) {
    return a && *a / kSecondMs == b_ms / kSecondMs;
}

bool has_begun(const Window& window, std::int64_t now_ms) {
    return !window.from_ms || *window.from_ms <= now_ms;
}

// As Seam takes it: both sides, or none where the rental is open from now on.
Window seam_window(const Window& wanted, std::int64_t now_ms) {
    if (has_begun(wanted, now_ms) && !wanted.until_ms) return {};
    return {wanted.from_ms.value_or(now_ms), wanted.until_ms.value_or(kNoEndMs)};
}

bool is_same_window(const AccessCode& found, const Window& wanted, std::int64_t now_ms) {
    const bool is_open_ended = !wanted.until_ms;
    if (!found.is_time_bound) return is_open_ended && has_begun(wanted, now_ms);
    const bool begins_right = has_begun(wanted, now_ms)
                                  ? found.window.from_ms && *found.window.from_ms <= now_ms
                                  : is_same_second(found.window.from_ms, *wanted.from_ms);
    return begins_right &&
           is_same_second(found.window.until_ms, wanted.until_ms.value_or(kNoEndMs));
}

bool is_same_code(const AccessCode& found, const WantedCode& wanted) {
    return wanted.code.empty() || found.code.empty() || found.code == wanted.code;
}

const AccessCode* find(const std::vector<AccessCode>& codes, const std::string& known_id,
                       const std::string& name) {
    const auto known = std::ranges::find(codes, known_id, &AccessCode::id);
    if (known != codes.end()) return &*known;
    const auto named = std::ranges::find(codes, name, &AccessCode::name);
    return named == codes.end() ? nullptr : &*named;
}

// Whether the device is where the code shall be. Errors count only while it is not.
Progress settled(const AccessCode& code, Wish wish) {
    const bool is_later = wish == Wish::kOpensLater;
    const bool is_set = code.status == "set";
    const bool is_waiting = code.status == "unset" || code.status == "setting";
    const bool is_done = is_set || (is_later && is_waiting);
    if (!is_done || is_later) {
        if (!code.errors.empty()) throw to_error(code.errors.front(), code.device);
    }
    return {code.id, is_done};
}

Progress make_absent(SeamApi& api, const std::string& device, const AccessCode* found,
                     const WantedCode& wanted, const std::string& known_id) {
    if (found == nullptr) {
        if (!known_id.empty() && api.is_unmanaged(device, known_id, wanted.name)) {
            throw Error(Kind::kConflict, "Seam no longer keeps the rental's code on device " +
                                             device + ": remove it there");
        }
        return {"", true};
    }
    if (found->status == "removing") return {found->id, false};
    if (!api.remove(device, found->id)) return {"", true};
    const std::vector<AccessCode> left = api.codes(device);
    const bool is_gone = find(left, found->id, wanted.name) == nullptr;
    return {is_gone ? "" : found->id, is_gone};
}

}  // namespace

Progress bring_into_line(SeamApi& api, const std::string& device, const WantedCode& wanted,
                         const std::string& known_id, Wish wish, std::int64_t now_ms) {
    const std::vector<AccessCode> codes = api.codes(device);
    const AccessCode* found = find(codes, known_id, wanted.name);
    if (wish == Wish::kAbsent) return make_absent(api, device, found, wanted, known_id);
    WantedCode seam = wanted;
    seam.window = seam_window(wanted.window, now_ms);
    if (found == nullptr) {
        if (!known_id.empty() && api.is_unmanaged(device, known_id, wanted.name)) {
            throw Error(Kind::kConflict, "Seam no longer keeps the rental's code on device " +
                                             device + ": remove it there");
        }
        if (wanted.code.empty()) {
            throw Error(Kind::kNotFound,
                        "there is no access code on device " + device + " and no PIN was given");
        }
        return settled(api.create(device, seam), wish);
    }
    if (found->status == "removing") return {found->id, false};
    const bool is_as_wished = found->name == wanted.name && is_same_code(*found, wanted) &&
                              is_same_window(*found, wanted.window, now_ms);
    if (is_as_wished) return settled(*found, wish);
    if (!is_same_code(*found, wanted) &&
        std::ranges::find(codes, wanted.code, &AccessCode::code) != codes.end()) {
        throw to_error("duplicate_access_code", device);
    }
    // Gone meanwhile: the next look makes it anew.
    if (!api.update(device, found->id, seam)) return {"", false};
    return {found->id, false};
}

}  // namespace gatehouse::seam
