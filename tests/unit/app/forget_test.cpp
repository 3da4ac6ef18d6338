#include "app/forget.hpp"

#include <gtest/gtest.h>

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
        store_ = store::open_sqlite_store({.path = dir_ / "test.db"}, clock_, metrics_).value();
    }

    // Each asks for nothing, so it is finished as it comes in.
    void append(int count) {
        for (int i = 0; i < count; ++i) {
            store::NewEvent event;
            event.business = "acme";
            event.source = "storeganise";
            event.sender_id = std::to_string(i);
            event.received_ms = clock_.now_ms();
            event.state = store::EventState::kIgnored;
            store_->append(std::move(event),
                           [](const Result<store::Appended>& appended) { EXPECT_TRUE(appended); });
        }
    }

    bool forget_some() { return app::forget_some(*store_, settings_, clock_.now_ms()); }

    test::TempDir dir_;
    ManualClock clock_{1'700'000'000'000};
    observe::Metrics metrics_;
    config::Store settings_;
    std::unique_ptr<store::Store> store_;
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

TEST_F(ForgetTest, AStoreThatCannotBeWrittenIsAskedAgainLater) {
    append(10);
    clock_.advance_ms(10 * kDayMs + 1);
    store_->close();
    EXPECT_FALSE(forget_some());
}

}  // namespace
}  // namespace gatehouse::app
