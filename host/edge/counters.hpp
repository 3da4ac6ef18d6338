// Counters: what ServerStats is made of. [any thread]
#pragma once

#include <atomic>
#include <cstdint>

namespace gatehouse::edge {

struct Counters {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> handshake_failed{0};
    std::atomic<std::uint64_t> timed_out{0};
    std::atomic<std::uint64_t> bad_requests{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::int64_t> certificate_not_after_ms{0};
};

}  // namespace gatehouse::edge
