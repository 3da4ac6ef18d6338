#include "dispatch/task.hpp"

namespace gatehouse::dispatch {

std::string_view to_string(TaskKind kind) {
    switch (kind) {
        case TaskKind::kResolve:
            return "resolve";
        case TaskKind::kReconcile:
            return "reconcile";
        case TaskKind::kSweep:
            return "sweep";
        case TaskKind::kInbound:
            return "inbound";
        case TaskKind::kRoute:
            return "route";
        case TaskKind::kNotify:
            return "notify";
        case TaskKind::kAlert:
            return "alert";
        case TaskKind::kCare:
            return "care";
    }
    return "unknown";
}

}  // namespace gatehouse::dispatch
