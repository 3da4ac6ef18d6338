// The lane's own thread: starting, reading, ending. The callers' side is in runner_lane_call.cpp.
#include "plugins/runner_lane.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "observe/log.hpp"
#include "plugins/library.hpp"
#include "plugins/pending_call.hpp"

namespace gatehouse::plugins {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxReasonBytes = 300;
// A call has one question or its end under way, never more.
constexpr std::size_t kMaxInbox = 4;
// A runner that served so long starts again without a pause's growth.
constexpr std::chrono::seconds kHealthy{60};

std::string start_document(const Manifest& manifest, const LaneOptions& options) {
    return dump_json({{"library", manifest.library.string()},
                      {"directory", manifest.library.parent_path().string()},
                      {"id", manifest.plugin},
                      {"version", manifest.version},
                      {"features", manifest.features},
                      {"memory_mib", manifest.memory_mib},
                      {"require_sandbox", options.require_sandbox}});
}

int ms_until(SteadyClock::time_point when) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(when - SteadyClock::now()).count();
    return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace

RunnerLane::RunnerLane(const Manifest& manifest, LaneOptions options, const Clock& clock,
                       observe::Counter* deaths)
    : manifest_(manifest),
      options_(std::move(options)),
      clock_(clock),
      deaths_(deaths),
      output_(manifest.plugin, secrets_),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { run(); }) {}

RunnerLane::~RunnerLane() {
    stop();
}

void RunnerLane::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        changed_.notify_all();
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
    if (thread_.joinable()) thread_.join();
}

void RunnerLane::run() {
    while (true) {
        live();
        std::unique_lock lock(mutex_);
        is_settled_ = true;
        changed_.notify_all();
        if (status_.state == PluginState::kRefused && status_.reason != told_refusal_) {
            told_refusal_ = status_.reason;
            observe::error("plugins", "refused",
                           {{"plugin", manifest_.plugin}, {"reason", status_.reason}});
        }
        if (is_stopping_) return;
        lock.unlock();
        pause();
    }
}

void RunnerLane::live() {
    const auto born = SteadyClock::now();
    if (const std::string fault = fault_in_library(manifest_); !fault.empty()) {
        const std::lock_guard lock(mutex_);
        status_.state = PluginState::kRefused;
        status_.reason = fault;
        return;
    }
    auto started = RunnerProcess::start(options_.runner);
    if (!started) {
        const std::lock_guard lock(mutex_);
        status_.reason = started.error().message;
        status_.state = PluginState::kRestarting;
        observe::error("plugins", "no runner was started",
                       {{"plugin", manifest_.plugin}, {"reason", status_.reason}});
        ++failures_in_a_row_;
        return;
    }
    const std::shared_ptr<RunnerProcess> process = std::move(*started);
    {
        const std::lock_guard lock(mutex_);
        process_ = process;
        doing_.clear();
        kill_reason_.clear();
    }
    converse(*process);
    note_end(process->end());
    if (SteadyClock::now() - born > kHealthy) {
        const std::lock_guard lock(mutex_);
        failures_in_a_row_ = 1;
    }
}

void RunnerLane::converse(RunnerProcess& process) {
    phase_ = Phase::kLoading;
    write(process, encode_frame(FrameKind::kStart, 0, start_document(manifest_, options_)));
    auto deadline = SteadyClock::now() + std::chrono::milliseconds(options_.start_ms);
    FrameBuffer buffer;
    std::array<pollfd, 3> ready{pollfd{process.socket(), POLLIN, 0},
                                pollfd{process.output(), POLLIN, 0},
                                pollfd{wake_.get(), POLLIN, 0}};
    bool is_open = true;
    while (is_open) {
        const int wait_ms = phase_ == Phase::kServing ? -1 : ms_until(deadline);
        const int count = ::poll(ready.data(), ready.size(), wait_ms);
        if (count < 0 && errno != EINTR) break;
        if (count == 0) {
            kill(process, phase_ == Phase::kLoading
                              ? "did not load within " + std::to_string(options_.start_ms) + " ms"
                              : "did not end when told to");
            break;
        }
        if (ready[2].revents != 0 && phase_ != Phase::kStopping && begin_stop(process)) {
            deadline = SteadyClock::now() + std::chrono::milliseconds(options_.stop_ms);
            ready[2].fd = -1;
        }
        if (ready[1].revents != 0 && !read_output(process)) ready[1].fd = -1;
        if (ready[0].revents != 0) is_open = read_socket(process, buffer);
    }
    process.kill();
    read_output(process);
    output_.finish();
}

bool RunnerLane::begin_stop(RunnerProcess& process) {
    {
        const std::lock_guard lock(mutex_);
        if (!is_stopping_) return false;
    }
    phase_ = Phase::kStopping;
    ::shutdown(process.socket(), SHUT_WR);
    return true;
}

