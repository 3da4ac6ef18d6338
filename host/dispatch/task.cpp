#include "dispatch/task.hpp"

namespace gatehouse::dispatch {

std::string_view to_string(TaskKind kind) {
    switch (kind) {
        case TaskKind::kResolve:
            return "resolve";
        case TaskKind::kReconcile:
            return "reconcile";
    }
    return "unknown";
}

}  // namespace gatehouse::dispatch
