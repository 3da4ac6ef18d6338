#include "dispatch/look.hpp"

namespace gatehouse::dispatch {

Outcome Looker::run(const Task& task, observe::StepLog& steps) {
    const auto parts = businesses_.find(task.business);
    if (parts == businesses_.end()) {
        return {
            fail(ErrorKind::kNotFound, "the business is not in the configuration"), {}, nullptr};
    }
    access::Look look =
        reconciler_.look(*parts->second.config, *parts->second.client, task.key, steps);
    return {std::move(look.status), {}, std::move(look.record), look.again_ms};
}

}  // namespace gatehouse::dispatch
