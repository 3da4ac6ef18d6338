#include "dispatch/task.hpp"

#include <array>

namespace gatehouse::dispatch {

TaskFlags combined(TaskFlags older, TaskFlags newer) {
    unsigned kept = older;
    constexpr std::array<unsigned, 3> kContrary{kSaysMovedIn | kSaysOver, kSaysOverdue | kSaysPaid,
                                                kSaysLeaving | kSaysStaying};
    for (const unsigned pair : kContrary) {
        if ((newer & pair) != 0) kept &= ~pair;
    }
    const unsigned swept = unsigned{older} & unsigned{newer} & kSwept;
    return static_cast<TaskFlags>(((kept | newer) & ~unsigned{kSwept}) | swept);
}

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

std::string_view key_for_logs(std::string_view key) {
    return key.starts_with('{') ? "news of an alert" : key;
}

std::string inbound_key(std::string_view connection, std::string_view sender_id) {
    return std::string(connection).append("/").append(sender_id);
}

std::string connection_of(std::string_view inbound_key) {
    return std::string(inbound_key.substr(0, inbound_key.find('/')));
}

}  // namespace gatehouse::dispatch