bool RunnerLane::read_output(RunnerProcess& process) {
    std::array<char, kReadBytes> bytes{};
    const ssize_t got = ::read(process.output(), bytes.data(), bytes.size());
    if (got > 0) output_.append({bytes.data(), static_cast<std::size_t>(got)});
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

bool RunnerLane::read_socket(RunnerProcess& process, FrameBuffer& buffer) {
    std::array<char, kReadBytes> bytes{};
    const ssize_t got = ::recv(process.socket(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (got <= 0) return false;
    buffer.append({bytes.data(), static_cast<std::size_t>(got)});
    while (true) {
        Frame frame;
        const FrameBuffer::Status status = buffer.next(frame);
        if (status == FrameBuffer::Status::kNeedMore) return true;
        if (status == FrameBuffer::Status::kBroken || !take_frame(frame)) {
            kill(process, "broke the frame protocol");
            return false;
        }
    }
}

bool RunnerLane::take_frame(Frame& frame) {
    switch (frame.kind) {
        case FrameKind::kHello:
            if (phase_ == Phase::kServing) return false;
            become_ready(frame);
            return true;
        case FrameKind::kRefused: {
            if (phase_ == Phase::kServing) return false;
            const std::lock_guard lock(mutex_);
            status_.state = PluginState::kRefused;
            status_.reason = shorten(frame.payload, kMaxReasonBytes);
            return true;
        }
        case FrameKind::kPhase: {
            const std::lock_guard lock(mutex_);
            doing_ = shorten(frame.payload, kMaxReasonBytes);
            return true;
        }
        case FrameKind::kLog: {
            PayloadReader reader(frame.payload);
            const auto level = reader.number();
            const auto text = reader.text();
            if (!level || !text) return false;
            output_.line(static_cast<observe::Level>(std::min(*level, 3U)), *text);
            return true;
        }
        case FrameKind::kResult:
        case FrameKind::kFailure:
        case FrameKind::kService:
            return take_of_call(frame);
        default:
            return false;
    }
}

bool RunnerLane::take_of_call(Frame& frame) {
    const std::lock_guard lock(mutex_);
    const auto found = pending_.find(frame.call_id);
    if (found == pending_.end()) return false;
    Pending& pending = *found->second;
    if (pending.inbox.size() >= kMaxInbox) return false;
    pending.inbox.push_back(std::move(frame));
    pending.changed.notify_one();
    return true;
}

void RunnerLane::become_ready(const Frame& hello) {
    if (phase_ == Phase::kLoading) phase_ = Phase::kServing;
    const auto document = parse_json(hello.payload);
    const std::string sandbox =
        document ? string_member(*document, "sandbox").value_or("") : std::string();
    bool is_back = false;
    {
        const std::lock_guard lock(mutex_);
        is_back = is_settled_;
        if (status_.state == PluginState::kRefused) status_.reason.clear();
        told_refusal_.clear();
        status_.state = PluginState::kReady;
        status_.restart_due_ms = 0;
        status_.sandbox = shorten(sandbox, kMaxReasonBytes);
        is_settled_ = true;
        changed_.notify_all();
    }
    // That all are well is said once for all of them; that one is well again is news.
    observe::log(is_back ? observe::Level::kInfo : observe::Level::kDebug, "plugins",
                 is_back ? "runner ready again" : "runner ready",
                 {{"plugin", manifest_.plugin},
                  {"version", manifest_.version},
                  {"sandbox", shorten(sandbox, kMaxReasonBytes)}});
}

void RunnerLane::note_end(const ProcessEnd& end) {
    const std::lock_guard lock(mutex_);
    process_.reset();
    if (status_.state == PluginState::kRefused) {
        fail_pending("the plugin was refused");
        return;
    }
    const bool is_expected = is_stopping_ && end.is_clean;
    std::string reason = "the runner was stopped";
    if (!is_expected) {
        std::string during = doing_.empty() ? "while idle" : "in " + doing_;
        if (doing_.empty() && pending_.size() == 1) {
            const Pending& only = *pending_.begin()->second;
            during = "during " + only.function + " of " + only.instance;
        } else if (doing_.empty() && pending_.size() > 1) {
            during = "during " + std::to_string(pending_.size()) + " calls";
        }
        reason = kill_reason_.empty() ? "the runner " + end.text + " " + during
                                      : "the runner " + kill_reason_;
        ++status_.deaths;
        if (deaths_ != nullptr) deaths_->add();
        ++failures_in_a_row_;
        status_.reason = reason;
        observe::error("plugins", reason, {{"plugin", manifest_.plugin}});
    }
    status_.state = PluginState::kRestarting;
    fail_pending(reason);
}

void RunnerLane::fail_pending(const std::string& reason) {
    // With one call under way it is that call's doing; of several, no one knows.
    const ErrorKind kind = pending_.size() == 1 && kill_reason_.empty() ? ErrorKind::kInternal
                                                                        : ErrorKind::kUnavailable;
    for (auto& [id, pending] : pending_) {
        pending->ended = Error{kind, reason};
        pending->changed.notify_one();
    }
    pending_.clear();
}

void RunnerLane::pause() {
    std::unique_lock lock(mutex_);
    const int doublings = std::clamp(failures_in_a_row_ - 1, 0, 20);
    std::int64_t pause_ms = std::min<std::int64_t>(
        std::int64_t{options_.first_pause_ms} << doublings, options_.max_pause_ms);
    // What was refused for want of memory, or in the middle of being replaced, need not stay so.
    if (status_.state == PluginState::kRefused) pause_ms = options_.max_pause_ms;
    status_.restart_due_ms = clock_.now_ms() + pause_ms;
    changed_.wait_for(lock, std::chrono::milliseconds(pause_ms), [this] { return is_stopping_; });
}

}  // namespace gatehouse::plugins
