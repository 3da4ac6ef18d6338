// The sandbox: what a runner gives up before a byte of foreign code is mapped, and the rest that it
// gives up once the library is loaded. Nothing here can be undone by the process. What is left, and
// what that does not protect from: docs/decisions/runner-sandbox.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::runner {

struct SandboxOptions {
    std::string plugin_directory;  // absolute; stays readable while loading
    std::uint32_t memory_mib = 128;
};

struct SandboxReport {
    std::vector<std::string> missing;  // parts that do not hold: "seccomp", "landlock"
    std::string text;                  // "seccomp, landlock 4" or "seccomp, no landlock"
};

// Parent-death signal, no new privileges, not dumpable, limits on memory, descriptors, files and
// core dumps, read-only view of the library folders (Landlock, where the kernel has it) and a
// system call filter that knows only what loading and computing need. [main thread, before others]
SandboxReport enter_sandbox(const SandboxOptions& options);

// After the library is loaded: no thread can open or look at a file any more. False if that was
// refused.
bool seal_sandbox();

}  // namespace gatehouse::runner
