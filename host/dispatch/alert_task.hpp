// AlertTask: makes the world agree with an alert, whatever changed it how often meanwhile. While it
// stands: one task for staff in Storeganise, told once. When it is cured: that task completed, the
// cure told, the alert gone.
//
// A cure counts only when it has lasted `alerts.settle`. An alert that comes back before was never
// away: it keeps its task and nobody is told anything. When it is not known what came of an earlier
// try to make the task (a kill, an answer that was lost), an open one of ours is looked for first.
#pragma once

#include <optional>
#include <string>

#include "access/rental_record.hpp"
#include "base/clock.hpp"
#include "dispatch/alert_news.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"
#include "dispatch/task_queue.hpp"

namespace gatehouse::dispatch {

// What AlertTask needs to know of dead letters. [any thread]
class DeadLetters {
  public:
    virtual ~DeadLetters() = default;

    // Whether one of this business's tasks of this kind lies among them.
    virtual Result<bool> has_dead_letter(const std::string& business, const std::string& kind) = 0;
};

// "dead-letters:resolve": stands while dead letters of that kind lie there.
std::string dead_letter_subject(TaskKind kind);

class AlertTask final : public TaskHandler {
  public:
    // All outlive the task; `news` may be null.
    struct Parts {
        const Businesses& businesses;
        Alerts& alerts;
        access::RentalRecords& records;
        DeadLetters& dead_letters;
        AlertNews* news = nullptr;
        const Clock& clock;
    };

    explicit AlertTask(const Parts& parts) : parts_(parts) {}

    // An error is Storeganise's, or the store's, and is never a dead letter.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    Outcome stand(AlertRecord alert, const BusinessParts& business, bool is_first_try,
                  observe::StepLog& steps);
    Outcome end(AlertRecord alert, const BusinessParts& business, observe::StepLog& steps);
    Outcome watch_dead_letters(const AlertRecord& alert, Outcome outcome);
    Result<void> make_task(AlertRecord& alert, const BusinessParts& business, bool is_first_try,
                           observe::StepLog& steps);
    Result<std::string> made_before(const AlertRecord& alert, const storeganise::StaffTask& task,
                                    const BusinessParts& business, observe::StepLog& steps);
    Result<std::optional<storeganise::StaffTask>> staff_task(const AlertRecord& alert,
                                                             const config::Business& business);
    void tell(const AlertRecord& alert, AlertTurn turn, Outcome& outcome);

    const Parts parts_;
};

}  // namespace gatehouse::dispatch
