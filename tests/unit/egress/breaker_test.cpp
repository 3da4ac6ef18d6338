#include "egress/breaker.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "egress/breakers.hpp"
#include "egress/egress.hpp"
#include "egress/origins.hpp"
#include "egress/rate_limiter.hpp"

namespace gatehouse::egress {
namespace {

using Verdict = Breaker::Verdict;
constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kMs = 1'000'000;

void fail_times(Breaker& breaker, int times, std::int64_t now_ns) {
    for (int i = 0; i < times; ++i) {
        breaker.ended(breaker.begin(now_ns), Verdict::kNotAnswered, now_ns);
    }
}

TEST(BreakerTest, OpensAfterFailuresInARowAndNotAfterAsManyApart) {
    Breaker breaker;
    for (int i = 0; i < 20; ++i) {
        fail_times(breaker, kFailuresToOpen - 1, 0);
        EXPECT_EQ(breaker.state(0), BreakerState::kClosed);
        breaker.ended(breaker.begin(0), Verdict::kAnswered, 0);
    }
    EXPECT_TRUE(breaker.is_fresh());
    fail_times(breaker, kFailuresToOpen, 0);
    EXPECT_EQ(breaker.state(0), BreakerState::kOpen);
    EXPECT_EQ(breaker.shut_until_ns(0), kFirstOpenNs);
}

TEST(BreakerTest, OneTrialAtATimeAndEachFailureShutsItForLonger) {
    Breaker breaker;
    fail_times(breaker, kFailuresToOpen, 0);
    std::int64_t now_ns = 0;
    std::int64_t open_ns = kFirstOpenNs;
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(breaker.shut_until_ns(now_ns + open_ns - 1), now_ns + open_ns);
        now_ns += open_ns;
        EXPECT_EQ(breaker.state(now_ns), BreakerState::kHalfOpen);
        EXPECT_EQ(breaker.shut_until_ns(now_ns), std::nullopt);
        EXPECT_TRUE(breaker.begin(now_ns));
        EXPECT_EQ(breaker.shut_until_ns(now_ns), now_ns + kTrialNs) << "the trial is under way";
        breaker.ended(true, Verdict::kNotAnswered, now_ns);
        open_ns = std::min(open_ns * 2, kMaxOpenNs);
    }
    now_ns += open_ns;
    breaker.ended(breaker.begin(now_ns), Verdict::kAnswered, now_ns);
    EXPECT_EQ(breaker.state(now_ns), BreakerState::kClosed);
    EXPECT_TRUE(breaker.is_fresh());
}

TEST(BreakerTest, ATrialThatLearntNothingLeavesTheNextOneItsTurn) {
    Breaker breaker;
    fail_times(breaker, kFailuresToOpen, 0);
    EXPECT_TRUE(breaker.begin(kFirstOpenNs));
    breaker.ended(true, Verdict::kUnknown, kFirstOpenNs);
    EXPECT_EQ(breaker.shut_until_ns(kFirstOpenNs), std::nullopt);
    EXPECT_TRUE(breaker.begin(kFirstOpenNs));
}

TEST(BreakerTest, RequestsThatWereUnderWayWhenItOpenedChangeNothingButByAnAnswer) {
    Breaker breaker;
    fail_times(breaker, kFailuresToOpen, 0);
    for (int i = 0; i < 50; ++i) {
        breaker.ended(false, Verdict::kNotAnswered, kSecondNs);
    }
    EXPECT_EQ(breaker.shut_until_ns(kSecondNs), kFirstOpenNs) << "not later for it";
    breaker.ended(false, Verdict::kAnswered, kSecondNs);
    EXPECT_EQ(breaker.state(kSecondNs), BreakerState::kClosed);
}

// A vendor as the test wants it.
class ScriptedClient final : public HttpClient {
  public:
    Result<HttpReply> send(const HttpCall&) override {
        ++sent;
        return next;
    }

    Result<HttpReply> next = HttpReply{200, {}, "{}"};
    int sent = 0;
};

class BreakersTest : public testing::Test {
  protected:
    static Policy policy(const std::string& key) {
        Policy made;
        made.key = key;
        made.hosts = {"api.kisi.io"};
        return made;
    }

    Result<HttpReply> send(const std::string& key) {
        HttpCall call;
        call.url = "https://api.kisi.io/users";
        return egress_->send(policy(key), call, clock_.steady_ns() + 10 * kSecondNs, nullptr);
    }

