// await: looks again whenever a process says something, until what is wanted has come true.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "support/child_process.hpp"

namespace gatehouse::test {

struct Patience {
    std::chrono::milliseconds silence = ChildProcess::kDefaultPatience;  // between two lines
    std::chrono::milliseconds total{120'000};  // however much the process has to say
};

// Until `complaint` is empty. Throws std::runtime_error with the last complaint, and with how it
// ended: the process fell silent or ended, or the whole took too long.
void await(ChildProcess& process, const std::function<std::string()>& complaint,
           const Patience& patience = {});

}  // namespace gatehouse::test
