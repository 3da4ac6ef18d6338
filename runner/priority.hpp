// The runner's place behind the host and everything else on the machine, where no control group
// gives it one.
#pragma once

namespace gatehouse::runner {

// A low and batch priority, and the first choice of the system when memory runs out. Threads that
// are started later have the same; the filter lets nobody undo it. What is refused is left as it
// was. [before the sandbox is entered]
void step_back();

}  // namespace gatehouse::runner