    ManualClock clock_{1'700'000'000'000};
    observe::Metrics metrics_;
    ScriptedClient client_;
    std::unique_ptr<Egress> egress_ = make_egress(client_, clock_, metrics_);
};

TEST_F(BreakersTest, WhatNobodyAnsweredOpensTheConnectionsOwnBreakerAndNoOther) {
    const auto refused = fail(ErrorKind::kUnavailable, "timeout was reached");
    for (const Result<HttpReply>& nobody :
         {Result<HttpReply>(refused), Result<HttpReply>(HttpReply{502, {}, ""}),
          Result<HttpReply>(HttpReply{503, {}, ""}), Result<HttpReply>(HttpReply{504, {}, ""})}) {
        const std::string key = "acme/" + std::to_string(nobody ? nobody->status : 0);
        client_.next = nobody;
        for (int i = 0; i < kFailuresToOpen; ++i) {
            send(key);
        }
        const int sent = client_.sent;
        for (int i = 0; i < 100; ++i) {
            const auto turned_away = send(key);
            ASSERT_FALSE(turned_away);
            EXPECT_EQ(turned_away.error().kind, ErrorKind::kUnavailable);
            EXPECT_TRUE(turned_away.error().is_postponed);
            EXPECT_GT(turned_away.error().retry_after_ms.value_or(0), 0);
        }
        EXPECT_EQ(client_.sent, sent);
        EXPECT_TRUE(egress_->shut(policy(key)));
        client_.next = HttpReply{200, {}, "{}"};
        EXPECT_TRUE(send("acme/other"));
        EXPECT_FALSE(egress_->shut(policy("acme/other")));
    }
    EXPECT_EQ(egress_->ways().size(), 4U);
    EXPECT_EQ(egress_->ways()[0].state, "open");
    clock_.advance_ms(kFirstOpenNs / kMs);
    EXPECT_EQ(egress_->ways()[0].state, "half-open");
    for (const Way& way : egress_->ways()) {
        EXPECT_TRUE(send(way.key));
    }
    EXPECT_TRUE(egress_->ways().empty());
}

TEST_F(BreakersTest, AnAnswerIsAnAnswerWhateverItSays) {
    for (const int status : {200, 302, 400, 401, 403, 404, 409, 429, 500, 501}) {
        client_.next = HttpReply{status, {{"retry-after", "0"}}, ""};
        for (int i = 0; i < 20; ++i) {
            send("acme/doors");
            clock_.advance_ms(2'000);
        }
        EXPECT_TRUE(egress_->ways().empty()) << status;
    }
}

TEST_F(BreakersTest, APausedRateShutsTheWayWithoutTheBreaker) {
    client_.next = HttpReply{429, {{"retry-after", "60"}}, ""};
    EXPECT_TRUE(send("acme/doors"));
    const auto shut = egress_->shut(policy("acme/doors"));
    ASSERT_TRUE(shut);
    EXPECT_EQ(shut->kind, ErrorKind::kRateLimited);
    EXPECT_TRUE(shut->is_postponed);
    EXPECT_EQ(shut->retry_after_ms, 60'000);
    const auto late = send("acme/doors");
    ASSERT_FALSE(late);
    EXPECT_TRUE(late.error().is_postponed) << "nothing was sent";
    EXPECT_TRUE(egress_->ways().empty());
    clock_.advance_ms(60'000);
    EXPECT_FALSE(egress_->shut(policy("acme/doors")));
}

// The clock that only a wait moves, as the model's.
class OwnTime final : public Pause {
  public:
    explicit OwnTime(ManualClock& clock) : clock_(clock) {}
    void wait(std::unique_lock<std::mutex>&, std::condition_variable&, std::int64_t ns) override {
        clock_.advance_ms(ns / kMs + 1);
    }

  private:
    ManualClock& clock_;
};

TEST_F(BreakersTest, AWaitForATurnGoesByTheClockThatItIsGiven) {
    OwnTime pause(clock_);
    const auto egress = make_egress(client_, clock_, metrics_, &pause);
    Policy slow = policy("acme/doors");
    slow.requests_per_second = 1;
    const UnixMs begin_ms = clock_.now_ms();
    for (int i = 0; i < 5; ++i) {
        HttpCall call;
        call.url = "https://api.kisi.io/users";
        ASSERT_TRUE(egress->send(slow, call, clock_.steady_ns() + 10 * kSecondNs, nullptr));
    }
    EXPECT_GE(clock_.now_ms() - begin_ms, 4'000);
}

TEST(OriginsTest, AFullOriginTurnsAwayAndOthersGoOn) {
    Origins origins(2);
    ASSERT_TRUE(origins.enter("slow:443"));
    ASSERT_TRUE(origins.enter("slow:443"));
    const auto full = origins.enter("slow:443");
    ASSERT_FALSE(full);
    EXPECT_TRUE(full.error().is_postponed);
    EXPECT_TRUE(origins.enter("other:443"));
    origins.leave("slow:443");
    EXPECT_TRUE(origins.enter("slow:443"));
}

TEST(OriginsTest, WhoWaitsGetsThePlaceThatBecomesFree) {
    Origins origins(1);
    ASSERT_TRUE(origins.enter("busy:443"));
    auto entered = std::async(std::launch::async, [&] {
        Result<void> place = origins.enter("busy:443");
        while (!place && place.error().is_postponed) {
            place = origins.enter("busy:443");
        }
        return place.has_value();
    });
    origins.leave("busy:443");
    EXPECT_TRUE(entered.get());
}

TEST(OriginsTest, AStopEndsTheWaits) {
    Origins origins(1);
    ASSERT_TRUE(origins.enter("busy:443"));
    origins.stop();
    const auto stopped = origins.enter("busy:443");
    ASSERT_FALSE(stopped);
    EXPECT_FALSE(stopped.error().is_postponed);
}

}  // namespace
}  // namespace gatehouse::egress
