#include "contract/store_contract.hpp"

namespace gatehouse::store {

using dispatch::Completion;
using dispatch::NewTask;
using dispatch::Task;
using dispatch::TaskKind;

void StoreContract::SetUp() {
    factory_ = GetParam().make();
    reopen();
}

void StoreContract::reopen() {
    store_.reset();
    auto opened = factory_->open(clock_, metrics_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
}

NewEvent StoreContract::new_event(const std::string& sender_id) const {
    NewEvent event;
    event.business = "acme";
    event.source = "storeganise";
    event.sender_id = sender_id;
    event.type = "job.unit_moveIn.completed";
    event.body = "{\"id\":\"" + sender_id + "\"}";
    event.verified_by = "first";
    event.received_ms = now();
    event.steps = {{now(), observe::StepKind::kReceived, "received " + sender_id}};
    event.tasks = {{"acme", TaskKind::kResolve, "", now(), 0}};
    return event;
}

Result<Appended> StoreContract::append(NewEvent event) {
    auto answer = std::make_shared<std::promise<Result<Appended>>>();
    auto future = answer->get_future();
    store().append(std::move(event),
                   [answer](Result<Appended> appended) { answer->set_value(std::move(appended)); });
    return future.get();
}

std::int64_t StoreContract::append_id(const std::string& sender_id) {
    const auto appended = append(new_event(sender_id));
    EXPECT_TRUE(appended) << appended.error().message;
    return appended ? appended->event_id : 0;
}

NewTask StoreContract::reconcile(const std::string& rental_id, std::int64_t event_id,
                                 const std::string& business) const {
    return {business, TaskKind::kReconcile, rental_id, now(), event_id};
}

void StoreContract::enqueue(const NewTask& task) {
    const auto enqueued = store().enqueue({task});
    ASSERT_TRUE(enqueued) << enqueued.error().message;
}

std::vector<Task> StoreContract::lease(int count, const std::string& business) {
    const auto leased = store().lease({{business, count}}, now(), now() + kLeaseMs);
    EXPECT_TRUE(leased) << leased.error().message;
    return leased ? leased->tasks : std::vector<Task>();
}

Task StoreContract::lease_one(const std::string& business) {
    const std::vector<Task> tasks = lease(1, business);
    EXPECT_EQ(tasks.size(), 1u);
    return tasks.empty() ? Task() : tasks.front();
}

Completion StoreContract::completion(const Task& task, Completion::Outcome outcome) const {
    Completion completion;
    completion.task_id = task.id;
    completion.generation = task.generation;
    completion.outcome = outcome;
    return completion;
}

void StoreContract::done(const Task& task, std::vector<NewTask> follow_ups) {
    Completion completion = this->completion(task, Completion::Outcome::kDone);
    completion.follow_ups = std::move(follow_ups);
    const auto completed = store().complete(completion);
    ASSERT_TRUE(completed) << completed.error().message;
}

void StoreContract::dead(const Task& task) {
    Completion completion = this->completion(task, Completion::Outcome::kDead);
    completion.error = Error{ErrorKind::kInvalid, "no e-mail"};
    const auto completed = store().complete(completion);
    ASSERT_TRUE(completed) << completed.error().message;
}

std::int64_t StoreContract::resolved_event(const std::string& sender_id,
                                           const std::vector<std::string>& rentals) {
    const std::int64_t event_id = append_id(sender_id);
    for (const Task& task : lease(100)) {
        if (task.event_id != event_id) {
            ADD_FAILURE() << "another task was due";
            continue;
        }
        std::vector<NewTask> follow_ups;
        for (const std::string& rental : rentals) {
            follow_ups.push_back(reconcile(rental, event_id));
        }
        done(task, follow_ups);
    }
    return event_id;
}

EventState StoreContract::state_of(std::int64_t event_id) {
    const auto event = store().event(event_id);
    EXPECT_TRUE(event && event->has_value());
    return event && *event ? (*event)->state : EventState::kInvalid;
}

std::vector<std::string> StoreContract::timeline_texts(std::int64_t event_id) {
    std::vector<std::string> texts;
    const auto steps = store().timeline(event_id);
    EXPECT_TRUE(steps);
    if (steps) {
        texts.reserve(steps->size());
        for (const TimelineStep& step : *steps) {
            texts.push_back(step.step.text);
        }
    }
    return texts;
}

std::vector<dispatch::DeadLetter> StoreContract::letters() {
    const auto found = store().dead_letters(std::nullopt, 0, 100);
    EXPECT_TRUE(found);
    return found ? *found : std::vector<dispatch::DeadLetter>();
}

}  // namespace gatehouse::store
