#include "access/pin_desk.hpp"

namespace gatehouse::access {
namespace {

// By then the look that took the PIN is over and the store knows of it, or it failed and will ask
// again.
constexpr std::int64_t kKeepMs = 600'000;
constexpr int kMaxTries = 200;

bool is_allowed(const PinClaim& claim, const std::string& rental_id) {
    return rental_id == claim.rental_id ||
           (!claim.transferred_from.empty() && rental_id == claim.transferred_from);
}

}  // namespace

Result<std::string> PinDesk::check(const PinClaim& claim, const plugins::PinRule& rule,
                                   std::string_view pin) {
    if (std::string fault = fault_in_pin(rule, pin); !fault.empty()) {
        return fault;
    }
    const Result<bool> is_ours = take(claim, hash(claim, pin));
    if (!is_ours) {
        return tl::unexpected(is_ours.error());
    }
    return std::string(*is_ours ? "" : "another rental of the site has it");
}

Result<Secret> PinDesk::choose(const PinClaim& claim, const plugins::PinRule& rule) {
    for (int i = 0; i < kMaxTries; ++i) {
        Result<Secret> pin = make_pin(rule, random_);
        if (!pin) {
            return pin;
        }
        const Result<bool> is_ours = take(claim, hash(claim, pin->reveal()));
        if (!is_ours) {
            return tl::unexpected(is_ours.error());
        }
        if (*is_ours) {
            return pin;
        }
    }
    return fail(ErrorKind::kConflict, "no PIN of the plugin's rule is free at the site");
}

void PinDesk::release(const std::string& business, const std::string& rental_id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const auto& entry) {
        return entry.second.business == business && entry.second.rental_id == rental_id;
    });
}

// Kept first, looked up then: of two claims at the same moment one sees the other.
Result<bool> PinDesk::take(const PinClaim& claim, const std::string& hash) {
    if (!keep(claim, hash)) {
        return false;
    }
    const Result<std::optional<std::string>> holder =
        lookups_.pin_holder(claim.business, claim.site_id, hash);
    if (holder && (!*holder || is_allowed(claim, **holder))) {
        return true;
    }
    const std::lock_guard lock(mutex_);
    kept_.erase(hash);
    if (!holder) {
        return tl::unexpected(holder.error());
    }
    return false;
}

bool PinDesk::keep(const PinClaim& claim, const std::string& hash) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ms = clock_.steady_ns() / 1'000'000;
    std::erase_if(kept_,
                  [&](const auto& entry) { return entry.second.since_ms + kKeepMs <= now_ms; });
    const auto [entry, is_new] =
        kept_.try_emplace(hash, Kept{claim.business, claim.rental_id, now_ms});
    if (!is_new && !is_allowed(claim, entry->second.rental_id)) {
        return false;
    }
    entry->second = Kept{claim.business, claim.rental_id, now_ms};
    return true;
}

}  // namespace gatehouse::access
