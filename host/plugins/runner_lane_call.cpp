// The callers' side of a lane.
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "plugins/faults.hpp"
#include "plugins/pending_call.hpp"
#include "plugins/runner_lane.hpp"

namespace gatehouse::plugins {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxMessageBytes = 500;
// A caller holds a worker's place while it waits: long enough for a runner that starts again.
constexpr milliseconds kPatience{3'000};
constexpr std::int64_t kBusyMs = 1'000;
constexpr std::size_t kRecent = 8;
constexpr std::int64_t kMaxRetryAfterMs = 86'400'000;
// A runner that takes so long over one frame is stuck, or wants the host to be.
constexpr std::chrono::seconds kFrameLimit{5};

// What the plugin says of its failure, as far as it can be believed.
Error error_from(std::string_view payload, const Untold& untold) {
    const auto document = parse_json(payload);
    if (!document) return {ErrorKind::kInternal, "the plugin's failure is not readable"};
    const std::int64_t kind = int_member(*document, "kind").value_or(0);
    Error error;
    if (kind >= static_cast<int>(ErrorKind::kAuth) &&
        kind <= static_cast<int>(ErrorKind::kInternal)) {
        error.kind = static_cast<ErrorKind>(kind);
    }
    error.message =
        shorten(scrub(string_member(*document, "message").value_or(""), untold), kMaxMessageBytes);
    if (error.message.empty()) error.message = std::string(to_string(error.kind));
    const auto fields = parse_json(string_member(*document, "fields").value_or(""));
    if (std::string words = fields ? faults_in_words(*fields) : ""; !words.empty()) {
        error.message += " (" + shorten(scrub(std::move(words), untold), kMaxMessageBytes) + ")";
    }
    const std::int64_t retry_after_ms = int_member(*document, "retry_after_ms").value_or(0);
    if (retry_after_ms > 0) error.retry_after_ms = std::min(retry_after_ms, kMaxRetryAfterMs);
    return error;
}

}  // namespace

LaneStatus RunnerLane::wait_settled() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_settled_ || is_stopping_; });
    return status_;
}

LaneStatus RunnerLane::status() const {
    const std::lock_guard lock(mutex_);
    LaneStatus status = status_;
    if (is_asleep_ && status.state == PluginState::kRestarting &&
        SteadyClock::now() >= restart_at_) {
        status.state = PluginState::kIdle;  // it comes when it is called
        status.restart_due_ms = 0;
    }
    return status;
}

LaneResult RunnerLane::call(const CallFrame& call, milliseconds limit, const ServiceHandler& serve,
                            const Untold& untold) {
    Error error;
    std::uint32_t id = 0;
    const std::shared_ptr<Pending> pending = enlist(call, limit, error, id);
    if (pending == nullptr) return {tl::unexpected<Error>(std::move(error))};
    CallFrame sent = call;
    sent.remaining_ms = static_cast<std::uint32_t>(limit.count());
    secrets_.begin(untold);
    RunnerWatch& watch = pending->process->watch();
    watch.call_begins();
    // A write that fails shows as the process's end, which fails the call.
    write(*pending->process, encode_frame(FrameKind::kCall, id, encode_call(sent)));
    LaneResult result = attend(*pending, id, call, limit, serve, untold);
    watch.call_ends();
    if (const std::string fault = watch.fault_in_threads(); !fault.empty()) {
        kill(*pending->process, fault, id);
    }
    secrets_.end(untold);
    leave(*pending, id);
    return result;
}

std::shared_ptr<RunnerLane::Pending> RunnerLane::enlist(const CallFrame& call, milliseconds limit,
                                                        Error& error, std::uint32_t& id) {
    Lock lock(mutex_);
    if (!await_turn(lock, limit, error)) return nullptr;
    const auto now = SteadyClock::now();
    if (!room_.begin(connection_of(call.instance), now)) {
        error = away(now);
        return nullptr;
    }
    auto pending = std::make_shared<Pending>();
    pending->function = call.function;
    pending->instance = call.instance;
    pending->began = now;
    pending->process = process_;
    ++status_.calls;
    id = next_id_++;
    if (next_id_ == 0) next_id_ = 1;
    pending_[id] = pending;
    is_asked_to_end_ = false;
    if (manner_.budget != nullptr) manner_.budget->note_busy(*this);
    return pending;
}

bool RunnerLane::await_turn(Lock& lock, milliseconds limit, Error& error) {
    const auto came = SteadyClock::now();
    while (true) {
        const auto now = SteadyClock::now();
        const auto deadline = came + (is_settled_ ? std::min(limit, kPatience) : limit);
        const bool is_ready = status_.state == PluginState::kReady && process_ != nullptr;
        if (is_stopping_) {
            error = {ErrorKind::kUnavailable, "the host is stopping"};
            return false;
        }
        if (is_ready && !is_ending_ && !(manner_.is_solo && !pending_.empty())) return true;
        const bool may_wake = is_asleep_ && restart_at_ <= now;
        const bool is_hopeless =
            is_settled_ && (is_loading_hard_ || status_.state == PluginState::kRefused);
        if (now >= deadline || restart_at_ > deadline || (is_hopeless && !may_wake)) {
            error = away(now);
            return false;
        }
        if (may_wake) {
            if (wake(lock, deadline)) continue;
            error = postpone(ErrorKind::kUnavailable,
                             "no runner is free: runner.max_processes are at work", kBusyMs)
                        .value();
            return false;
        }
        ++waiting_;
        changed_.wait_until(lock, is_asleep_ ? restart_at_ : deadline);
        --waiting_;
    }
}

