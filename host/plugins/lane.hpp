// What a lane of calls is told and what it tells: see runner_lane.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "plugins/plugin_host.hpp"

namespace gatehouse::plugins {

class BlameBook;
class RunnerBudget;

// How one lane is kept.
struct LaneManner {
    bool is_kept =
        true;  // always has a process; else it is started when called and ended when idle
    bool is_solo = false;   // carries one call at a time, so that who ends a runner is known
    bool is_trial = false;  // where suspects are tried: the innocent do not wait for ever longer
    std::int64_t idle_ms = 60'000;   // of a lane that is not kept
    RunnerBudget* budget = nullptr;  // of lanes that are not kept; outlives the lane
    BlameBook* book = nullptr;       // may be null; outlives the lane
};

struct LaneStatus {
    PluginState state = PluginState::kStarting;
    std::string reason;
    std::int64_t calls = 0;
    std::int64_t deaths = 0;
    UnixMs restart_due_ms = 0;
    std::string sandbox;  // "seccomp, landlock 7": what locks its runner in
};

// What a call has to do with how its runner ended.
enum class CallPart : std::uint8_t {
    kOwn,        // the result is the call's own, be it that it ended the runner
    kSuspect,    // the runner ended with several calls under way, and any may be why
    kBystander,  // another call ended the runner
};

struct LaneResult {
    Result<std::string> result;
    CallPart part = CallPart::kOwn;
};

// A service's answer: kind 0 and its document, or a kind and schemas/error.json.
struct ServiceAnswer {
    std::uint32_t kind = 0;
    std::string document;
    std::vector<Secret> untold = {};  // what the plugin may quote and nobody may hear (Untold)
};
// Answers what a call asks of the host, on the thread of call(), within `left`.
using ServiceHandler = std::function<ServiceAnswer(
    std::string_view service, std::string_view document, std::chrono::milliseconds left)>;

}  // namespace gatehouse::plugins
