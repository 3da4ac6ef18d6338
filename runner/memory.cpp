#include "memory.hpp"

#include <malloc.h>
#include <pthread.h>

#include <cstddef>

namespace gatehouse::runner {
namespace {

// A plugin's call is JSON and strings; the C library's default would reserve 8 MiB a thread.
constexpr std::size_t kStackBytes = std::size_t{1024} * 1024;
constexpr int kArenas = 2;
constexpr int kTrimBytes = 256 * 1024;

}  // namespace

void keep_memory_small() {
    // No other thread exists yet.
    ::mallopt(M_ARENA_MAX, kArenas);          // NOLINT(concurrency-mt-unsafe)
    ::mallopt(M_TRIM_THRESHOLD, kTrimBytes);  // NOLINT(concurrency-mt-unsafe)
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) != 0) return;
    ::pthread_attr_setstacksize(&attributes, kStackBytes);
    ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
}

}  // namespace gatehouse::runner
