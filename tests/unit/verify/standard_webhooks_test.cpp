#include "verify/standard_webhooks.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "support/webhook_signature.hpp"
#include "verify/verify.hpp"

namespace gatehouse::verify {
namespace {

// Svix's own example, from its page on verifying by hand.
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr const char* kTimestamp = "1614265330";
constexpr const char* kBody = R"({"test": 2432232314})";
constexpr const char* kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr UnixMs kSent = 1'614'265'330'000;

SignatureScheme scheme() {
    return make_scheme("standard-webhooks", "", "", "").value();
}

std::string outcome(std::string_view signature, std::string_view timestamp = kTimestamp,
                    UnixMs now_ms = kSent, std::string_view id = kId) {
    const std::vector<config::LabelledSecret> secrets{{Secret("whsec_b2xk"), "old"},
                                                      {Secret(kSecret), "new"}};
    const auto label = verify(scheme(), {signature, kBody, id, timestamp}, secrets, now_ms);
    return label ? *label : label.error().message;
}

constexpr const char* kWrong = "the signature is missing or wrong";
constexpr const char* kLate = "the signature's time is more than 5 minutes from this host's clock";

TEST(StandardWebhooksTest, KnowsTheSendersOwnExample) {
    EXPECT_EQ(outcome(kSignature), "new");
}

TEST(StandardWebhooksTest, OneOfSeveralSignaturesIsEnough) {
    EXPECT_EQ(outcome(std::string("v1,AAAA v2,zzz  ") + kSignature), "new");
    EXPECT_EQ(outcome(std::string("v1a,") + (kSignature + 3)), kWrong);
    EXPECT_EQ(outcome(kSignature + 3), kWrong);
    EXPECT_EQ(outcome(""), kWrong);
}

TEST(StandardWebhooksTest, IdTimestampAndBodyAreSigned) {
    EXPECT_EQ(outcome(kSignature, "1614265331"), kWrong);
    EXPECT_EQ(outcome(kSignature, "+1614265330"), kWrong);
    EXPECT_EQ(outcome(kSignature, kTimestamp, kSent, "msg_other"), kWrong);
    EXPECT_EQ(outcome(kSignature, kTimestamp, kSent, ""), kWrong);
}

TEST(StandardWebhooksTest, FiveMinutesEitherWayAreTolerated) {
    EXPECT_EQ(outcome(kSignature, kTimestamp, kSent + kToleranceMs), "new");
    EXPECT_EQ(outcome(kSignature, kTimestamp, kSent - kToleranceMs), "new");
    EXPECT_EQ(outcome(kSignature, kTimestamp, kSent + kToleranceMs + 1), kLate);
    EXPECT_EQ(outcome(kSignature, kTimestamp, kSent - kToleranceMs - 1), kLate);
    EXPECT_EQ(outcome("v1,AAAA", kTimestamp, kSent + kToleranceMs + 1), kWrong)
        << "the time is told only to who signed";
}

TEST(StandardWebhooksTest, ATimestampIsDecimalDigits) {
    EXPECT_EQ(read_timestamp("1614265330"), kSent);
    for (const char* text : {"", "-1", "1.5", "0x10", " 1", "1 ", "1614265330000"}) {
        EXPECT_EQ(read_timestamp(text), std::nullopt) << text;
    }
}

TEST(StandardWebhooksTest, NoMoreThanSixteenSignaturesAreRead) {
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += "v1,AAAA ";
    }
    EXPECT_EQ(read_signatures(many).size(), kMaxSignatures);
}

TEST(StandardWebhooksTest, ASecretThatCanNeverWorkIsNamed) {
    EXPECT_EQ(fault_in_secret(scheme(), Secret(kSecret)), "");
    EXPECT_EQ(fault_in_secret(scheme(), Secret(kSecret + 6)), "") << "the prefix is optional";
    EXPECT_NE(fault_in_secret(scheme(), Secret("whsec_not base64")), "");
    EXPECT_NE(fault_in_secret(scheme(), Secret("whsec_")), "");
    const SignatureScheme basic = make_scheme("basic", "", "", "").value();
    EXPECT_EQ(fault_in_secret(basic, Secret("user:password")), "");
    EXPECT_NE(fault_in_secret(basic, Secret("password")), "");
}

}  // namespace
}  // namespace gatehouse::verify
