#include "suite/disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/unique_fd.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {

DiskTimes time_disk() {
    constexpr int kRounds = 500;
    const test::TempDir dir;
    const UniqueFd file(
        ::open((dir / "disk").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    const std::string page(4096, 'x');
    std::vector<double> took_us;
    for (int round = 0; round < kRounds; ++round) {
        const auto began = std::chrono::steady_clock::now();
        const bool is_written =
            ::write(file.get(), page.data(), page.size()) == static_cast<ssize_t>(page.size()) &&
            ::fdatasync(file.get()) == 0;
        if (!is_written) throw std::runtime_error("the disk cannot be timed");
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - began;
        took_us.push_back(took.count());
    }
    return {percentile(took_us, 0.5), percentile(took_us, 0.99)};
}

}  // namespace gatehouse::bench
