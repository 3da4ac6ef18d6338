#include "plugins/blame_book.hpp"

#include <algorithm>
#include <utility>

#include "observe/log.hpp"

namespace gatehouse::plugins {

void BlameBook::blame(const std::string& connection, const std::string& how) {
    if (!connections_.contains(connection)) return;
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ms = steady_ms();
    Page& page = pages_[connection];
    page.why = how;
    page.deaths_ms.push_back(now_ms);
    if (page.deaths_ms.size() > kDeaths) page.deaths_ms.pop_front();
    const bool was_isolated = page.isolated_until_ms > now_ms;
    const bool is_proven =
        page.deaths_ms.size() == kDeaths && now_ms - page.deaths_ms.front() <= kWithinMs;
    if (!was_isolated && !is_proven) return;
    page.isolated_until_ms = now_ms + kIsolatedMs;
    page.until_ms = clock_.now_ms() + kIsolatedMs;
    if (was_isolated) return;
    count_isolated(now_ms);
    observe::warn("plugins", "a connection works in a runner of its own from now on",
                  {{"plugin", plugin_}, {"connection", connection}, {"reason", how}});
}

void BlameBook::suspect(const std::vector<std::string>& connections) {
    const std::lock_guard lock(mutex_);
    for (const std::string& connection : connections) {
        if (connections_.contains(connection)) {
            pages_[connection].suspect_until_ms = steady_ms() + kSuspectMs;
        }
    }
}

BlameBook::Standing BlameBook::standing(const std::string& connection) {
    const std::lock_guard lock(mutex_);
    const auto found = pages_.find(connection);
    if (found == pages_.end()) return Standing::kGood;
    Page& page = found->second;
    const std::int64_t now_ms = steady_ms();
    if (page.isolated_until_ms > now_ms) return Standing::kIsolated;
    if (page.isolated_until_ms != 0) {
        page.isolated_until_ms = 0;
        count_isolated(now_ms);
    }
    return page.trials > 0 || page.suspect_until_ms > now_ms ? Standing::kSuspect : Standing::kGood;
}

std::vector<BlameBook::Entry> BlameBook::isolated() const {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ms = steady_ms();
    std::vector<Entry> entries;
    for (const auto& [connection, page] : pages_) {
        if (page.isolated_until_ms > now_ms) {
            entries.push_back({connection, page.why, page.until_ms});
        }
    }
    return entries;
}

void BlameBook::count_isolated(std::int64_t now_ms) {
    if (gauge_ == nullptr) return;
    gauge_->set(
        static_cast<double>(std::count_if(pages_.begin(), pages_.end(), [&](const auto& one) {
            return one.second.isolated_until_ms > now_ms;
        })));
}

BlameBook::Trial::Trial(BlameBook& book, std::string connection)
    : book_(book), connection_(std::move(connection)) {
    const std::lock_guard lock(book_.mutex_);
    ++book_.pages_[connection_].trials;
}

BlameBook::Trial::~Trial() {
    const std::lock_guard lock(book_.mutex_);
    --book_.pages_[connection_].trials;
}

}  // namespace gatehouse::plugins
