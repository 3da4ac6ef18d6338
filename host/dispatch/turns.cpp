#include "dispatch/turns.hpp"

namespace gatehouse::dispatch {
namespace {

constexpr int kTurnsToAged = 4;

}  // namespace

void Turns::note_due(const std::string& name, UnixMs due_ms) {
    Business& business = businesses_[name];
    if (business.due_ms && *business.due_ms <= due_ms) {
        return;
    }
    if (business.stand == Stand::kByDue) {
        by_due_.erase({*business.due_ms, name});
        business.stand = Stand::kNowhere;
    }
    business.due_ms = due_ms;
    line_up(name, business);
}

std::vector<Turn> Turns::deal(int free_workers, UnixMs now_ms) {
    promote_due(now_ms);
    std::vector<Turn> turns;
    while (free_workers > 0 && !ring_.empty()) {
        const std::string name = std::move(ring_.front());
        ring_.pop_front();
        Business& business = businesses_.at(name);
        business.stand = Stand::kNowhere;
        business.due_ms.reset();
        ++business.working;
        --free_workers;
        turns.push_back(Turn{name, 1, ++business.turns % kTurnsToAged == 0});
    }
    for (bool has_given = true; free_workers > 0 && has_given;) {
        has_given = false;
        for (Turn& turn : turns) {
            Business& business = businesses_.at(turn.business);
            if (free_workers > 0 && business.working < per_business_) {
                ++turn.count;
                ++business.working;
                --free_workers;
                has_given = true;
            }
        }
    }
    return turns;
}

void Turns::settle_lease(const Turn& turn, int leased) {
    release(turn.business, turn.count - leased);
}

void Turns::task_ended(const std::string& name) {
    release(name, 1);
}

std::optional<UnixMs> Turns::next_due_ms() const {
    if (!ring_.empty()) {
        return 0;
    }
    return by_due_.empty() ? std::nullopt : std::optional(by_due_.begin()->first);
}

void Turns::promote_due(UnixMs now_ms) {
    while (!by_due_.empty() && by_due_.begin()->first <= now_ms) {
        const std::string name = by_due_.begin()->second;
        by_due_.erase(by_due_.begin());
        businesses_.at(name).stand = Stand::kRing;
        ring_.push_back(name);
    }
}

void Turns::line_up(const std::string& name, Business& business) {
    if (business.stand == Stand::kNowhere && business.due_ms && business.working < per_business_) {
        by_due_.insert({*business.due_ms, name});
        business.stand = Stand::kByDue;
    }
}

void Turns::release(const std::string& name, int tasks) {
    const auto found = businesses_.find(name);
    Business& business = found->second;
    business.working -= tasks;
    line_up(name, business);
    if (business.working == 0 && !business.due_ms) {
        businesses_.erase(found);
    }
}

}  // namespace gatehouse::dispatch
