#include "app/forget.hpp"

#include <gtest/gtest.h>

#include <latch>

#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::app {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kOld = 1200;

class ForgetTest : public testing::Test {
  protected:
    ForgetTest() {
        settings_.keep_events_days = 10;
        settings_.keep_access_log_days = 20;
        restart();
    }

    void restart() {
        forgetter_.reset();
        store_.reset();
        store_ = store::open_sqlite_store({.path = dir_ / "test.db"}, clock_, metrics_).value();
        forgetter_ = std::make_unique<Forgetter>(*store_, *store_, settings_, clock_);
    }

    // Each asks for nothing, so it is finished as it comes in. All are committed at the end: the
    // clock may be set then.
    void append(int count) {
        std::latch stored(count);
        for (int i = 0; i < count; ++i) {
            store::NewEvent event;
            event.business = "acme";
            event.source = "storeganise";
            event.sender_id = std::to_string(i);
            event.received_ms = clock_.now_ms();
            event.state = store::EventState::kIgnored;
            store_->append(std::move(event), [&](const Result<store::Appended>& appended) {
                EXPECT_TRUE(appended);
                stored.count_down();
            });
        }
        stored.wait();
    }

    // As the main thread does, every hour.
    void let_pass(int days) {
        for (int hour = 0; hour < days * 24; ++hour) {
            clock_.advance_ms(kDayMs / 24);
            forgetter_->forget_some();
        }
    }

    bool forget_some() { return forgetter_->forget_some(); }

    test::TempDir dir_;
    ManualClock clock_{1'700'000'000'000};
    observe::Metrics metrics_;
    config::Store settings_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Forgetter> forgetter_;
};

// The main thread hears signals between two calls: none may take as long as there is to forget.
TEST_F(ForgetTest, ForgetsALittleAtATimeAndSaysWhetherThereIsMore) {
    append(kOld);
    clock_.advance_ms(10 * kDayMs + 1);
    int calls = 1;
    while (forget_some())
        ++calls;
    EXPECT_EQ(calls, 3);
    EXPECT_TRUE(store_->events({})->empty());
}

TEST_F(ForgetTest, WhatIsYoungStays) {
    append(10);
    clock_.advance_ms(10 * kDayMs);
    EXPECT_FALSE(forget_some());
    EXPECT_EQ(store_->events({})->size(), 10U);
}

// A clock that is ahead for a day, by whatever it is, costs no history of before.
TEST_F(ForgetTest, AClockThatIsAheadForgetsNothingBeforeItsTime) {
    for (const int years : {1, 10, 100}) {
        append(10);
        const UnixMs right_ms = clock_.now_ms();
        clock_.advance_ms(365 * kDayMs * years);
        restart();
        let_pass(1);
        EXPECT_EQ(store_->events({})->size(), 10U) << years;
        clock_.set_ms(right_ms + kDayMs);
        restart();
        let_pass(7);
        EXPECT_EQ(store_->events({})->size(), 10U) << years;
        let_pass(4);
        EXPECT_TRUE(store_->events({})->empty()) << years;
        store_->forget_ids(INT64_MAX, 100);
    }
}

TEST_F(ForgetTest, DowntimeIsCaughtUpWith) {
    append(10);
    clock_.advance_ms(30 * kDayMs);
    restart();
    let_pass(4);
    EXPECT_EQ(store_->events({})->size(), 10U);
    let_pass(2);
    EXPECT_TRUE(store_->events({})->empty());
}

TEST_F(ForgetTest, AStoreThatCannotBeWrittenIsAskedAgainLater) {
    append(10);
    clock_.advance_ms(10 * kDayMs + 1);
    store_->close();
    EXPECT_FALSE(forget_some());
}

}  // namespace
}  // namespace gatehouse::app
