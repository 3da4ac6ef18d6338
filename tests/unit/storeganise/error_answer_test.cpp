#include <gtest/gtest.h>

#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

constexpr UnixMs kNow = 1'700'000'000'000;

Error error_of(int status, const std::string& body = "", egress::Headers headers = {}) {
    return to_error({status, std::move(headers), body}, "job j1", true, kNow);
}

TEST(ErrorAnswerTest, MapsStatuses) {
    EXPECT_EQ(error_of(400).kind, ErrorKind::kInvalid);
    EXPECT_EQ(error_of(401).kind, ErrorKind::kAuth);
    EXPECT_EQ(error_of(403).kind, ErrorKind::kForbidden);
    EXPECT_EQ(error_of(404).kind, ErrorKind::kNotFound);
    EXPECT_EQ(error_of(408).kind, ErrorKind::kUnavailable);
    EXPECT_EQ(error_of(409).kind, ErrorKind::kConflict);
    EXPECT_EQ(error_of(422).kind, ErrorKind::kInvalid);
    EXPECT_EQ(error_of(429).kind, ErrorKind::kRateLimited);
    EXPECT_EQ(error_of(301).kind, ErrorKind::kUnavailable);
    for (const int status : {500, 502, 503, 504, 599}) {
        EXPECT_EQ(error_of(status).kind, ErrorKind::kUnavailable);
    }
}

TEST(ErrorAnswerTest, AnAddressThatIsNoneIsToldFromAnAbsentObject) {
    for (const char* body : {R"({"error":{"type":"notFound","message":"route not found"}})",
                             R"({"error":{"message":"Route not found "}})", "<html>404</html>",
                             "Cannot GET /v1/admin/jobs/1"}) {
        const Error error = error_of(404, body);
        EXPECT_EQ(error.kind, ErrorKind::kForbidden) << body;
        EXPECT_NE(error.message.find("storeganise.api"), std::string::npos);
    }
    for (const char* body : {"", "{}", R"({"error":{"message":"jobs not found"}})",
                             R"({"error":{"type":"notFound","message":"no such job"}})", "[]",
                             R"({"error":{"message":"job route not found"}})"}) {
        EXPECT_EQ(error_of(404, body).kind, ErrorKind::kNotFound) << body;
    }
    EXPECT_EQ(error_of(410, "<html>").kind, ErrorKind::kNotFound);
}

TEST(ErrorAnswerTest, TakesRetryAfter) {
    EXPECT_EQ(error_of(429, "", {{"retry-after", "12"}}).retry_after_ms, 12'000);
    EXPECT_EQ(error_of(503, "", {{"retry-after", "3"}}).retry_after_ms, 3'000);
    EXPECT_EQ(error_of(429).retry_after_ms, std::nullopt);
    EXPECT_EQ(error_of(404, "", {{"retry-after", "3"}}).retry_after_ms, std::nullopt);
}

TEST(ErrorAnswerTest, QuotesTheVendorsWordsShortened) {
    const std::string body = R"({"error":{"type":"NotFound","message":"no such job\nreally"}})";
    EXPECT_EQ(error_of(404, body).message,
              "Storeganise answered 404 for job j1 NotFound \"no such job?really\"");
    const std::string large = R"({"error":{"message":")" + std::string(5000, 'x') + "\"}}";
    EXPECT_LT(error_of(500, large).message.size(), 300U);
}

TEST(ErrorAnswerTest, P8_ANumberThatCouldBeAPinIsNotQuoted) {
    const auto quoted = [](const std::string& message) {
        const std::string body = R"({"error":{"message":")" + message + "\"}}";
        return error_of(400, body).message.substr(
            std::string("Storeganise answered 400 for job j1 ").size());
    };
    EXPECT_EQ(quoted("customFields.kisi_pinCode '84731956' is not valid"),
              "\"customFields.kisi_pinCode '***' is not valid\"");
    EXPECT_EQ(quoted("4711"), "\"***\"");
    EXPECT_EQ(quoted("pin=4711, 120364;0815"), "\"pin=***, ***;***\"");
    EXPECT_EQ(quoted("at most 100 of 5bf41234567890c0ffee1234 in line 12"),
              "\"at most 100 of 5bf41234567890c0ffee1234 in line 12\"");
}

TEST(ErrorAnswerTest, AnyBodyIsTolerated) {
    for (const char* body : {"", "<html>502</html>", "{", "[]", R"({"error":"text"})",
                             R"({"error":{"type":7,"message":[]}})", R"({"error":null})"}) {
        EXPECT_EQ(error_of(502, body).message, "Storeganise answered 502 for job j1") << body;
    }
}

TEST(ErrorAnswerTest, P8_AnAnswerToAWriteIsNotQuoted) {
    const std::string body = R"({"error":{"type":"ValidationError","message":"bad pin 4711"}})";
    const Error error = to_error({422, {}, body}, "a write to rental r1", false, kNow);
    EXPECT_EQ(error.message, "Storeganise answered 422 for a write to rental r1 ValidationError");
}

}  // namespace
}  // namespace gatehouse::storeganise
