// RunnerLane: carries calls to one gatehouse-runner, which it starts, reads and starts again after
// a pause that grows when it dies; there are never two at once. One thread for each process. A lane
// that is kept has a process always, another one while it is called. Nothing here polls.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "observe/metrics.hpp"
#include "plugins/frames.hpp"
#include "plugins/lane.hpp"
#include "plugins/lane_room.hpp"
#include "plugins/manifest.hpp"
#include "plugins/runner_budget.hpp"
#include "plugins/runner_output.hpp"
#include "plugins/runner_process.hpp"

namespace gatehouse::plugins {

// [any thread]
class RunnerLane final : public RestingLane {
  public:
    // A lane that is kept starts at once, without waiting. `manifest`, `clock` and `deaths` (may be
    // null) are borrowed.
    RunnerLane(const Manifest& manifest, LaneOptions options, const Clock& clock,
               observe::Counter* deaths, LaneManner manner = {});
    RunnerLane(const RunnerLane&) = delete;
    RunnerLane& operator=(const RunnerLane&) = delete;
    ~RunnerLane() override;  // stop()

    // Carries one call and waits for its end. The plugin has `limit`, without what the host takes
    // for it; then the runner is killed. A lane that has no runner ready is waited for, 3 s at most
    // (`limit` while it starts); then, or if it is known to take longer, the result is postponed
    // until it is there. Other errors as PluginHost::call. `untold` is taken out of the
    // plugin's lines and its failure.
    LaneResult call(const CallFrame& call, std::chrono::milliseconds limit,
                    const ServiceHandler& serve, const Untold& untold = {});

    // Waits until the first start is decided.
    LaneStatus wait_settled();
    LaneStatus status() const;

    void end_if_idle() override;

    // Lets the runner drop its instances and end; kills it if it does not. Idempotent.
    void stop();

  private:
    struct Pending;
    enum class Phase { kLoading, kServing, kStopping };
    using SteadyClock = std::chrono::steady_clock;
    using Lock = std::unique_lock<std::mutex>;

    // Whose doing an end is.
    struct Culprit {
        bool is_known = false;
        std::uint32_t call_id = 0;  // 0 = of no call that is still waited for
        std::string connection;
    };

    void rouse();  // [holding mutex_]
    void run();
    void live();  // one process, from start to end
    void converse(RunnerProcess& process);
    bool read_socket(RunnerProcess& process, FrameBuffer& buffer);
    bool read_output(RunnerProcess& process);
    void heed(RunnerProcess& process, const std::string& fault);  // of its watch
    bool take_frame(RunnerProcess& process, Frame& frame);
    void refuse(std::string_view reason);
    bool take_of_call(Frame& frame);
    void become_ready(const RunnerProcess& process, const Frame& hello);
    bool begin_stop(RunnerProcess& process);
    int ms_to_wait(SteadyClock::time_point deadline) const;

    // How a process ended, and when there is another. [holding mutex_, but for note_end]
    void note_end(const ProcessEnd& end);
    Culprit culprit() const;
    std::string what_it_did() const;
    void tell_book(const Culprit& culprit, const std::string& reason);
    void fail_pending(const Culprit& culprit, const std::string& reason);
    void set_restart();
    void fall_asleep();
    bool may_rest() const;

    // The caller's side.
    std::shared_ptr<Pending> enlist(const CallFrame& call, std::chrono::milliseconds limit,
                                    Error& error, std::uint32_t& id);
    bool await_turn(Lock& lock, std::chrono::milliseconds limit, Error& error);
    bool wake(Lock& lock, SteadyClock::time_point deadline);
    Error away(SteadyClock::time_point now) const;
    LaneResult attend(Pending& pending, std::uint32_t id, const CallFrame& call,
                      std::chrono::milliseconds limit, const ServiceHandler& serve,
                      const Untold& untold);
    void leave(const Pending& pending, std::uint32_t id);
    // Ends `process` if it is still this lane's; the first reason counts. `call_id` is the call's
    // that is to blame; 0 = not known.
    void kill(RunnerProcess& process, const std::string& reason, std::uint32_t call_id = 0);
    void write(RunnerProcess& process, const std::string& frame);

    const Manifest& manifest_;
    const LaneOptions options_;
    const Clock& clock_;
    observe::Counter* const deaths_;
    const LaneManner manner_;
    SpokenSecrets secrets_;
    RunnerOutput output_;            // [lane thread]
    Phase phase_ = Phase::kLoading;  // [lane thread]
    std::string told_refusal_;       // [lane thread] what the log says already

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    LaneStatus status_;
    std::shared_ptr<RunnerProcess> process_;  // shared: a caller may be writing while it dies
    std::map<std::uint32_t, std::shared_ptr<Pending>> pending_;
    std::uint32_t next_id_ = 1;
    std::string doing_;        // the runner's last kPhase
    std::string kill_reason_;  // why this side ended it; empty = it died by itself
    Culprit killed_for_;
    bool is_left_behind_ = false;      // it was ended for what an earlier call had left behind
    std::vector<std::string> recent_;  // whom this process worked for, the last one last
    SteadyClock::time_point restart_at_;
    SteadyClock::time_point idle_since_;
    LaneRoom room_;
    int failures_in_a_row_ = 0;
    int waiting_ = 0;  // callers in await_turn()
    UniqueFd wake_;    // rouses the thread; there while it runs
    bool is_settled_ = false;
    bool is_stopping_ = false;
    bool is_asleep_ = false;        // no process and no thread
    bool is_waking_ = false;        // a caller is about to start the thread
    bool is_asked_to_end_ = false;  // when it has no call
    bool is_ending_ = false;        // for want of calls
    bool was_ready_ = false;        // this process
    bool is_loading_hard_ = false;  // the last process never became ready

    std::mutex write_mutex_;
    std::thread thread_;
};

}  // namespace gatehouse::plugins
