// Renters' names, addresses and numbers reach no log, whatever an error says.
#include <gtest/gtest.h>

#include "dispatch/task_runner.hpp"
#include "notify/routes.hpp"

namespace gatehouse::dispatch {
namespace {

constexpr const char* kWords = "renter Ann Lee <ann@example.com> +4520123456 has no place";

class Refuses final : public TaskHandler {
  public:
    Outcome run(const Task&, observe::StepLog&) override {
        return {fail(ErrorKind::kInvalid, kWords)};
    }
};

TEST(NamesInLogs, P8_NoErrorTextOfATaskIsLogged) {
    Refuses handler;
    ManualClock clock(1'800'000'000'000);
    SystemRandom random;
    observe::Metrics metrics;
    Handlers handlers;
    for (int kind = 1; kind <= 8; ++kind) {
        handlers[static_cast<TaskKind>(kind)] = &handler;
    }
    const config::Dispatch settings;
    TaskRunner runner(handlers, settings, clock, random, metrics);
    notify::Told told;
    told.alert = notify::News{};
    told.alert->text = kWords;
    testing::internal::CaptureStderr();
    for (const auto& [kind, unused] : handlers) {
        for (const std::string& key : {std::string("r1"), notify::to_key(told)}) {
            Task task;
            task.business = "acme";
            task.kind = kind;
            task.key = key;
            EXPECT_EQ(runner.run(task).outcome, Completion::Outcome::kDead);
        }
    }
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find("dead letter business=acme task=reconcile key=r1 error=invalid"),
              std::string::npos)
        << log;
    for (const char* word : {"Ann", "Lee", "ann@", "4520123456"}) {
        EXPECT_EQ(log.find(word), std::string::npos) << log;
    }
}

}  // namespace
}  // namespace gatehouse::dispatch
