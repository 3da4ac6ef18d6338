#include "dispatch/resolve.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "dispatch/account_alerts.hpp"
#include "dispatch/fan_out.hpp"

namespace gatehouse::dispatch {
namespace {

using observe::StepKind;

constexpr std::size_t kMaxShownIdBytes = 64;
constexpr std::size_t kMaxShownWordBytes = 32;
// More looks than this are one line of the timeline.
constexpr std::size_t kMaxLookSteps = 8;

std::string shown(const std::string& id) {
    return shorten(id, kMaxShownIdBytes);
}

Outcome failed(Error error) {
    Outcome outcome;
    note_refusal(error, outcome.alert_changes);
    outcome.status = tl::unexpected(std::move(error));
    return outcome;
}

Outcome names_nothing(const EventRule& rule) {
    return {fail(ErrorKind::kInvalid,
                 "the event (" + std::string(rule.type) + ") does not say what it is about")};
}

Result<storeganise::Job> read_job(const EventRule& rule, const std::string& job_id,
                                  storeganise::Client& client, observe::StepLog& steps) {
    Result<storeganise::Job> job = client.job(job_id, &steps);
    if (!job) {
        Error error = job.error();
        // An answer about another job may be followed by the right one.
        if (error.kind == ErrorKind::kInvalid) error.kind = ErrorKind::kUnavailable;
        return tl::unexpected(std::move(error));
    }
    const std::string state = shorten(job->state, kMaxShownWordBytes);
    steps.add(StepKind::kRead, "job " + shown(job->id) + " (" +
                                   shorten(job->type, kMaxShownWordBytes) + ") is " + state);
    if (rule.is_of_completed_job && !job->state.empty() && job->state != "completed") {
        return fail(ErrorKind::kUnavailable,
                    "the event says completed, the job reads " + state + ": not visible yet");
    }
    return job;
}

void add_unique(const std::vector<std::string>& more, std::vector<std::string>& ids) {
    for (const std::string& id : more) {
        if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
}

void link(const EventData& data, const storeganise::Job& job, const Task& task, UnixMs now_ms,
          Outcome& outcome) {
    access::TransferLink made;
    made.business = task.business;
    made.old_rental_id = job.old_rental_id.empty() ? data.old_rental_id : job.old_rental_id;
    made.new_rental_id = job.new_rental_id.empty() ? data.new_rental_id : job.new_rental_id;
    made.job_id = job.id;
    made.made_ms = now_ms;
    const bool is_whole = !made.old_rental_id.empty() && !made.new_rental_id.empty() &&
                          made.old_rental_id != made.new_rental_id;
    if (is_whole) outcome.transfers.push_back(std::move(made));
}

struct Asked {
    access::RentalKey key;
    std::string value;
};

Asked asked_of(EventSubject subject, const EventData& data) {
    switch (subject) {
        case EventSubject::kUnit:
            return {access::RentalKey::kUnit, data.unit_id};
        case EventSubject::kRenter:
            return {access::RentalKey::kRenter, data.user_id};
        default:
            return {access::RentalKey::kSite, data.site_id};
    }
}

}  // namespace

Outcome Resolver::run(const Task& task, observe::StepLog& steps) {
    const auto parts = businesses_.find(task.business);
    if (parts == businesses_.end()) {
        return {fail(ErrorKind::kNotFound, "the business is not in the configuration")};
    }
    const EventRule* rule = event_rule(task.event_type);
    if (rule == nullptr) return {};
    const Result<EventData> data = read_event_data(task.event_body);
    if (!data) return failed(data.error());
    storeganise::Client& client = *parts->second.client;
    switch (rule->subject) {
        case EventSubject::kJob:
            return resolve_job(*rule, *data, task, client, steps);
        case EventSubject::kRental:
            break;
        default:
            return fan_out(*rule, *data, task, client, steps);
    }
    // The vendor's older sample knows these events by a job alone.
    if (data->rental_ids.empty()) return resolve_job(*rule, *data, task, client, steps);
    Outcome outcome;
    const bool is_edit = rule->type == "unitRental.updated";
    const bool may_wait = is_edit && !is_edit_at_the_door(*data);
    const Wish wish{may_wait ? Priority::kNormal : rule->priority, rule->says};
    add_named_looks(data->rental_ids, wish, task, steps, outcome);
    return outcome;
}

Outcome Resolver::resolve_job(const EventRule& rule, const EventData& data, const Task& task,
                              storeganise::Client& client, observe::StepLog& steps) {
    storeganise::Job job;
    bool has_answered = false;
    if (!data.job_id.empty()) {
        Result<storeganise::Job> read = read_job(rule, data.job_id, client, steps);
        // A job that is gone does not matter where the event names the rentals itself.
        const bool is_gone = !read && read.error().kind == ErrorKind::kNotFound;
        if (!read && (!is_gone || data.rental_ids.empty())) return failed(read.error());
        if (read) job = std::move(*read);
        has_answered = true;
    } else if (data.rental_ids.empty()) {
        return names_nothing(rule);
    }
    std::vector<std::string> rental_ids = job.rental_ids;
    add_unique(data.rental_ids, rental_ids);
    if (rental_ids.empty()) {
        return {fail(ErrorKind::kNotFound, "job " + shown(job.id) + " names no rental")};
    }
    Outcome outcome;
    if (has_answered) note_answer(outcome.alert_changes);
    Wish wish{rule.priority, rule.says};
    if (rule.type == "job.unit_transfer.completed") {
        link(data, job, task, clock_.now_ms(), outcome);
        if (!outcome.transfers.empty()) {
            wish.old_rental_id = outcome.transfers.front().old_rental_id;
            wish.new_rental_id = outcome.transfers.front().new_rental_id;
        }
    }
    add_named_looks(rental_ids, wish, task, steps, outcome);
    return outcome;
}

Outcome Resolver::fan_out(const EventRule& rule, const EventData& data, const Task& task,
                          storeganise::Client& client, observe::StepLog& steps) {
    const Asked asked = asked_of(rule.subject, data);
    if (asked.value.empty()) return names_nothing(rule);
    const bool is_renter = rule.subject == EventSubject::kRenter;
    FanOut fan_out(lookups_, is_renter ? &client : nullptr, steps);
    const auto next = fan_out.run(task.business, asked.key, asked.value, cursor_of(task.key));
    if (!next) return failed(next.error());
    const std::vector<std::string> rental_ids = fan_out.take();
    Outcome outcome;
    if (is_renter && !*next) note_answer(outcome.alert_changes);
    if (rental_ids.empty() && !*next) steps.add(StepKind::kDecided, "no rental of it is known");
    add_looks(rental_ids, Wish{rule.priority}, task, steps, outcome);
    if (*next) {
        outcome.follow_ups.push_back(NewTask{task.business, TaskKind::kResolve,
                                             key_of(task.event_id, **next), clock_.now_ms(),
                                             task.event_id, rule.priority});
    }
    return outcome;
}

TaskFlags Resolver::Wish::says_of(const std::string& rental_id) const {
    if (!old_rental_id.empty() && rental_id == old_rental_id) return kSaysOver;
    if (!new_rental_id.empty() && rental_id == new_rental_id) return kSaysMovedIn;
    return says;
}

void Resolver::add_named_looks(const std::vector<std::string>& rental_ids, const Wish& wish,
                               const Task& task, observe::StepLog& steps, Outcome& outcome) const {
    const int size = static_cast<int>(rental_ids.size());
    const int begin = std::clamp(cursor_of(task.key).offset, 0, size);
    const int end = begin + std::min(kMaxLooks, size - begin);
    add_looks({rental_ids.begin() + begin, rental_ids.begin() + end}, wish, task, steps, outcome);
    if (end == size) return;
    const Cursor next{Cursor::Phase::kListed, {}, end};
    outcome.follow_ups.push_back(NewTask{task.business, TaskKind::kResolve,
                                         key_of(task.event_id, next), clock_.now_ms(),
                                         task.event_id, wish.priority});
}

void Resolver::add_looks(const std::vector<std::string>& rental_ids, const Wish& wish,
                         const Task& task, observe::StepLog& steps, Outcome& outcome) const {
    const bool is_each_said = rental_ids.size() <= kMaxLookSteps;
    if (!is_each_said) {
        steps.add(StepKind::kDecided, "look at " + std::to_string(rental_ids.size()) + " rentals");
    }
    for (const std::string& rental_id : rental_ids) {
        if (is_each_said) steps.add(StepKind::kDecided, "look at rental " + shown(rental_id));
        outcome.follow_ups.push_back(NewTask{task.business, TaskKind::kReconcile, rental_id,
                                             clock_.now_ms(), task.event_id, wish.priority,
                                             wish.says_of(rental_id)});
    }
}

}  // namespace gatehouse::dispatch