Error RunnerLane::away(SteadyClock::time_point now) const {
    if (status_.state == PluginState::kRefused) {
        return {ErrorKind::kUnavailable,
                "plugin " + manifest_.plugin + " is refused: " + status_.reason};
    }
    const bool is_busy = status_.state == PluginState::kReady;
    const auto due_ms = std::chrono::duration_cast<milliseconds>(restart_at_ - now).count();
    // The same words each time: others may read them, whose calls have nothing to do with it.
    return postpone(ErrorKind::kUnavailable,
                    "plugin " + manifest_.plugin +
                        (is_busy ? " is busy with other calls" : " is restarting"),
                    is_busy ? kBusyMs : std::max<std::int64_t>(due_ms, 1))
        .value();
}

// Of several callers one starts the thread; the others wait for what comes of it.
bool RunnerLane::wake(Lock& lock, SteadyClock::time_point deadline) {
    if (is_waking_) {
        ++waiting_;
        changed_.wait_until(lock, deadline);
        --waiting_;
        return true;
    }
    is_waking_ = true;
    bool has_place = true;
    if (manner_.budget != nullptr) {
        lock.unlock();
        has_place = manner_.budget->take(deadline);
        lock.lock();
    }
    is_waking_ = false;
    changed_.notify_all();
    if (!has_place) return false;
    if (is_stopping_) return true;
    if (thread_.joinable()) thread_.join();  // it has nothing left to do
    try {
        wake_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error&) {
        if (manner_.budget != nullptr) manner_.budget->give_back(*this);
        return false;
    }
    is_asleep_ = false;
    is_settled_ = false;
    status_.state = PluginState::kStarting;
    return true;
}

LaneResult RunnerLane::attend(Pending& pending, std::uint32_t id, const CallFrame& call,
                              milliseconds limit, const ServiceHandler& serve,
                              const Untold& untold) {
    Untold heard = untold;
    const auto last_service = SteadyClock::now() + limit;
    auto deadline = last_service;  // the plugin's own: it moves on while the host works
    Lock lock(mutex_);
    while (true) {
        const bool is_there = pending.changed.wait_until(
            lock, deadline, [&] { return !pending.inbox.empty() || pending.ended; });
        if (!is_there) {
            lock.unlock();
            const std::string what = std::string(call.function) + " of " +
                                     std::string(call.instance) + " did not answer within " +
                                     std::to_string(limit.count()) + " ms";
            kill(*pending.process, "was ended: " + what, id);
            return {fail(ErrorKind::kInternal, what + "; its runner was ended")};
        }
        if (pending.inbox.empty()) return {tl::unexpected<Error>(*pending.ended), pending.part};
        Frame frame = std::move(pending.inbox.front());
        pending.inbox.pop_front();
        pending.is_answered = frame.kind != FrameKind::kService;
        if (frame.kind == FrameKind::kResult) return {std::move(frame.payload)};
        if (frame.kind == FrameKind::kFailure) {
            return {tl::unexpected(error_from(frame.payload, heard))};
        }
        lock.unlock();
        const auto asked = SteadyClock::now();
        PayloadReader reader(frame.payload);
        const std::string_view service = reader.text().value_or("");
        const std::string_view document = reader.text().value_or("");
        pending.process->watch().call_ends();
        const ServiceAnswer answer = serve(
            service, document, std::chrono::duration_cast<milliseconds>(last_service - asked));
        secrets_.hear(answer.untold);
        heard.quoted.insert(heard.quoted.end(), answer.untold.begin(), answer.untold.end());
        pending.process->watch().call_begins();
        write(*pending.process,
              encode_frame(FrameKind::kServiceReply, id,
                           PayloadWriter().number(answer.kind).text(answer.document).payload()));
        deadline += SteadyClock::now() - asked;
        lock.lock();
    }
}

void RunnerLane::leave(const Pending& pending, std::uint32_t id) {
    const std::lock_guard lock(mutex_);
    pending_.erase(id);
    room_.end(connection_of(pending.instance), pending.began, SteadyClock::now());
    if (pending.is_answered) failures_in_a_row_ = 0;
    if (pending.process == process_ && process_ != nullptr) {
        const std::string connection = connection_of(pending.instance);
        std::erase(recent_, connection);
        recent_.push_back(connection);
        if (recent_.size() > kRecent) recent_.erase(recent_.begin());
        if (pending_.empty()) {
            idle_since_ = SteadyClock::now();
            if (manner_.budget != nullptr) manner_.budget->note_idle(*this);
        }
    }
    if (waiting_ > 0) changed_.notify_all();
}

void RunnerLane::kill(RunnerProcess& process, const std::string& reason, std::uint32_t call_id) {
    const std::lock_guard lock(mutex_);
    if (process_.get() != &process) return;
    if (kill_reason_.empty()) {
        kill_reason_ = reason;
        if (const auto found = pending_.find(call_id); found != pending_.end()) {
            killed_for_ = {true, call_id, connection_of(found->second->instance)};
        }
    }
    process.kill();
}

void RunnerLane::write(RunnerProcess& process, const std::string& frame) {
    const std::lock_guard lock(write_mutex_);
    // When the runner is gone, its lane notices by itself.
    if (!write_within(process.socket(), frame, kFrameLimit) && errno == ETIMEDOUT) {
        kill(process, "was ended: it took no calls");
    }
}

}  // namespace gatehouse::plugins
