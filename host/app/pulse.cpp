#include "app/pulse.hpp"

#include <atomic>
#include <utility>

namespace gatehouse::app {

struct Pulse::Part {
    std::string name;
    Ask ask;
    std::atomic<bool> has_answered = true;
};

void Pulse::add(std::string part, Ask ask) {
    auto added = std::make_shared<Part>();
    added->name = std::move(part);
    added->ask = std::move(ask);
    parts_.push_back(std::move(added));
}

std::vector<std::string> Pulse::feel() {
    std::vector<std::string> silent;
    for (const std::shared_ptr<Part>& part : parts_) {
        if (!part->has_answered) {
            silent.push_back(part->name);
            continue;
        }
        part->has_answered = false;
        // The answer may come when this is gone.
        part->ask([part] { part->has_answered = true; });
    }
    return silent;
}

}  // namespace gatehouse::app
