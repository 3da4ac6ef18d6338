#include "support/await.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace gatehouse::test {

void await(ChildProcess& process, const std::function<std::string()>& complaint,
           const Patience& patience) {
    using Clock = std::chrono::steady_clock;
    const auto began = Clock::now();
    const auto spent = [&] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    };
    std::size_t seen = 0;
    while (true) {
        const std::string last = complaint();
        if (last.empty()) return;
        const auto left = patience.total - spent();
        const auto more = left.count() > 0
                              ? process.wait_for_more(seen, std::min(patience.silence, left))
                              : std::nullopt;
        if (!more) {
            throw std::runtime_error("after " + std::to_string(spent().count()) + " ms and " +
                                     std::to_string(seen) + " lines of the process: " + last);
        }
        seen = *more;
    }
}

}  // namespace gatehouse::test
