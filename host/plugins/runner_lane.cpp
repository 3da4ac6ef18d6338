// The lane's own thread: starting, reading, ending. What an end means is in runner_lane_end.cpp,
// the callers' side in runner_lane_call.cpp.
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

constexpr std::size_t kReadBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxReasonBytes = 300;
// A call has one question or its end under way, never more.
constexpr std::size_t kMaxInbox = 4;
// A runner that served so long starts again without a pause's growth.
constexpr std::chrono::seconds kHealthy{60};

std::string start_document(const Manifest& manifest, const LaneOptions& options) {
    return dump_json({{"library", manifest.library.string()},
                      {"is_copied", !manifest.sha256.empty()},
                      {"directory", manifest.library.parent_path().string()},
                      {"id", manifest.plugin},
                      {"version", manifest.version},
                      {"features", manifest.features},
                      {"memory_mib", manifest.memory_mib},
                      {"require_sandbox", options.require_sandbox},
                      {"may_lack", options.sandbox_may_lack}});
}

#if defined(GATEHOUSE_SANITIZED) && !defined(GATEHOUSE_SANITIZED_ADDRESS)
constexpr bool kRunnerHasOneThread = false;  // the thread sanitizer has one of its own
#else
constexpr bool kRunnerHasOneThread = true;
#endif

// Whether a runner that is loaded and sealed has others than its own thread. One that was joined is
// counted for a moment longer.
bool has_threads(RunnerProcess& process) {
    if (!kRunnerHasOneThread) return false;
    constexpr int kLooks = 50;
    for (int i = 0; i < kLooks; ++i) {
        const auto usage = process.watch().usage();
        if (!usage || usage->threads <= 1) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

int ms_until(std::chrono::steady_clock::time_point when) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                          when - std::chrono::steady_clock::now())
                          .count();
    return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace

RunnerLane::RunnerLane(const Manifest& manifest, LaneOptions options, const Clock& clock,
                       observe::Counter* deaths, LaneManner manner)
    : manifest_(manifest),
      options_(std::move(options)),
      clock_(clock),
      deaths_(deaths),
      manner_(manner),
      output_(manifest.plugin, secrets_) {
    if (manner_.is_kept) {
        wake_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        thread_ = std::thread([this] { run(); });
    } else {
        is_settled_ = true;
        is_asleep_ = true;
        status_.state = PluginState::kIdle;
    }
}

RunnerLane::~RunnerLane() {
    stop();
}

void RunnerLane::rouse() {
    const std::uint64_t one = 1;
    if (wake_.get() < 0) return;
    [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
}

void RunnerLane::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        changed_.notify_all();
        rouse();
    }
    if (thread_.joinable()) thread_.join();
}

void RunnerLane::end_if_idle() {
    const std::lock_guard lock(mutex_);
    is_asked_to_end_ = true;
    rouse();
}

void RunnerLane::run() {
    while (true) {
        live();
        Lock lock(mutex_);
        is_settled_ = true;
        if (status_.state == PluginState::kRefused && status_.reason != told_refusal_) {
            told_refusal_ = status_.reason;
            observe::error("plugins", "refused",
                           {{"plugin", manifest_.plugin}, {"reason", status_.reason}});
        }
        is_loading_hard_ = !was_ready_;
        set_restart();
        changed_.notify_all();
        if (is_stopping_) return;
        if (!manner_.is_kept) {
            fall_asleep();
            return;
        }
        changed_.wait_until(lock, restart_at_, [this] { return is_stopping_; });
        if (is_stopping_) return;
    }
}

