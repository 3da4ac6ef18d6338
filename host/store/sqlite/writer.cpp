#include "store/sqlite/writer.hpp"

#include <utility>

#include "observe/log.hpp"

namespace gatehouse::store::sqlite {

Writer::Writer(std::unique_ptr<Database> database, std::unique_ptr<Checkpointer> checkpointer,
               const Damage& damage, const Clock& clock, observe::Metrics& metrics,
               const WriterLimits& limits)
    : limits_(limits),
      damage_(damage),
      clock_(clock),
      database_(std::move(database)),
      checkpointer_(std::move(checkpointer)),
      context_(*database_, clock),
      group_size_(metrics.histogram("gatehouse_store_group_operations",
                                    "Operations that shared one commit",
                                    {1, 2, 4, 8, 16, 32, 64, 128, 256})),
      commit_seconds_(metrics.histogram(
          "gatehouse_store_commit_seconds", "Time to write and commit one group",
          {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5})),
      failed_groups_(metrics.counter("gatehouse_store_failed_groups_total",
                                     "Groups that could not be committed")),
      refused_(metrics.counter("gatehouse_store_refused_total",
                               "Operations refused because the queue was full or closed")),
      thread_([this] { work(); }) {}

Writer::~Writer() {
    close();
}

void Writer::offer(std::unique_ptr<Operation> operation) {
    put(std::move(operation), true);
}

void Writer::submit(std::unique_ptr<Operation> operation) {
    put(std::move(operation), false);
}

void Writer::put(std::unique_ptr<Operation> operation, bool is_bounded) {
    const char* refusal = queue(operation, is_bounded);
    if (refusal == nullptr) {
        has_work_.notify_one();
        return;
    }
    refused_.add();
    operation->finish(fail(ErrorKind::kUnavailable, refusal));
}

// Takes the operation, or says why not and leaves it.
const char* Writer::queue(std::unique_ptr<Operation>& operation, bool is_bounded) {
    const std::lock_guard lock(mutex_);
    const std::size_t bytes = operation->bytes();
    if (is_closing_) return "the store is closing";
    if (is_bounded &&
        (queue_.size() >= limits_.queued || queued_bytes_ + bytes > limits_.queued_bytes)) {
        return "the store's queue is full";
    }
    queued_bytes_ += bytes;
    queue_.push_back(std::move(operation));
    return nullptr;
}

void Writer::on_due(DueListener listener) {
    const std::lock_guard lock(listener_mutex_);
    listener_ = std::move(listener);
}

void Writer::close() {
    {
        const std::lock_guard lock(mutex_);
        is_closing_ = true;
    }
    has_work_.notify_one();
    std::call_once(joined_, [this] { thread_.join(); });
}

void Writer::work() {
    Group group;
    while (take(group)) {
        commit(group);
        group.clear();
    }
}

bool Writer::take(Group& group) {
    std::unique_lock lock(mutex_);
    has_work_.wait(lock, [this] { return is_closing_ || !queue_.empty(); });
    while (!queue_.empty() && group.size() < limits_.group) {
        queued_bytes_ -= queue_.front()->bytes();
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return !group.empty();
}

void Writer::commit(Group& group) {
    const std::int64_t start_ns = clock_.steady_ns();
    Outcomes outcomes(group.size());
    if (const Result<void> refused = damage_.refuse_if_found(); !refused) {
        for (const std::unique_ptr<Operation>& operation : group) {
            operation->finish(refused);
        }
        return;
    }
    database_->clear();
    run(*database_, "BEGIN IMMEDIATE");
    if (database_->ok() && !run_together(group)) run_apart(group, outcomes);
    const std::vector<dispatch::BusinessDue> due = context_.take_due();
    context_.note_time();
    run(*database_, "COMMIT");
    const Result<void> committed = database_->status();
    note_health(committed);
    if (committed) {
        tell(due);
    } else {
        give_up(outcomes);
    }
    group_size_.observe(static_cast<double>(group.size()));
    commit_seconds_.observe(static_cast<double>(clock_.steady_ns() - start_ns) / 1e9);
    for (std::size_t i = 0; i < group.size(); ++i) {
        group[i]->finish(outcomes[i]);
    }
    checkpointer_->after_commit(*database_);
}

// Savepoints cost a third of an append, and failures are rare: the group runs without them first.
bool Writer::run_together(Group& group) {
    for (const std::unique_ptr<Operation>& operation : group) {
        if (!operation->run(context_) || !database_->ok()) return false;
    }
    return true;
}

// Most failures end with their savepoint. A full disk can end the whole transaction; the operation
// that did it is then left out and the others start again.
void Writer::run_apart(Group& group, Outcomes& outcomes) {
    constexpr int kRestarts = 16;
    for (int restart = 0; restart < kRestarts; ++restart) {
        roll_back();
        run(*database_, "BEGIN IMMEDIATE");
        if (!database_->ok() || run_each(group, outcomes)) return;
    }
}

// False, with the database's failure standing, if the transaction is gone.
bool Writer::run_each(Group& group, Outcomes& outcomes) {
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (!outcomes[i]) continue;
        outcomes[i] = run_in_savepoint(*group[i]);
        if (!database_->ok()) return false;
    }
    return true;
}

Result<void> Writer::run_in_savepoint(Operation& operation) {
    run(*database_, "SAVEPOINT operation");
    Result<void> outcome = operation.run(context_);
    if (!database_->ok()) {
        outcome = database_->status();
        if (!database_->in_transaction()) return outcome;
        database_->clear();
    }
    if (!outcome) {
        run(*database_, "ROLLBACK TO operation");
        context_.forget();
    }
    run(*database_, "RELEASE operation");
    return outcome;
}

void Writer::roll_back() {
    database_->clear();
    if (database_->in_transaction()) run(*database_, "ROLLBACK");
    database_->clear();
    context_.forget();
}

// Everything of the group is undone, so nothing of it may be answered as done.
void Writer::give_up(Outcomes& outcomes) {
    Result<void> failure = fail(ErrorKind::kUnavailable, database_->status().error().message);
    if (auto refused = damage_.refuse_if_found(); !refused) failure = refused;
    roll_back();
    failed_groups_.add();
    for (Result<void>& outcome : outcomes) {
        outcome = failure;
    }
}

void Writer::note_health(const Result<void>& committed) {
    const bool was_failing = std::exchange(is_failing_, !committed);
    if (is_failing_ && !was_failing) {
        observe::error("store", "writes fail", {{"error", committed.error().message}});
    } else if (!is_failing_ && was_failing) {
        observe::info("store", "writes work again");
    }
}

void Writer::tell(const std::vector<dispatch::BusinessDue>& due) {
    if (due.empty()) return;
    const std::lock_guard lock(listener_mutex_);
    if (listener_) listener_(due);
}

}  // namespace gatehouse::store::sqlite
