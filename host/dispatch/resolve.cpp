#include "dispatch/resolve.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::dispatch {
namespace {

using observe::StepKind;

Result<std::string> job_id_of(const std::string& body) {
    const Result<nlohmann::json> event = parse_json(body);
    if (!event) {
        return tl::unexpected(event.error());
    }
    if (const nlohmann::json* data = member(*event, "data")) {
        if (auto job_id = string_member(*data, "jobId"); job_id && !job_id->empty()) {
            return *job_id;
        }
    }
    return fail(ErrorKind::kInvalid, "the event names no job (data.jobId)");
}

Result<storeganise::Job> read_job(storeganise::Client& client, const Task& task,
                                  observe::StepLog& steps) {
    const Result<std::string> job_id = job_id_of(task.event_body);
    if (!job_id) {
        return tl::unexpected(job_id.error());
    }
    Result<storeganise::Job> job = client.job(*job_id, &steps);
    if (!job) {
        Error error = job.error();
        // An answer about another job may be followed by the right one.
        if (error.kind == ErrorKind::kInvalid) error.kind = ErrorKind::kUnavailable;
        return tl::unexpected(std::move(error));
    }
    steps.add(StepKind::kRead, "job " + shorten(job->id, 64) + " (" + shorten(job->type, 32) +
                                   ") is " + shorten(job->state, 32));
    if (!job->state.empty() && job->state != "completed") {
        return fail(ErrorKind::kUnavailable, "the event says completed, the job reads " +
                                                 shorten(job->state, 32) + ": not visible yet");
    }
    if (job->rental_ids.empty()) {
        return fail(ErrorKind::kNotFound, "job " + shorten(job->id, 64) + " names no rental");
    }
    return job;
}

}  // namespace

Outcome Resolver::run(const Task& task, observe::StepLog& steps) {
    const auto parts = businesses_.find(task.business);
    if (parts == businesses_.end()) {
        return {
            fail(ErrorKind::kNotFound, "the business is not in the configuration"), {}, nullptr};
    }
    const Result<storeganise::Job> job = read_job(*parts->second.client, task, steps);
    if (!job) {
        return {tl::unexpected(job.error()), {}, nullptr};
    }
    Outcome outcome;
    for (const std::string& rental_id : job->rental_ids) {
        steps.add(StepKind::kDecided, "look at rental " + shorten(rental_id, 64));
        outcome.follow_ups.push_back(NewTask{task.business, TaskKind::kReconcile, rental_id,
                                             clock_.now_ms(), task.event_id});
    }
    return outcome;
}

}  // namespace gatehouse::dispatch
