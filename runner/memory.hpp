// The C library's allocator, told to be small: a runner has a limit on its address space, and there
// is one for every plugin.
#pragma once

namespace gatehouse::runner {

// [before other threads exist]
void keep_memory_small();

}  // namespace gatehouse::runner
