#include "app/forget.hpp"

#include <string>

#include "observe/log.hpp"

namespace gatehouse::app {
namespace {

constexpr int kBatch = 500;
constexpr std::int64_t kDayMs = 86'400'000;

bool was_full(const char* what, const Result<std::int64_t>& forgotten) {
    if (forgotten) return *forgotten == kBatch;
    observe::warn("app", std::string("old ") + what + " are not forgotten",
                  {{"reason", forgotten.error().message}});
    return false;
}

}  // namespace

bool forget_some(store::Store& store, const config::Store& settings, UnixMs now_ms) {
    const UnixMs events_before_ms = now_ms - settings.keep_events_days * kDayMs;
    const UnixMs log_before_ms = now_ms - settings.keep_access_log_days * kDayMs;
    const bool has_more_events = was_full("events", store.forget_events(events_before_ms, kBatch));
    const bool has_more_of_the_log =
        was_full("access events", store.forget_access_events(log_before_ms, kBatch));
    return has_more_events || has_more_of_the_log;
}

}  // namespace gatehouse::app
