// RunnerLane: keeps one gatehouse-runner alive and carries calls to it. One thread for each lane
// starts the process, reads what it says and starts another when it dies, after pauses that grow;
// so there are never two at once. Nothing here polls.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "observe/metrics.hpp"
#include "plugins/frames.hpp"
#include "plugins/manifest.hpp"
#include "plugins/plugin_host.hpp"
#include "plugins/runner_output.hpp"
#include "plugins/runner_process.hpp"

namespace gatehouse::plugins {

struct LaneStatus {
    PluginState state = PluginState::kStarting;
    std::string reason;
    std::int64_t calls = 0;
    std::int64_t deaths = 0;
    UnixMs restart_due_ms = 0;
    std::string sandbox;  // "seccomp, landlock 7": what locks its runner in
};

// A service's answer: kind 0 and its document, or a kind and schemas/error.json.
struct ServiceAnswer {
    std::uint32_t kind = 0;
    std::string document;
};
// Answers what a call asks of the host, on the thread of call().
using ServiceHandler =
    std::function<ServiceAnswer(std::string_view service, std::string_view document)>;

// [any thread]
class RunnerLane {
  public:
    // Starts at once, without waiting. `manifest`, `clock` and `deaths` (may be null) are borrowed.
    RunnerLane(const Manifest& manifest, LaneOptions options, const Clock& clock,
               observe::Counter* deaths);
    RunnerLane(const RunnerLane&) = delete;
    RunnerLane& operator=(const RunnerLane&) = delete;
    ~RunnerLane();  // stop()

    // Carries one call and waits for its end, for `limit` at most; then the runner is killed. While
    // the lane starts for the first time, waits for that first. Errors as PluginHost::call.
    // `secrets` stand in the request: they are taken out of the plugin's lines and its failure.
    Result<std::string> call(const CallFrame& call, std::chrono::milliseconds limit,
                             const ServiceHandler& serve, const std::vector<Secret>& secrets = {});

    // Waits until the first start is decided.
    LaneStatus wait_settled();
    LaneStatus status() const;

    // Lets the runner drop its instances and end; kills it if it does not. Idempotent.
    void stop();

  private:
    struct Pending;
    enum class Phase { kLoading, kServing, kStopping };

    void run();
    void live();  // one process, from start to end
    void converse(RunnerProcess& process);
    bool read_socket(RunnerProcess& process, FrameBuffer& buffer);
    bool read_output(RunnerProcess& process);
    bool take_frame(Frame& frame);
    bool take_of_call(Frame& frame);
    void become_ready(const Frame& hello);
    void note_end(const ProcessEnd& end);
    void fail_pending(const std::string& reason);
    void pause();
    bool begin_stop(RunnerProcess& process);

    std::shared_ptr<Pending> enlist(const CallFrame& call, Error& error, std::uint32_t& id);
    Result<std::string> attend(Pending& pending, std::uint32_t id, const CallFrame& call,
                               std::chrono::milliseconds limit, const ServiceHandler& serve,
                               const std::vector<Secret>& secrets);
    // Ends `process` if it is still this lane's; the first reason counts.
    void kill(RunnerProcess& process, const std::string& reason);
    void write(RunnerProcess& process, const std::string& frame);

    const Manifest& manifest_;
    const LaneOptions options_;
    const Clock& clock_;
    observe::Counter* const deaths_;
    SpokenSecrets secrets_;
    RunnerOutput output_;            // [lane thread]
    Phase phase_ = Phase::kLoading;  // [lane thread]
    std::string told_refusal_;       // [lane thread] what the log says already
    UniqueFd wake_;

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    LaneStatus status_;
    std::shared_ptr<RunnerProcess> process_;  // shared: a caller may be writing while it dies
    std::map<std::uint32_t, std::shared_ptr<Pending>> pending_;
    std::uint32_t next_id_ = 1;
    std::string doing_;        // the runner's last kPhase
    std::string kill_reason_;  // why this side ended it; empty = it died by itself
    int failures_in_a_row_ = 0;
    bool is_settled_ = false;
    bool is_stopping_ = false;

    std::mutex write_mutex_;
    std::thread thread_;
};

}  // namespace gatehouse::plugins
