// What a lane's thread hands to the thread that waits in RunnerLane::call. Part of the lane.
#pragma once

#include <condition_variable>
#include <deque>
#include <optional>
#include <string>

#include "plugins/runner_lane.hpp"

namespace gatehouse::plugins {

// Guarded by the lane's mutex.
struct RunnerLane::Pending {
    std::string function;
    std::string instance;
    std::condition_variable changed;
    std::deque<Frame> inbox;     // kService, kResult, kFailure
    std::optional<Error> ended;  // the runner is gone
    std::shared_ptr<RunnerProcess> process;
};

}  // namespace gatehouse::plugins
