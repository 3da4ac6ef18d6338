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

TEST(JobAnswerTest, CaseAndBlanksOfAStateAreForgiven) {
    const auto read = [](const std::string& state) {
        return *read_job(R"({"id":"j1","type":"unit_moveOut","state":")" + state + "\"}", "j1");
    };
    EXPECT_EQ(read("Completed ").state, "completed");
    EXPECT_TRUE(read(" Cancelled").is_cancelled());
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

TEST(JobAnswerTest, NoRentalIsLeftOutHoweverManyThereAre) {
    Ids ids;
    std::string list;
    for (int i = 0; i < 700; ++i) {
        ids.push_back("r" + std::to_string(i));
        list.append(list.empty() ? "\"" : ",\"").append(ids.back()).append("\"");
    }
    EXPECT_EQ(rentals_of(R"("data":{"unitRentalIds":[)" + list + "]}"), ids);
}

TEST(JobAnswerTest, ATransferSpeaksOfTheNewAndTheOldRental) {
    EXPECT_EQ(rentals_of(R"("steps":[{"type":"start","result":{"unitRentalId":"new"}}],
                            "data":{"oldRentalId":"old","newUnitId":"u2"})"),
              (Ids{"new", "old"}));
    EXPECT_EQ(rentals_of(R"("data":{"newRentalId":{"id":"new"},"oldRentalId":{"id":"old"}})"),
              (Ids{"new", "old"}));
}

TEST(JobAnswerTest, ATransferTellsWhichRentalIsWhich) {
    const auto transfer = [](const std::string& members) {
        return *read_job(R"({"id":"j1","type":"unit_transfer",)" + members + "}", "j1");
    };
    const Job full = transfer(R"("data":{"newRentalId":{"id":"new"},"oldRentalId":{"id":"old"}})");
    EXPECT_EQ(full.old_rental_id, "old");
    EXPECT_EQ(full.new_rental_id, "new");
    const Job steps = transfer(R"("steps":[{"type":"start","result":{"unitRentalId":"new"}}],
                                  "data":{"oldRentalId":"old","newUnitId":"u2"})");
    EXPECT_EQ(steps.old_rental_id, "old");
    EXPECT_EQ(steps.new_rental_id, "new");
    const Job half = transfer(R"("data":{"oldRentalId":"old","unitRentalId":"old"})");
    EXPECT_EQ(half.old_rental_id, "old");
    EXPECT_EQ(half.new_rental_id, "");
    const auto other =
        read_job(R"({"id":"j1","type":"unit_moveIn","data":{"oldRentalId":"old"}})", "j1");
    EXPECT_EQ(other->old_rental_id, "");
}

TEST(JobAnswerTest, TheDayOfAMoveOutStandsInDateOrMoveOutDate) {
    const auto read = [](const std::string& data) {
        return *read_job(R"({"id":"j1","type":"unit_moveOut","data":)" + data + "}", "j1");
    };
    EXPECT_EQ(read(R"({"date":"2026-11-30"})").date, "2026-11-30");
    EXPECT_EQ(read(R"({"moveOutDate":"2026-11-30"})").date, "2026-11-30");
    EXPECT_EQ(read(R"({"date":"2026-11-30T22:00:00.000Z"})").date, "2026-11-30");
    EXPECT_EQ(read(R"({"date":null,"moveOutDate":"2026-12-01"})").date, "2026-12-01");
    EXPECT_EQ(read(R"({"date":"","moveOutDate":"2026-12-01"})").date, "2026-12-01");
    EXPECT_EQ(read(R"({"date":" "})").date, std::nullopt);
    EXPECT_TRUE(read(R"({"date":""})").is_date_readable);
    EXPECT_EQ(read("{}").date, std::nullopt);
    EXPECT_TRUE(read("{}").is_date_readable);
    EXPECT_FALSE(read(R"({"date":"next week"})").is_date_readable);
    EXPECT_FALSE(read(R"({"date":20261130})").is_date_readable);
}

TEST(JobAnswerTest, ReadsWhenItWasChanged) {
    EXPECT_EQ(read_job(R"({"id":"j1","type":"t","updated":"2026-11-22T08:00:00.500Z"})", "j1")
                  ->updated_ms,
              *parse_utc("2026-11-22T08:00:00.500Z"));
    EXPECT_EQ(read_job(R"({"id":"j1","type":"t","updated":"yesterday"})", "j1")->updated_ms, 0);
}

TEST(JobAnswerTest, OpenStepsAreThoseThatAreNotCompleted) {
    const auto open = [](const std::string& members) {
        return read_open_steps(R"({"id":"j1","type":"task",)" + members + "}", "j1");
    };
    EXPECT_EQ(*open(R"("state":"ready","steps":[{"id":"s1","state":"completed"},
                       {"id":"s2","state":"ready"},{"id":"s3"},{"id":7},null])"),
              (Ids{"s2", "s3"}));
    EXPECT_EQ(*open(R"("state":"completed","steps":[{"id":"s1","state":"ready"}])"), Ids{});
    EXPECT_EQ(*open(R"("state":"cancelled")"), Ids{});
    EXPECT_EQ(open(R"("state":"ready","steps":[])").error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(read_open_steps(R"({"id":"j2","type":"task"})", "j1").error().kind,
              ErrorKind::kInvalid);
}

TEST(JobAnswerTest, ANewJobIsNamed) {
    EXPECT_EQ(*read_made_job(R"({"id":"j9","type":"task"})"), "j9");
    for (const char* body : {"", "[]", "{}", R"({"id":""})", R"({"id":"a/b"})"}) {
        EXPECT_EQ(read_made_job(body).error().kind, ErrorKind::kUnavailable) << body;
    }
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