void RunnerLane::live() {
    const auto born = SteadyClock::now();
    {
        const std::lock_guard lock(mutex_);
        was_ready_ = false;
    }
    const CheckedLibrary library = check_library(manifest_);
    if (!library.fault.empty()) {
        refuse(library.fault);
        return;
    }
    auto started =
        RunnerProcess::start({.runner = options_.runner,
                              .cgroups = options_.cgroups.get(),
                              .memory_mib = static_cast<std::uint32_t>(manifest_.memory_mib),
                              .library = library.copy ? library.copy->get() : -1});
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
        killed_for_ = {};
        is_left_behind_ = false;
        recent_.clear();
        idle_since_ = born;
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
    std::array<pollfd, 4> ready{pollfd{process.socket(), POLLIN, 0},
                                pollfd{process.output(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0},
                                pollfd{process.watch().alarm(), POLLIN, 0}};
    bool is_open = true;
    while (is_open) {
        const int count = ::poll(ready.data(), ready.size(), ms_to_wait(deadline));
        if (count < 0 && errno != EINTR) break;
        if (count == 0 && phase_ != Phase::kServing) {
            kill(process, phase_ == Phase::kLoading
                              ? "did not load within " + std::to_string(options_.start_ms) + " ms"
                              : "did not end when told to");
            break;
        }
        const bool may_stop = count == 0 || ready[2].revents != 0;
        if (may_stop && phase_ != Phase::kStopping && begin_stop(process)) {
            deadline = SteadyClock::now() + std::chrono::milliseconds(options_.stop_ms);
            ready[2].fd = -1;
        }
        if (ready[3].revents != 0) heed(process, process.watch().fault());
        if (ready[1].revents != 0 && !read_output(process)) ready[1].fd = -1;
        if (ready[0].revents != 0) is_open = read_socket(process, buffer);
    }
    process.kill();
    read_output(process);
    output_.finish();
}

void RunnerLane::heed(RunnerProcess& process, const std::string& fault) {
    if (fault.empty()) return;
    {
        // No call asked for it: those under way have nothing to do with it.
        const std::lock_guard lock(mutex_);
        is_left_behind_ = kill_reason_.empty();
    }
    kill(process, fault);
}

// In order while it serves: at once when it is no longer wanted, but for a library that still
// loads.
bool RunnerLane::begin_stop(RunnerProcess& process) {
    {
        const std::lock_guard lock(mutex_);
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &count, sizeof(count));
        if (!is_stopping_ && (phase_ == Phase::kLoading || !may_rest())) return false;
        is_ending_ = !is_stopping_;
    }
    phase_ = Phase::kStopping;
    process.watch().call_begins();  // destroying instances is paid for
    ::shutdown(process.socket(), SHUT_WR);
    return true;
}

bool RunnerLane::may_rest() const {
    if (manner_.is_kept || !pending_.empty() || waiting_ > 0) return false;
    return is_asked_to_end_ ||
           SteadyClock::now() - idle_since_ >= std::chrono::milliseconds(manner_.idle_ms);
}

int RunnerLane::ms_to_wait(SteadyClock::time_point deadline) const {
    if (phase_ != Phase::kServing) return ms_until(deadline);
    if (manner_.is_kept) return -1;
    const std::lock_guard lock(mutex_);
    const std::chrono::milliseconds idle(manner_.idle_ms);
    return ms_until(pending_.empty() && waiting_ == 0 ? idle_since_ + idle
                                                      : SteadyClock::now() + idle) +
           1;
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
        if (status == FrameBuffer::Status::kBroken || !take_frame(process, frame)) {
            kill(process, "broke the frame protocol");
            return false;
        }
    }
}

bool RunnerLane::take_frame(RunnerProcess& process, Frame& frame) {
    switch (frame.kind) {
        case FrameKind::kHello:
            if (phase_ == Phase::kServing) return false;
            process.watch().call_ends();
            if (has_threads(process)) {
                refuse(manifest_.library.filename().string() +
                       " is refused: it started threads while it loaded");
                process.kill();
                return true;
            }
            become_ready(process, frame);
            return true;
        case FrameKind::kRefused:
            if (phase_ == Phase::kServing) return false;
            refuse(frame.payload);
            return true;
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

void RunnerLane::refuse(std::string_view reason) {
    const std::lock_guard lock(mutex_);
    status_.state = PluginState::kRefused;
    status_.reason = shorten(reason, kMaxReasonBytes);
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

void RunnerLane::become_ready(const RunnerProcess& process, const Frame& hello) {
    if (phase_ == Phase::kLoading) phase_ = Phase::kServing;
    const auto document = parse_json(hello.payload);
    const std::string sandbox =
        (document ? string_member(*document, "sandbox").value_or("") : std::string()) + ", " +
        process.bounds();
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
        was_ready_ = true;
        is_loading_hard_ = false;
        idle_since_ = SteadyClock::now();
        if (manner_.budget != nullptr && waiting_ == 0) manner_.budget->note_idle(*this);
        changed_.notify_all();
    }
    // That all are well is said once for all of them; that one is well again is news.
    observe::log(is_back ? observe::Level::kInfo : observe::Level::kDebug, "plugins",
                 is_back ? "runner ready again" : "runner ready",
                 {{"plugin", manifest_.plugin},
                  {"version", manifest_.version},
                  {"sandbox", shorten(sandbox, kMaxReasonBytes)}});
}

}  // namespace gatehouse::plugins
