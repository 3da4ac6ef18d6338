// The disk beneath the databases: how long it takes to make one page last.
#pragma once

namespace gatehouse::bench {

struct DiskTimes {
    double p50_us = 0;
    double p99_us = 0;
};

// Some hundred fdatasync() of 4 KiB each, appended to a file where the databases of the benchmarks
// lie. Throws when the disk is full.
DiskTimes time_disk();

}  // namespace gatehouse::bench
