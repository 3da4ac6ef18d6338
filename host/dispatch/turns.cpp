#include "dispatch/turns.hpp"

#include <algorithm>
#include <numeric>

namespace gatehouse::dispatch {
namespace {

constexpr int kTurnsToAged = 4;

int half_of(int count) {
    return std::max(count / 2, 1);
}

}  // namespace

void Turns::note_due(const BusinessDue& due) {
    Business& business = businesses_[due.business];
    Queue& queue = business.queue(due.priority);
    if (queue.due_ms && *queue.due_ms <= due.due_ms) return;
    if (queue.stand == Queue::Stand::kByDue) {
        by_due_.erase({*queue.due_ms, due.business, due.priority});
        queue.stand = Queue::Stand::kNowhere;
    }
    queue.due_ms = due.due_ms;
    line_up(due.business, business, due.priority);
}

std::vector<Turn> Turns::deal(UnixMs now_ms) {
    promote_due(now_ms);
    std::vector<Turn> turns;
    while (const std::optional<Class> of = next_class(now_ms)) {
        if (auto turn = take_front(*of, now_ms)) turns.push_back(std::move(*turn));
    }
    for (bool has_given = true; has_given;) {
        has_given = false;
        for (Turn& turn : turns) {
            Business& business = businesses_.at(turn.business);
            const Class of = class_of(at_work(turn));
            if (business.working >= limits_.per_business || !has_room(of) || !has_place(of)) {
                continue;
            }
            ++turn.count;
            count_in(business, of);
            has_given = true;
        }
    }
    return turns;
}

void Turns::settle_lease(const Turn& turn, int leased) {
    release(at_work(turn), turn.count - leased);
}

AtWork Turns::at_work(const Turn& turn) {
    return {turn.business, turn.priority.value_or(Priority::kUrgent), turn.is_of_slow,
            turn.is_of_quick, true};
}

void Turns::gave_place(AtWork& task) {
    if (!task.holds_place) return;
    task.holds_place = false;
    const Class of = class_of(task);
    --placed(of);
    if (of == Class::kUrgent) --quick_at_work_;
    if (of == Class::kUrgent || of == Class::kUnproven) ++slow_of_urgent_;
    ++slow_;
    ++businesses_.at(task.business).slow;
}

void Turns::task_ended(const AtWork& task, Pace pace) {
    if (pace == Pace::kQuick) quick_.add(task.business);
    if (pace == Pace::kSlow) quick_.remove(task.business);
    release(task, 1);
}

std::optional<UnixMs> Turns::next_due_ms() const {
    for (const Class of : kOrder) {
        if (!rings_[static_cast<std::size_t>(of)].empty() && has_room(of) && has_place(of)) {
            return 0;
        }
    }
    return by_due_.empty() ? std::nullopt : std::optional(std::get<0>(*by_due_.begin()));
}

bool Turns::is_short_of_places() const {
    return std::ranges::any_of(kOrder, [this](Class of) {
        return !rings_[static_cast<std::size_t>(of)].empty() && has_room(of) && !has_place(of);
    });
}

Turns::Class Turns::class_of(const AtWork& task) {
    if (task.priority == Priority::kNormal) return Class::kNormal;
    if (task.is_of_slow) return Class::kSlow;
    return task.is_of_quick ? Class::kUrgent : Class::kUnproven;
}

bool Turns::has_room(Class of) const {
    if (at_work_ >= limits_.at_work) return false;
    if (of == Class::kUrgent) return true;
    if (at_work_ - quick_at_work_ >= std::max(limits_.at_work * 3 / 4, 1)) return false;
    if (of == Class::kNormal) return normal_at_work_ < half_of(limits_.at_work);
    return of != Class::kSlow || slow_of_urgent_ < half_of(limits_.at_work);
}

bool Turns::has_place(Class of) const {
    if (std::accumulate(placed_.begin(), placed_.end(), 0) >= limits_.places) return false;
    return of == Class::kUrgent || of == Class::kUnproven ||
           placed_[static_cast<std::size_t>(of)] < half_of(limits_.places);
}

bool Turns::is_normal_aged(const Business& business, UnixMs now_ms) const {
    const Queue& queue = business.queues[static_cast<std::size_t>(Priority::kNormal)];
    return queue.stand == Queue::Stand::kRing && *queue.due_ms <= now_ms - kAgedMs;
}

// The class whose front has the next turn; nothing if none may have one.
std::optional<Turns::Class> Turns::next_class(UnixMs now_ms) {
    const auto may_go = [this](Class of) {
        return clear_front(of) && has_room(of) && has_place(of);
    };
    const bool is_normals_turn =
        since_normal_ >= kTurnsToAged - 1 && may_go(Class::kNormal) &&
        is_normal_aged(businesses_.at(ring(Class::kNormal).front()), now_ms);
    if (is_normals_turn) return Class::kNormal;
    for (const Class of : kOrder) {
        if (may_go(of)) return of;
    }
    return std::nullopt;
}

// Takes out of the ring's front what does not stand there any more; false if nothing is left.
bool Turns::clear_front(Class of) {
    std::deque<std::string>& names = ring(of);
    while (!names.empty()) {
        const auto found = businesses_.find(names.front());
        if (found != businesses_.end()) {
            const Queue& queue = found->second.queue(priority_of(of));
            if (queue.stand == Queue::Stand::kRing && queue.ring == of) return true;
        }
        names.pop_front();
    }
    return false;
}

// Nothing if the front was moved to another ring, or must wait for a task of its business to end.
std::optional<Turn> Turns::take_front(Class of, UnixMs now_ms) {
    const std::string name = std::move(ring(of).front());
    ring(of).pop_front();
    Business& business = businesses_.at(name);
    Priority priority = priority_of(of);
    business.queue(priority).stand = Queue::Stand::kNowhere;
    if (business.working >= limits_.per_business) return std::nullopt;
    if (of != Class::kSlow && priority == Priority::kUrgent && business.slow > 0) {
        enter_ring(name, business, priority);
        return std::nullopt;
    }
    if (of == Class::kUrgent || of == Class::kUnproven) {
        of = quick_.contains(name) ? Class::kUrgent : Class::kUnproven;
        if (!has_room(of)) {
            stand_in(Class::kUnproven, name, business.queue(priority));
            return std::nullopt;
        }
    }
    const bool is_for_aged = priority == Priority::kUrgent && ++business.turns >= kTurnsToAged &&
                             is_normal_aged(business, now_ms) && has_room(Class::kNormal) &&
                             has_place(Class::kNormal);
    if (is_for_aged) {
        enter_ring(name, business, priority);
        priority = Priority::kNormal;
        business.queue(priority).stand = Queue::Stand::kNowhere;
        of = Class::kNormal;
    }
    if (of == Class::kNormal) business.turns = 0;
    business.queue(priority).due_ms.reset();
    count_in(business, of);
    since_normal_ = of == Class::kNormal ? 0 : since_normal_ + 1;
    return Turn{name, 1, priority, of == Class::kSlow, of == Class::kUrgent};
}

void Turns::count_in(Business& business, Class of) {
    ++business.working;
    ++at_work_;
    ++placed(of);
    if (of == Class::kNormal) ++normal_at_work_;
    if (of == Class::kUrgent) ++quick_at_work_;
    if (of == Class::kSlow) ++slow_of_urgent_;
}

void Turns::promote_due(UnixMs now_ms) {
    while (!by_due_.empty() && std::get<0>(*by_due_.begin()) <= now_ms) {
        const auto [due_ms, name, priority] = *by_due_.begin();
        by_due_.erase(by_due_.begin());
        enter_ring(name, businesses_.at(name), priority);
    }
}

void Turns::enter_ring(const std::string& name, Business& business, Priority priority) {
    const Class of = priority == Priority::kNormal ? Class::kNormal
                     : business.slow > 0           ? Class::kSlow
                                                   : Class::kUrgent;
    stand_in(of, name, business.queue(priority));
}

void Turns::stand_in(Class of, const std::string& name, Queue& queue) {
    queue.stand = Queue::Stand::kRing;
    queue.ring = of;
    ring(of).push_back(name);
}

void Turns::line_up(const std::string& name, Business& business, Priority priority) {
    Queue& queue = business.queue(priority);
    if (queue.stand == Queue::Stand::kNowhere && queue.due_ms &&
        business.working < limits_.per_business) {
        by_due_.insert({*queue.due_ms, name, priority});
        queue.stand = Queue::Stand::kByDue;
    }
}

void Turns::release(const AtWork& task, int tasks) {
    Business& business = businesses_.at(task.business);
    const Class of = class_of(task);
    business.working -= tasks;
    at_work_ -= tasks;
    if (of == Class::kNormal) normal_at_work_ -= tasks;
    if (task.holds_place) {
        placed(of) -= tasks;
        if (of == Class::kUrgent) quick_at_work_ -= tasks;
        if (of == Class::kSlow) slow_of_urgent_ -= tasks;
    } else {
        slow_ -= tasks;
        business.slow -= tasks;
        if (of != Class::kNormal) slow_of_urgent_ -= tasks;
    }
    settle(task.business, business);
}

void Turns::settle(const std::string& name, Business& business) {
    Queue& urgent = business.queue(Priority::kUrgent);
    // Quick again: it need not wait behind those that are not.
    const bool is_behind_others =
        urgent.stand == Queue::Stand::kRing &&
        (urgent.ring == Class::kSlow || (urgent.ring == Class::kUnproven && quick_.contains(name)));
    if (business.slow == 0 && is_behind_others) enter_ring(name, business, Priority::kUrgent);
    line_up(name, business, Priority::kUrgent);
    line_up(name, business, Priority::kNormal);
    const bool has_nothing =
        business.working == 0 && !business.queues[0].due_ms && !business.queues[1].due_ms;
    if (has_nothing) businesses_.erase(name);
}

}  // namespace gatehouse::dispatch
