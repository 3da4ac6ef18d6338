#include "app/own_alerts.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"
#include "support/throwaway_certificate.hpp"

namespace gatehouse::app {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

class OwnAlertsTest : public testing::Test {
  protected:
    OwnAlertsTest() {
        store_ = store::open_sqlite_store({.path = dir_ / "test.db"}, clock_, metrics_).value();
        config_.businesses["acme"];
        config_.businesses["beta"];
    }

    // "acme configuration:acme" of those that stand.
    std::vector<std::string> standing() {
        std::vector<std::string> subjects;
        const auto all = store_->alerts(std::nullopt, 100).value();
        for (const auto& alert : all) {
            if (alert.cured_ms == 0) subjects.push_back(alert.business + ' ' + alert.subject);
        }
        return subjects;
    }

    std::string text_of(const std::string& business, const std::string& subject) {
        const auto alert = store_->alert(business, subject).value();
        return alert ? alert->text : "";
    }

    void refuse(const std::string& business, const std::string& reason) {
        config_.businesses.erase(business);
        config_.refused[business] = {{business + ".yaml", 0, 0}, reason};
    }

    using Strings = std::vector<std::string>;
    test::TempDir dir_;
    SystemClock clock_;
    observe::Metrics metrics_;
    config::Config config_;
    std::unique_ptr<store::Store> store_;
};

TEST_F(OwnAlertsTest, ARefusedBusinessIsAnAlertUntilItRunsAgain) {
    ASSERT_TRUE(tell_configuration(config_, *store_));
    EXPECT_EQ(standing(), Strings{});
    const config::Config good = config_;
    refuse("acme", "acme.yaml:3:1: error: unknown key 'x'");
    refuse("gamma", "gamma.yaml: error: the file is empty");
    for (int start = 0; start < 3; ++start)
        ASSERT_TRUE(tell_configuration(config_, *store_));
    EXPECT_EQ(standing(), (Strings{"acme configuration:acme", "gamma configuration:gamma"}));
    EXPECT_NE(text_of("acme", "configuration:acme").find("acme.yaml:3:1"), std::string::npos);
    config_.refused["acme"].reason = "acme.yaml:9:1: error: another";
    ASSERT_TRUE(tell_configuration(config_, *store_));
    EXPECT_NE(text_of("acme", "configuration:acme").find("acme.yaml:9:1"), std::string::npos);
    ASSERT_TRUE(tell_configuration(good, *store_));
    EXPECT_EQ(standing(), Strings{});
}

TEST_F(OwnAlertsTest, AQuotaIsAnAlertUntilItIsCalmOrTheNextStart) {
    ASSERT_TRUE(tell_quotas({{"acme", true}, {"beta", true}, {"gone", true}}, config_, *store_));
    EXPECT_EQ(standing(), (Strings{"acme quota:acme", "beta quota:beta"}));
    EXPECT_NE(text_of("acme", "quota:acme").find("100 a second, 256MiB a day"), std::string::npos);
    ASSERT_TRUE(tell_quotas({{"acme", false}}, config_, *store_));
    EXPECT_EQ(standing(), Strings{"beta quota:beta"});
    ASSERT_TRUE(tell_configuration(config_, *store_));
    EXPECT_EQ(standing(), Strings{});
}

// The certificate is good for a day, so its last third is the time to renew it.
TEST_F(OwnAlertsTest, TheCertificatesEndIsAnAlertBeforeItComes) {
    const auto certificate = test::make_certificate();
    config_.listen.certificate = dir_ / "certificate.pem";
    config_.listen.key = dir_ / "key.pem";
    std::ofstream(config_.listen.certificate) << certificate.certificate_pem;
    std::ofstream(config_.listen.key) << certificate.key_pem;
    const UnixMs now_ms = clock_.now_ms();
    const auto told_at = [&](UnixMs at_ms) {
        EXPECT_TRUE(tell_certificate(config_.listen, at_ms, *store_));
        return standing().empty() ? std::string() : text_of("-", "certificate");
    };
    EXPECT_EQ(told_at(now_ms), "");
    EXPECT_NE(told_at(now_ms + 20 * kHourMs).find("the certificate ends on"), std::string::npos);
    EXPECT_EQ(standing(), Strings{"- certificate"});
    EXPECT_NE(told_at(now_ms + 30 * kHourMs).find("the certificate ended on"), std::string::npos);
    EXPECT_EQ(told_at(now_ms), "") << "renewed";
    std::ofstream(config_.listen.key) << test::make_certificate().key_pem;
    EXPECT_NE(told_at(now_ms).find("does not belong to"), std::string::npos);
    std::ofstream(config_.listen.key) << certificate.key_pem;
    EXPECT_EQ(told_at(now_ms), "");
}

TEST_F(OwnAlertsTest, SendersWithoutRoomAreAnAlertUntilThereIsRoom) {
    for (int round = 0; round < 3; ++round) {
        ASSERT_TRUE(tell_edge(false, *store_));
        EXPECT_EQ(standing(), Strings{});
        ASSERT_TRUE(tell_edge(true, *store_));
        EXPECT_EQ(standing(), Strings{"- edge"});
    }
    EXPECT_NE(text_of("-", "edge").find("senders find no room"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::app
