// What a defect of ours may take with it: one task, and not the process.
#include "dispatch/task_runner.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "support/temp_dir.hpp"

namespace gatehouse::dispatch {
namespace {

class Handler final : public TaskHandler {
  public:
    explicit Handler(std::function<void()> act) : act_(std::move(act)) {}
    Outcome run(const Task&, observe::StepLog&) override {
        ++runs;
        act_();
        return {};
    }

    int runs = 0;

  private:
    std::function<void()> act_;
};

class TaskRunnerTest : public testing::Test {
  protected:
    Completion run(Handler& handler, TaskKind kind, const CrashMarks* marks = nullptr) {
        Task task;
        task.id = 7;
        task.business = "acme";
        task.kind = kind;
        task.key = "r1";
        TaskRunner runner({{kind, &handler}}, settings_, clock_, random_, metrics_, marks);
        return runner.run(task);
    }

    static bool has_alert(const Completion& completion) {
        return std::ranges::any_of(completion.alert_changes,
                                   [](const AlertChange& change) { return change.is_raised; });
    }

    test::TempDir dir_;
    config::Dispatch settings_;
    SystemClock clock_;
    SystemRandom random_;
    observe::Metrics metrics_;
};

TEST_F(TaskRunnerTest, P9_ATaskThatThrowsIsParkedWithAnAlert) {
    Handler handler([] { throw std::out_of_range("basic_string::at"); });
    for (const TaskKind kind :
         {TaskKind::kResolve, TaskKind::kReconcile, TaskKind::kSweep, TaskKind::kInbound,
          TaskKind::kRoute, TaskKind::kNotify, TaskKind::kCare, TaskKind::kAlert}) {
        const Completion completion = run(handler, kind);
        EXPECT_EQ(completion.outcome, Completion::Outcome::kDead) << to_string(kind);
        // An alert about an alert's task would be that task's work again.
        EXPECT_EQ(has_alert(completion), kind != TaskKind::kAlert) << to_string(kind);
        EXPECT_NE(completion.error->message.find("basic_string::at"), std::string::npos);
    }
}

TEST_F(TaskRunnerTest, ATaskAtWhichTheProcessFailedTwiceIsParkedAndOnceIsNot) {
    const auto file = dir_ / "crashed-tasks";
    const std::int64_t now_s = clock_.now_ms() / 1000;
    const std::string new_line = "7 " + std::to_string(now_s) + "\n";
    const std::string old_line = "7 " + std::to_string(now_s - 8 * 86'400) + "\n";
    const std::string another = "8 " + std::to_string(now_s) + "\n";
    for (const auto& [text, is_parked] :
         std::vector<std::pair<std::string, bool>>{{"", false},
                                                   {new_line, false},
                                                   {new_line + another, false},
                                                   {old_line + old_line + new_line, false},
                                                   {new_line + another + new_line, true},
                                                   {"rubbish\n", false}}) {
        std::ofstream(file) << text;
        const auto marks = CrashMarks::open(file, clock_);
        ASSERT_TRUE(marks);
        Handler handler([] {});
        const Completion completion = run(handler, TaskKind::kReconcile, &*marks);
        EXPECT_EQ(completion.outcome == Completion::Outcome::kDead, is_parked) << text;
        EXPECT_EQ(has_alert(completion), is_parked) << text;
        EXPECT_EQ(handler.runs, is_parked ? 0 : 1) << text;
    }
}

#ifndef GATEHOUSE_SANITIZED
TEST_F(TaskRunnerTest, AFailureIsMarkedWithTheTaskOfItsThreadAndAKillIsNot) {
    const auto file = dir_ / "crashed-tasks";
    const auto fail_by = [&](int signal, std::int64_t task_id) {
        const auto marks = CrashMarks::open(file, clock_);
        const CrashMarks::AtWork at_work(task_id);
        std::raise(signal);
    };
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) {
        EXPECT_EXIT(fail_by(signal, 7), testing::KilledBySignal(signal), "");
    }
    EXPECT_EXIT(fail_by(SIGKILL, 8), testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(fail_by(SIGABRT, 0), testing::KilledBySignal(SIGABRT), "");
    const auto marks = CrashMarks::open(file, clock_);
    ASSERT_TRUE(marks);
    EXPECT_EQ(marks->crashes(7), 5);
    EXPECT_EQ(marks->crashes(8), 0);
    EXPECT_EQ(marks->crashes(0), 0);
}
#endif

}  // namespace
}  // namespace gatehouse::dispatch
