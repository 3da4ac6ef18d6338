// The writer's operations: an event with a callback, and any work with a caller who waits.
#pragma once

#include <future>
#include <utility>

#include "store/sqlite/events.hpp"
#include "store/sqlite/writer.hpp"
#include "store/store.hpp"

namespace gatehouse::store::sqlite {

// Stores an event and tells `done` after the commit.
class Append final : public Operation {
  public:
    Append(NewEvent event, Store::AppendDone done)
        : event_(std::move(event)), done_(std::move(done)) {}

    Result<void> run(WriteContext& context) override {
        appended_ = append_event(context, event_);
        return {};
    }

    void finish(const Result<void>& outcome) override {
        if (outcome) {
            done_(appended_);
        } else {
            done_(tl::unexpected(outcome.error()));
        }
    }

    std::size_t bytes() const override { return sizeof(*this) + event_.body.size(); }

  private:
    NewEvent event_;
    Store::AppendDone done_;
    Appended appended_;
};

// Runs `Work(WriteContext&) -> Result<T>` and hands its value to a caller who waits.
template <typename T, typename Work>
class Waited final : public Operation {
  public:
    explicit Waited(Work work) : work_(std::move(work)) {}

    std::future<Result<T>> answer() { return answer_.get_future(); }

    Result<void> run(WriteContext& context) override {
        result_ = work_(context);
        if (!result_) return tl::unexpected(result_.error());
        return {};
    }

    void finish(const Result<void>& outcome) override {
        if (!outcome) result_ = tl::unexpected(outcome.error());
        answer_.set_value(std::move(result_));
    }

  private:
    Work work_;
    Result<T> result_;
    std::promise<Result<T>> answer_;
};

}  // namespace gatehouse::store::sqlite
