// Past events, through Kisi's event sets: a search is ordered, prepared by Kisi, then read by
// pages.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "kisi_api.hpp"

namespace gatehouse::kisi {

struct HistoryPage {
    Json events = Json::array();  // as Kisi gives them
    std::string next_cursor;  // "<set>" while it is prepared, "<set>:<Kisi's cursor>"; empty: end
};

// The page that `cursor` names; a new search since `since` for an empty one. Waits for Kisi as long
// as `has_time` says so, then gives an empty page that is not the last. Throws Error.
HistoryPage history_page(KisiApi& api, const std::string& since, const std::string& cursor,
                         std::int64_t now_ms, const std::function<bool()>& has_time);

}  // namespace gatehouse::kisi
