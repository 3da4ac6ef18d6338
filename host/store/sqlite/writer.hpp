// Writer: the one thread that writes. It takes every operation that waits, runs them in one
// transaction and answers them after its commit, so that all of them share one fsync. While it
// waits for that fsync the next group gathers; there is no other delay.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "observe/metrics.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/damage.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

class Operation {
  public:
    virtual ~Operation() = default;

    // A failure, returned or left in the database's status, undoes this operation and no other. May
    // run twice, the first time undone. [writer's thread]
    virtual Result<void> run(WriteContext& context) = 0;

    // Called once with how it ended: after the commit, or when it failed. [any thread]
    virtual void finish(const Result<void>& outcome) = 0;

    // Roughly what it holds in memory.
    virtual std::size_t bytes() const { return 0; }
};

struct WriterLimits {
    std::size_t queued = 4096;
    std::size_t queued_bytes = 64u << 20;
    std::size_t group = 256;
};

class Writer {
  public:
    using DueListener = std::function<void(const std::vector<dispatch::BusinessDue>&)>;

    // `damage`, `clock` and `metrics` outlive it. Once damage is found everything is refused.
    Writer(std::unique_ptr<Database> database, std::unique_ptr<Checkpointer> checkpointer,
           const Damage& damage, const Clock& clock, observe::Metrics& metrics,
           const WriterLimits& limits);
    ~Writer();  // as close()

    // Refuses with kUnavailable when the queue is full. [any thread]
    void offer(std::unique_ptr<Operation> operation);

    // For callers that wait for the answer, and so bound their own number: refuses only when
    // closed. [any thread]
    void submit(std::unique_ptr<Operation> operation);

    void on_due(DueListener listener);

    // Answers what is queued, then refuses. [any thread but the writer's]
    void close();

  private:
    using Group = std::vector<std::unique_ptr<Operation>>;
    using Outcomes = std::vector<Result<void>>;

    void put(std::unique_ptr<Operation> operation, bool is_bounded);
    const char* queue(std::unique_ptr<Operation>& operation, bool is_bounded);
    void work();
    bool take(Group& group);
    void commit(Group& group);
    bool run_together(Group& group);
    void run_apart(Group& group, Outcomes& outcomes);
    bool run_each(Group& group, Outcomes& outcomes);
    Result<void> run_in_savepoint(Operation& operation);
    void roll_back();
    void give_up(Outcomes& outcomes);
    void note_health(const Result<void>& committed);
    void tell(const std::vector<dispatch::BusinessDue>& due);

    const WriterLimits limits_;
    const Damage& damage_;
    const Clock& clock_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Checkpointer> checkpointer_;
    WriteContext context_;
    bool is_failing_ = false;
    observe::Histogram& group_size_;
    observe::Histogram& commit_seconds_;
    observe::Counter& failed_groups_;
    observe::Counter& refused_;

    std::mutex mutex_;
    std::condition_variable has_work_;
    std::deque<std::unique_ptr<Operation>> queue_;
    std::size_t queued_bytes_ = 0;
    bool is_closing_ = false;

    std::mutex listener_mutex_;
    DueListener listener_;

    std::once_flag joined_;
    std::thread thread_;
};

}  // namespace gatehouse::store::sqlite
