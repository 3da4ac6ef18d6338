// The embedded engine: one SQLite file, used by one process (docs/formats/store.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "observe/metrics.hpp"
#include "store/store.hpp"

namespace gatehouse::store {

struct SqliteOptions {
    std::string path;
    int read_connections = 2;
    // Appends beyond these are refused. Calls that wait for their answer are not counted.
    std::size_t queue_limit = 4096;
    std::size_t queue_bytes_limit = 64u << 20;
    std::int64_t max_pages = 0;  // of 4 KiB that the file may grow to; 0 = as the disk allows
};

// Makes the file if there is none, readable by its owner only, and brings an older one up to date.
// kConflict: another process uses it. kInvalid: another program's file, or a newer Gatehouse's.
// kUnavailable: it cannot be opened or written. `clock` and `metrics` outlive the store.
Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options, const Clock& clock,
                                                 observe::Metrics& metrics);

}  // namespace gatehouse::store
