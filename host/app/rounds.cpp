#include "app/rounds.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "observe/log.hpp"

namespace gatehouse::app {
namespace {

constexpr std::int64_t kAgainNs = 30'000'000'000;

}  // namespace

void Rounds::add(std::string failed, When when, Make make) {
    rounds_.push_back({std::move(failed), when, std::move(make)});
}

std::int64_t Rounds::turn(std::int64_t now_ns) {
    std::int64_t earliest_ns = std::numeric_limits<std::int64_t>::max();
    for (Round& round : rounds_) {
        if (round.when == When::kWhenWoken || round.next_ns <= now_ns) {
            const Result<std::int64_t> next_ns = round.make(now_ns);
            if (!next_ns) {
                observe::warn("app", round.failed, {{"reason", next_ns.error().message}});
            }
            round.next_ns = next_ns.value_or(now_ns + kAgainNs);
        }
        earliest_ns = std::min(earliest_ns, round.next_ns);
    }
    return std::max(earliest_ns, now_ns);
}

}  // namespace gatehouse::app
