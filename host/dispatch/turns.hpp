// Turns: whose turn it is. Remembers for each business when its next task is due and how many of
// its tasks are being worked on, and deals the free workers out in fair turns. No I/O, no threads.
//
// Every fourth turn of a business begins with a task that has aged (Turn::takes_aged).
//
// Memory and time grow with the businesses that have waiting tasks, not with the tasks.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "dispatch/task_queue.hpp"

namespace gatehouse::dispatch {

// [one thread at a time; the dispatcher's mutex guards it]
class Turns {
  public:
    explicit Turns(int per_business) : per_business_(per_business) {}

    // A business has a task due at `due_ms`, or earlier than was known.
    void note_due(const std::string& business, UnixMs due_ms);

    // Deals at most `free_workers` tasks to the businesses that are due: one each, in the order in
    // which they became due, then further ones round and round while workers are left. What was
    // dealt counts as being worked on; what is known of those businesses' due times is forgotten
    // until note_due() tells.
    std::vector<Turn> deal(int free_workers, UnixMs now_ms);

    // The lease for `turn` gave `leased` tasks.
    void settle_lease(const Turn& turn, int leased);

    // One task of the business ended.
    void task_ended(const std::string& business);

    // When deal() has something next, workers being free; nothing if only news can change that.
    std::optional<UnixMs> next_due_ms() const;

  private:
    // A business stands in the ring, or among those whose time comes, or nowhere: it has nothing
    // due, or as many tasks under way as it may have.
    enum class Stand { kNowhere, kByDue, kRing };

    struct Business {
        std::optional<UnixMs> due_ms;
        int working = 0;
        int turns = 0;  // since it last had nothing to do
        Stand stand = Stand::kNowhere;
    };

    void promote_due(UnixMs now_ms);
    void line_up(const std::string& name, Business& business);
    void release(const std::string& name, int tasks);

    const int per_business_;
    std::unordered_map<std::string, Business> businesses_;
    std::set<std::pair<UnixMs, std::string>> by_due_;
    std::deque<std::string> ring_;  // due now; the front has its turn next
};

}  // namespace gatehouse::dispatch
