#include <gtest/gtest.h>

#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

using Ids = std::vector<std::string>;

Ids rentals_of(const std::string& members) {
    const auto job =
        read_job(R"({"id":"j1","type":"unit_moveIn","state":"completed",)" + members + "}", "j1");
    if (!job) {
        ADD_FAILURE() << job.error().message;
        return {};
    }
    return job->rental_ids;
}

TEST(JobAnswerTest, ReadsIdTypeAndState) {
    const auto job = read_job(R"({"id":"j1","type":"unit_moveOut","state":"running","x":1})", "j1");
    ASSERT_TRUE(job);
    EXPECT_EQ(job->id, "j1");
    EXPECT_EQ(job->type, "unit_moveOut");
    EXPECT_EQ(job->state, "running");
    EXPECT_TRUE(job->rental_ids.empty());
}

TEST(JobAnswerTest, FindsTheRentalWhereverTheJobKeepsIt) {
    EXPECT_EQ(rentals_of(R"("result":{"unitRentalId":"r1"})"), Ids{"r1"});
    EXPECT_EQ(rentals_of(R"("steps":[{"type":"order"},
                                     {"type":"start","result":{"unitRentalId":"r2"}}])"),
              Ids{"r2"});
    EXPECT_EQ(rentals_of(R"("data":{"unitRentalId":"r3"})"), Ids{"r3"});
    EXPECT_EQ(rentals_of(R"("data":{"unitRentalIds":["r4","r5","r4"]})"), (Ids{"r4", "r5"}));
    EXPECT_EQ(rentals_of(R"("data":{"unitRentalId":{"id":"r6","unitId":"u"}})"), Ids{"r6"});
}

TEST(JobAnswerTest, TheSameRentalInSeveralPlacesIsOne) {
    EXPECT_EQ(rentals_of(R"("result":{"unitRentalId":"r1"},"data":{"unitRentalId":"r1"},
                            "steps":[{"type":"start","result":{"unitRentalId":"r1"}}])"),
              Ids{"r1"});
}

TEST(JobAnswerTest, ATransferSpeaksOfTheNewAndTheOldRental) {
    EXPECT_EQ(rentals_of(R"("steps":[{"type":"start","result":{"unitRentalId":"new"}}],
                            "data":{"oldRentalId":"old","newUnitId":"u2"})"),
              (Ids{"new", "old"}));
    EXPECT_EQ(rentals_of(R"("data":{"newRentalId":{"id":"new"},"oldRentalId":{"id":"old"}})"),
              (Ids{"new", "old"}));
}

TEST(JobAnswerTest, OddPartsArePassedOver) {
    EXPECT_EQ(rentals_of(R"("result":null,"steps":{"type":"start"},"data":[])"), Ids{});
    EXPECT_EQ(rentals_of(R"("result":"x","steps":[null,7,{"type":"start"}],
                            "data":{"unitRentalId":7})"),
              Ids{});
    EXPECT_EQ(rentals_of(R"("data":{"unitRentalIds":["","..","a/b",null,{"id":3},["x"],"ok"]})"),
              Ids{"ok"});
    EXPECT_EQ(rentals_of(R"("data":{"unitId":"u1"})"), Ids{});
}

TEST(JobAnswerTest, TheNumberOfRentalsIsBounded) {
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += (i == 0 ? "\"r" : ",\"r") + std::to_string(i) + "\"";
    }
    EXPECT_EQ(rentals_of(R"("data":{"unitRentalIds":[)" + many + "]}").size(), 64U);
}

TEST(JobAnswerTest, P6_AnotherJobsAnswerIsInvalid) {
    const auto job = read_job(R"({"id":"j2","type":"unit_moveIn"})", "j1");
    ASSERT_FALSE(job);
    EXPECT_EQ(job.error().kind, ErrorKind::kInvalid);
}

TEST(JobAnswerTest, P6_AnUnreadableAnswerIsUnavailable) {
    for (const char* body : {"", "{", "null", "[]", "\"j1\"", "{}", R"({"id":"j1"})",
                             R"({"type":"unit_moveIn"})", R"({"id":1,"type":"x"})",
                             "<html>proxy</html>", R"({"id":"j1","type":"unit_moveIn","data":{)"}) {
        const auto job = read_job(body, "j1");
        ASSERT_FALSE(job) << body;
        EXPECT_EQ(job.error().kind, ErrorKind::kUnavailable) << body;
    }
    EXPECT_FALSE(read_job(std::string(100'000, '['), "j1"));
}

TEST(IdTest, IsFitForAPath) {
    for (const char* id : {"5bf540e8d986a91cd713affe", "a", "a b?c"}) {
        EXPECT_EQ(is_usable_id(id), std::string(id).find(' ') == std::string::npos) << id;
    }
    for (const std::string& id : {std::string(), std::string("."), std::string(".."),
                                  std::string("a/b"), std::string("a\nb"), std::string("a\0b", 3),
                                  std::string("\xc3\xa4"), std::string(129, 'a')}) {
        EXPECT_FALSE(is_usable_id(id)) << id;
    }
}

}  // namespace
}  // namespace gatehouse::storeganise
