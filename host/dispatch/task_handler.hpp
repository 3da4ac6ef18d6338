// TaskHandler: does the work of one kind of task. The dispatcher calls it under a lease.
#pragma once

#include <memory>
#include <vector>

#include "access/rental_record.hpp"
#include "base/result.hpp"
#include "dispatch/task.hpp"
#include "observe/step.hpp"

namespace gatehouse::dispatch {

// What a run produced. The dispatcher turns it into a Completion with the retry rules; see there
// for what each part means.
struct Outcome {
    Result<void> status;
    std::vector<NewTask> follow_ups = {};                     // stored with a good status only
    std::shared_ptr<const access::RentalRecord> rental = {};  // stored in any case
    std::optional<UnixMs> again_ms = {};                      // with a good status only
    bool never_dies = false;                              // an error is retried past every budget
    std::vector<access::TransferLink> transfers = {};     // stored in any case
    std::vector<access::AccessEvent> access_events = {};  // stored in any case
    std::vector<AlertChange> alert_changes = {};          // stored in any case
    std::optional<AlertRecord> alert = {};                // stored in any case
};

// [worker threads, many at once; blocks]
class TaskHandler {
  public:
    virtual ~TaskHandler() = default;
    virtual Outcome run(const Task& task, observe::StepLog& steps) = 0;
};

}  // namespace gatehouse::dispatch
