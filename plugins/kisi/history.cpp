#include "history.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

#include "utc_time.hpp"

namespace gatehouse::kisi {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr std::chrono::milliseconds kPollPause{500};
constexpr int kMaxPolls = 8;                            // of one call
constexpr std::int64_t kLongestMs = 90LL * 86'400'000;  // Kisi searches no wider

struct Cursor {
    Id set = 0;
    std::string page;
};

Cursor parse_cursor(const std::string& text) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    Cursor cursor;
    const auto [end, error] = std::from_chars(text.data(), text.data() + colon, cursor.set);
    if (error != std::errc{} || end != text.data() + colon || cursor.set <= 0) {
        throw Error("the cursor is not one of this plugin", {{"cursor", "is unusable"}});
    }
    if (colon < text.size()) cursor.page = text.substr(colon + 1);
    return cursor;
}

EventSet begin(KisiApi& api, const std::string& since, std::int64_t now_ms) {
    const auto since_ms = parse_time(since);
    if (!since_ms) throw Error("the time is not readable", {{"since", "not RFC 3339"}});
    const std::int64_t from_ms = std::max(*since_ms, now_ms - kLongestMs);
    return api.search_events(format_time(from_ms), format_time(now_ms));
}

}  // namespace

HistoryPage history_page(KisiApi& api, const std::string& since, const std::string& cursor,
                         std::int64_t now_ms, const std::function<bool()>& has_time) {
    const Cursor at = cursor.empty() ? Cursor{} : parse_cursor(cursor);
    EventSet set = cursor.empty() ? begin(api, since, now_ms) : api.event_set(at.set, at.page);
    for (int poll = 0; set.status == "in_progress" && poll < kMaxPolls && has_time(); ++poll) {
        std::this_thread::sleep_for(kPollPause);
        set = api.event_set(set.id, at.page);
    }
    if (set.status == "failed") {
        throw Error(Kind::kUnavailable, "Kisi's search through its history failed");
    }
    if (set.status == "in_progress") return {Json::array(), std::to_string(set.id)};
    HistoryPage page{std::move(set.events), ""};
    if (!set.cursor.empty() && set.cursor != at.page && !page.events.empty()) {
        page.next_cursor = std::to_string(set.id) + ":" + set.cursor;
    }
    return page;
}

}  // namespace gatehouse::kisi
