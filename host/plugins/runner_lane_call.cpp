// The callers' side of a lane.
#include <cerrno>
#include <limits>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "plugins/faults.hpp"
#include "plugins/pending_call.hpp"
#include "plugins/runner_lane.hpp"

namespace gatehouse::plugins {
namespace {

constexpr std::size_t kMaxMessageBytes = 500;
constexpr std::int64_t kMaxRetryAfterMs = 86'400'000;
// A runner that takes so long over one frame is stuck, or wants the host to be.
constexpr std::chrono::seconds kFrameLimit{5};

// What the plugin says of its failure, as far as it can be believed.
Error error_from(std::string_view payload, const std::vector<Secret>& secrets) {
    const auto document = parse_json(payload);
    if (!document) return {ErrorKind::kInternal, "the plugin's failure is not readable"};
    const std::int64_t kind = int_member(*document, "kind").value_or(0);
    Error error;
    if (kind >= static_cast<int>(ErrorKind::kAuth) &&
        kind <= static_cast<int>(ErrorKind::kInternal)) {
        error.kind = static_cast<ErrorKind>(kind);
    }
    error.message =
        shorten(scrub(string_member(*document, "message").value_or(""), secrets), kMaxMessageBytes);
    if (error.message.empty()) error.message = std::string(to_string(error.kind));
    const auto fields = parse_json(string_member(*document, "fields").value_or(""));
    if (std::string words = fields ? faults_in_words(*fields) : ""; !words.empty()) {
        error.message += " (" + shorten(scrub(std::move(words), secrets), kMaxMessageBytes) + ")";
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
    return status_;
}

Result<std::string> RunnerLane::call(const CallFrame& call, std::chrono::milliseconds limit,
                                     const ServiceHandler& serve,
                                     const std::vector<Secret>& secrets) {
    Error error;
    std::uint32_t id = 0;
    const std::shared_ptr<Pending> pending = enlist(call, error, id);
    if (pending == nullptr) return tl::unexpected<Error>(std::move(error));
    CallFrame sent = call;
    sent.remaining_ms = static_cast<std::uint32_t>(limit.count());
    secrets_.begin(secrets);
    // A write that fails shows as the process's end, which fails the call.
    write(*pending->process, encode_frame(FrameKind::kCall, id, encode_call(sent)));
    Result<std::string> result = attend(*pending, id, call, limit, serve, secrets);
    secrets_.end(secrets);
    const std::lock_guard lock(mutex_);
    pending_.erase(id);
    return result;
}

std::shared_ptr<RunnerLane::Pending> RunnerLane::enlist(const CallFrame& call, Error& error,
                                                        std::uint32_t& id) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_settled_ || is_stopping_; });
    if (is_stopping_ || status_.state != PluginState::kReady || process_ == nullptr) {
        error = {ErrorKind::kUnavailable,
                 "plugin " + manifest_.plugin + " is " + std::string(to_string(status_.state)) +
                     (status_.reason.empty() ? "" : ": " + status_.reason)};
        return nullptr;
    }
    auto pending = std::make_shared<Pending>();
    pending->function = call.function;
    pending->instance = call.instance;
    pending->process = process_;
    ++status_.calls;
    id = next_id_++;
    if (next_id_ == 0) next_id_ = 1;
    pending_[id] = pending;
    return pending;
}

Result<std::string> RunnerLane::attend(Pending& pending, std::uint32_t id, const CallFrame& call,
                                       std::chrono::milliseconds limit, const ServiceHandler& serve,
                                       const std::vector<Secret>& secrets) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::unique_lock lock(mutex_);
    while (true) {
        const bool is_there = pending.changed.wait_until(
            lock, deadline, [&] { return !pending.inbox.empty() || pending.ended; });
        if (!is_there) {
            lock.unlock();
            const std::string what = std::string(call.function) + " of " +
                                     std::string(call.instance) + " did not answer within " +
                                     std::to_string(limit.count()) + " ms";
            kill(*pending.process, "was ended: " + what);
            return fail(ErrorKind::kInternal, what + "; its runner was ended");
        }
        if (pending.inbox.empty()) return tl::unexpected<Error>(*pending.ended);
        Frame frame = std::move(pending.inbox.front());
        pending.inbox.pop_front();
        if (frame.kind == FrameKind::kResult) return std::move(frame.payload);
        if (frame.kind == FrameKind::kFailure)
            return tl::unexpected(error_from(frame.payload, secrets));
        lock.unlock();
        PayloadReader reader(frame.payload);
        const std::string_view service = reader.text().value_or("");
        const std::string_view document = reader.text().value_or("");
        const ServiceAnswer answer = serve(service, document);
        write(*pending.process,
              encode_frame(FrameKind::kServiceReply, id,
                           PayloadWriter().number(answer.kind).text(answer.document).payload()));
        lock.lock();
    }
}

void RunnerLane::kill(RunnerProcess& process, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (process_.get() != &process) return;
    if (kill_reason_.empty()) kill_reason_ = reason;
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
