// The system call filter: a list of what is allowed, everything else fails with EPERM. Traced from
// runs of the runner and completed by what the C library may use for the same.
#pragma once

namespace gatehouse::runner {

// Reading and writing what is open, memory, threads, time, randomness, and opening files to read.
// No sockets, no processes, no signals to others, no writing to files. False if it was refused.
bool filter_system_calls();

// From now on no path can be opened or looked at, by no thread that there is. Adds to the filter
// above. False if it was refused; then it holds for none.
bool filter_paths();

}  // namespace gatehouse::runner
