// CrashMarks: which task was at work on the thread on which this process failed.
//
// A process that fails (a signal such as SIGSEGV, an abort) meets the same task again when it is
// started anew. The thread that fails writes its task's id to a file; the next process reads how
// often each id stands there, and a task that did it twice is parked (task_runner.hpp). Being
// killed from outside leaves no mark: that is nobody's fault, and a task must survive any number of
// it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::dispatch {

constexpr int kCrashesToPark = 2;

// [made by the owner's thread; crashes() and AtWork: any thread]
class CrashMarks {
  public:
    // Reads the marks of the last days in `file`, which may be missing, forgets older ones, and has
    // this process's failures written there: one object in a process. An error if the file cannot
    // be used.
    static Result<CrashMarks> open(const std::filesystem::path& file, const Clock& clock);

    int crashes(std::int64_t task_id) const;

    // This thread works on a task.
    class AtWork {
      public:
        explicit AtWork(std::int64_t task_id);
        ~AtWork();
        AtWork(const AtWork&) = delete;
        AtWork& operator=(const AtWork&) = delete;
    };

  private:
    std::unordered_map<std::int64_t, int> crashes_;
};

}  // namespace gatehouse::dispatch
