// Turns: whose turn it is. Remembers for each business and urgency when its next task is due and
// how many of its tasks are at work, and deals free places out in fair turns. No I/O, no threads.
//
// A task at work holds a place, and gives it back when it ends or once it has become slow, which
// means that it waits for somebody outside. So there are at most `places` tasks that want the
// processor, and more at work that do not. A quarter of those at work is kept for urgent tasks of
// businesses that have shown to be quick. Four classes take turns:
//
//   urgent   | looks and events that somebody waits for. They come first.
//   unproven | the same, of a business that has not shown to be quick, when there is no room for
//            | it: it stands aside for those that have.
//   slow     | the same, of a business of which a task is slow: at most half of the places and of
//            | what may be at work. One whose vendor hangs waits for the others, not they for it.
//   normal   | everything else: at most half of the places and of what may be at work. One that has
//            | been due for kAgedMs gets every fourth turn, however many urgent ones there are,
//            | of its business's turns and of all.
//
// Memory grows with the businesses that wait or are known to be quick, not with the tasks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/recent_names.hpp"
#include "dispatch/task_queue.hpp"

namespace gatehouse::dispatch {

struct TurnLimits {
    int places = 32;       // tasks that may want the processor at once
    int at_work = 256;     // those and the slow ones
    int per_business = 4;  // of one business, slow or not
};

// What a task that is at work counts as.
struct AtWork {
    std::string business;
    Priority priority = Priority::kUrgent;
    bool is_of_slow = false;   // dealt in the slow class
    bool is_of_quick = false;  // dealt to a business that had shown to be quick
    bool holds_place = true;
};

// What the end of a task tells of its business.
enum class Pace : std::uint8_t {
    kUntold,  // it asked nobody, or was turned away
    kQuick,   // it was done within kQuickMs
    kSlow,    // it took longer, however it ended
};

// From its lease to its end. A healthy vendor's task takes less, with all that it asks.
constexpr std::int64_t kQuickMs = 1'000;

// [one thread at a time; the dispatcher's mutex guards it]
class Turns {
  public:
    explicit Turns(const TurnLimits& limits) : limits_(limits) {}

    // A task of this business and urgency is due at `due_ms`, or earlier than was known.
    void note_due(const BusinessDue& due);

    // Deals what may be dealt to the businesses that are due: one task each, in the order in which
    // they became due, then further ones round and round while places are left. What was dealt
    // counts as at work; what is known of the due times is forgotten until note_due() tells.
    std::vector<Turn> deal(UnixMs now_ms);

    // The lease for `turn` gave `leased` tasks.
    void settle_lease(const Turn& turn, int leased);

    // What one task of `turn` counts as from its lease on.
    static AtWork at_work(const Turn& turn);

    // The task has become slow: it gives its place back and goes on.
    void gave_place(AtWork& task);
    void task_ended(const AtWork& task, Pace pace);

    // When deal() has something next; nothing if only news can change that.
    std::optional<UnixMs> next_due_ms() const;

    // Whether something is due for which only a place is missing.
    bool is_short_of_places() const;

    int slow() const { return slow_; }

  private:
    enum class Class : std::uint8_t { kUrgent, kUnproven, kSlow, kNormal };
    static constexpr std::size_t kClasses = 4;  // as they are served: who stood aside goes first
    static constexpr std::array<Class, kClasses> kOrder{Class::kUnproven, Class::kUrgent,
                                                        Class::kSlow, Class::kNormal};
    static constexpr std::size_t kMostKnownQuick = 20'000;

    // Of one business and urgency. It stands in one of the rings, or among those whose time comes,
    // or nowhere: nothing is due, or as many tasks are at work as may be.
    struct Queue {
        std::optional<UnixMs> due_ms;
        enum class Stand : std::uint8_t { kNowhere, kByDue, kRing } stand = Stand::kNowhere;
        Class ring = Class::kUrgent;  // where it stands, if in a ring
    };
    struct Business {
        std::array<Queue, 2> queues;  // by Priority
        int working = 0;
        int slow = 0;
        int turns = 0;  // since its last normal one
        Queue& queue(Priority priority) { return queues[static_cast<std::size_t>(priority)]; }
    };

    static Priority priority_of(Class ring) {
        return ring == Class::kNormal ? Priority::kNormal : Priority::kUrgent;
    }
    static Class class_of(const AtWork& task);
    int& placed(Class of) { return placed_[static_cast<std::size_t>(of)]; }
    std::deque<std::string>& ring(Class of) { return rings_[static_cast<std::size_t>(of)]; }

    bool has_room(Class of) const;
    bool has_place(Class of) const;
    bool is_normal_aged(const Business& business, UnixMs now_ms) const;
    std::optional<Class> next_class(UnixMs now_ms);
    std::optional<Turn> take_front(Class of, UnixMs now_ms);
    bool clear_front(Class of);
    void promote_due(UnixMs now_ms);
    void line_up(const std::string& name, Business& business, Priority priority);
    void enter_ring(const std::string& name, Business& business, Priority priority);
    void stand_in(Class of, const std::string& name, Queue& queue);
    void count_in(Business& business, Class of);
    void release(const AtWork& task, int tasks);
    void settle(const std::string& name, Business& business);

    const TurnLimits limits_;
    std::unordered_map<std::string, Business> businesses_;
    std::set<std::tuple<UnixMs, std::string, Priority>> by_due_;
    std::array<std::deque<std::string>, kClasses> rings_;  // due now; the front has its turn next
    std::array<int, kClasses> placed_{};                   // places held, by class
    int normal_at_work_ = 0;
    int at_work_ = 0;
    int slow_ = 0;            // at work without a place
    int quick_at_work_ = 0;   // urgent ones of the quick, until they are slow
    int slow_of_urgent_ = 0;  // urgent ones that are slow, or were dealt in the slow class
    RecentNames quick_{kMostKnownQuick};
    int since_normal_ = 0;  // turns dealt since the last normal one
};

}  // namespace gatehouse::dispatch
