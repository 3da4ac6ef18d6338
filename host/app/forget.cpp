#include "app/forget.hpp"

#include <algorithm>
#include <string>

#include "observe/log.hpp"

namespace gatehouse::app {
namespace {

constexpr int kBatch = 500;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kNsPerMs = 1'000'000;

// After downtime the time of retention catches up by as much again as passes.
constexpr std::int64_t kPace = 2;

bool was_full(const char* what, const Result<std::int64_t>& forgotten) {
    if (forgotten) return *forgotten >= kBatch;
    observe::warn("app", std::string("old ") + what + " are not forgotten",
                  {{"reason", forgotten.error().message}});
    return false;
}

}  // namespace

int keep_ids_days(const config::Store& settings) {
    constexpr int kTwoYears = 730;
    return std::max(kTwoYears, settings.keep_events_days);
}

bool Forgetter::forget_some() {
    const std::int64_t now_ns = clock_.steady_ns();
    const std::int64_t passed_ms = (now_ns - last_ns_) / kNsPerMs;
    const Result<UnixMs> at_ms = store_.advance_retention(kPace * passed_ms);
    if (!at_ms) {
        observe::warn("app", "nothing is forgotten", {{"reason", at_ms.error().message}});
        return false;
    }
    last_ns_ += passed_ms * kNsPerMs;
    const auto before_ms = [&](int days) { return *at_ms - days * kDayMs; };
    bool has_more =
        was_full("events", store_.forget_events(before_ms(settings_.keep_events_days), kBatch));
    has_more |=
        was_full("ids of events", store_.forget_ids(before_ms(keep_ids_days(settings_)), kBatch));
    // The log of the doors names renters by their rentals: all of it goes at the same age.
    const UnixMs renters_before_ms = before_ms(settings_.keep_access_log_days);
    has_more |= was_full("rentals", store_.forget_rentals(renters_before_ms, kBatch));
    has_more |= was_full("dead letters", store_.forget_dead_letters(renters_before_ms, kBatch));
    has_more |=
        was_full("access events", access_log_.forget_access_events(renters_before_ms, kBatch));
    return has_more;
}

}  // namespace gatehouse::app
