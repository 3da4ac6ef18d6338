// The pulse on the parts themselves: one that is stuck is named, and no other.
#include "app/pulse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "dispatch/dispatcher.hpp"
#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PulseTest, NamesThePartsThatDidNotAnswer) {
    Pulse pulse;
    int asked = 0;
    std::function<void()> later;
    pulse.add("quick", [&asked](const auto& answer) {
        ++asked;
        answer();
    });
    pulse.add("slow", [&later](auto answer) { later = std::move(answer); });
    EXPECT_THAT(pulse.feel(), IsEmpty());
    EXPECT_THAT(pulse.feel(), ElementsAre("slow"));
    EXPECT_THAT(pulse.feel(), ElementsAre("slow"));
    EXPECT_EQ(asked, 3);
    later();
    EXPECT_THAT(pulse.feel(), IsEmpty());
    EXPECT_THAT(pulse.feel(), ElementsAre("slow"));
}

TEST(PulseTest, AnAnswerMayComeWhenThePulseIsGone) {
    std::function<void()> later;
    {
        Pulse pulse;
        pulse.add("slow", [&later](auto answer) { later = std::move(answer); });
        pulse.feel();
    }
    later();
}

class PartsTest : public testing::Test {
  protected:
    // Waits for the part's own thread.
    static void turn(const std::function<void(std::function<void()>)>& on_turn) {
        auto turned = std::make_shared<std::promise<void>>();
        on_turn([turned] { turned->set_value(); });
        turned->get_future().wait();
    }

    test::TempDir folder_;
    SystemClock clock_;
    SystemRandom random_;
    observe::Metrics metrics_;
    std::unique_ptr<store::Store> store_ =
        store::open_sqlite_store({.path = folder_ / "db"}, clock_, metrics_).value();
};

TEST_F(PartsTest, AWriterThatIsStuckDoesNotAnswerAndOneThatGoesOnDoes) {
    Pulse pulse;
    pulse.add("store", [this](auto answer) { store_->on_turn(std::move(answer)); });
    std::promise<void> is_stuck;
    std::promise<void> goes_on;
    store_->on_turn([&] {
        is_stuck.set_value();
        goes_on.get_future().wait();
    });
    is_stuck.get_future().wait();
    EXPECT_THAT(pulse.feel(), IsEmpty());
    EXPECT_THAT(pulse.feel(), ElementsAre("store"));
    goes_on.set_value();
    turn([this](auto answer) { store_->on_turn(std::move(answer)); });
    EXPECT_THAT(pulse.feel(), IsEmpty());
}

TEST_F(PartsTest, ASchedulerThatIsStuckDoesNotAnswerAndOneThatGoesOnDoes) {
    dispatch::Dispatcher dispatcher(*store_, {}, config::Dispatch{}, clock_, random_, metrics_);
    ASSERT_TRUE(dispatcher.start());
    turn([&](auto answer) { dispatcher.on_turn(std::move(answer)); });
    Pulse pulse;
    pulse.add("dispatch", [&](auto answer) { dispatcher.on_turn(std::move(answer)); });
    std::promise<void> is_stuck;
    std::promise<void> goes_on;
    dispatcher.on_turn([&] {
        is_stuck.set_value();
        goes_on.get_future().wait();
    });
    is_stuck.get_future().wait();
    EXPECT_THAT(pulse.feel(), IsEmpty());
    EXPECT_THAT(pulse.feel(), ElementsAre("dispatch"));
    goes_on.set_value();
    turn([&](auto answer) { dispatcher.on_turn(std::move(answer)); });
    EXPECT_THAT(pulse.feel(), IsEmpty());
    turn([&](auto answer) { dispatcher.on_turn(std::move(answer)); });
    EXPECT_TRUE(dispatcher.stop(10'000));
}

}  // namespace
}  // namespace gatehouse::app
