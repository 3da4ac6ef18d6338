#include "base/random.hpp"

#include <openssl/rand.h>

#include <cstdlib>
#include <cstring>

namespace gatehouse {

std::uint64_t Random::below(std::uint64_t bound) {
    if (bound == 0) {
        return 0;
    }
    // Values past the last whole multiple of `bound` would favour small results.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t value = 0;
    do {
        const std::string raw = bytes(sizeof value);
        std::memcpy(&value, raw.data(), sizeof value);
    } while (value >= limit);
    return value % bound;
}

std::string SystemRandom::bytes(std::size_t count) {
    std::string raw(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(count)) != 1) {
        std::abort();
    }
    return raw;
}

}  // namespace gatehouse
