// What a lane's thread hands to the thread that waits in RunnerLane::call. Part of the lane.
#pragma once

#include <condition_variable>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/runner_lane.hpp"

namespace gatehouse::plugins {

// "acme/doors" of "acme/doors#0".
inline std::string connection_of(std::string_view instance) {
    return std::string(instance.substr(0, instance.rfind('#')));
}

// Guarded by the lane's mutex.
struct RunnerLane::Pending {
    std::string function;
    std::string instance;
    SteadyClock::time_point began;
    std::condition_variable changed;
    std::deque<Frame> inbox;     // kService, kResult, kFailure
    std::optional<Error> ended;  // the runner is gone
    CallPart part = CallPart::kOwn;
    bool is_answered = false;  // by the runner itself
    std::shared_ptr<RunnerProcess> process;
};

}  // namespace gatehouse::plugins
