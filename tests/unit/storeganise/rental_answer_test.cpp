#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;

json sample() {
    return json::parse(R"({
        "id": "r1", "unitId": "u1", "siteId": "s1", "ownerId": "o1", "state": "occupied",
        "startDate": "2026-11-22", "moveInJobId": "j1", "moveOutJobId": null, "overdue": null, "price": 99.5, "unknown": {"x": [1]},
        "customFields": {"kisi_overlocked": false, "kisi_pinCode": "4711", "kisi_status": null,
                         "days": 30, "rate": 1.5, "tags": ["a", "b"]},
        "unit": {"id": "u1", "siteId": "s1", "name": "A12", "customFields": {"kisi_id": "group:4711"},
                 "site": {"id": "s1", "code": "berlin"}},
        "owner": {"id": "o1", "name": "Ada Example", "email": "ada@example.com",
                  "phone": "+49 30 1234", "language": "de"}
    })");
}

Result<access::Facts> read(const json& rental) {
    return read_rental(rental.dump(), "r1");
}

ErrorKind kind_without(const std::string& pointer) {
    json rental = sample();
    const json::json_pointer at(pointer);
    rental[at.parent_pointer()].erase(at.back());
    const auto facts = read(rental);
    EXPECT_FALSE(facts) << pointer;
    return facts ? ErrorKind::kInternal : facts.error().kind;
}

ErrorKind kind_with(const std::string& pointer, const json& value) {
    json rental = sample();
    rental[json::json_pointer(pointer)] = value;
    const auto facts = read(rental);
    EXPECT_FALSE(facts) << pointer;
    return facts ? ErrorKind::kInternal : facts.error().kind;
}

TEST(RentalAnswerTest, ReadsTheFacts) {
    const auto facts = read(sample());
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->rental_id, "r1");
    EXPECT_EQ(facts->site_id, "s1");
    EXPECT_EQ(facts->site_code, "berlin");
    EXPECT_EQ(facts->unit_id, "u1");
    EXPECT_EQ(facts->unit_name, "A12");
    EXPECT_EQ(facts->state, "occupied");
    EXPECT_FALSE(facts->is_overdue);
    EXPECT_EQ(facts->start_date, "2026-11-22");
    EXPECT_EQ(facts->end_date, std::nullopt);
    EXPECT_EQ(facts->move_in_job_id, "j1");
    EXPECT_EQ(facts->move_out_job_id, "");
    EXPECT_EQ(facts->renter.id, "o1");
    EXPECT_EQ(facts->renter.name, "Ada Example");
    EXPECT_EQ(facts->renter.email, "ada@example.com");
    EXPECT_EQ(facts->renter.phone, "+49 30 1234");
    EXPECT_EQ(facts->renter.language, "de");
    EXPECT_EQ(facts->unit_fields.at("kisi_id"), "group:4711");
    EXPECT_EQ(facts->rental_fields.at("kisi_overlocked"), "false");
    EXPECT_EQ(facts->rental_fields.at("kisi_pinCode"), "4711");
    EXPECT_EQ(facts->rental_fields.at("kisi_status"), std::nullopt);
    EXPECT_EQ(facts->rental_fields.at("days"), "30");
    EXPECT_EQ(facts->rental_fields.at("rate"), "1.5");
    EXPECT_EQ(facts->rental_fields.at("tags"), "a,b");
    EXPECT_EQ(facts->rental_fields.count("kisi_resync"), 0U);
}

TEST(RentalAnswerTest, WhatIsOptionalMayBeAbsent) {
    json rental = sample();
    for (const char* pointer : {"/startDate", "/overdue", "/unit/name", "/unit/site", "/siteId",
                                "/owner/email", "/owner/phone", "/owner/language", "/owner/name"}) {
        const json::json_pointer at(pointer);
        rental[at.parent_pointer()].erase(at.back());
    }
    rental["owner"]["firstName"] = "Ada";
    rental["owner"]["lastName"] = "Example";
    const auto facts = read(rental);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->start_date, std::nullopt);
    EXPECT_EQ(facts->unit_name, "");
    EXPECT_EQ(facts->site_id, "s1");
    EXPECT_EQ(facts->site_code, "");
    EXPECT_EQ(facts->renter.email, "");
    EXPECT_EQ(facts->renter.name, "Ada Example");
}

TEST(RentalAnswerTest, AStartIsADayHoweverItIsWritten) {
    for (const char* start :
         {"2026-11-22", "2026-11-22T00:00:00.000Z", "2026-11-22T23:30:00+01:00"}) {
        json rental = sample();
        rental["startDate"] = start;
        EXPECT_EQ(read(rental)->start_date, "2026-11-22") << start;
    }
}

TEST(RentalAnswerTest, ADateThatWasClearedIsNone) {
    for (const char* start : {"", " ", "\t"}) {
        json rental = sample();
        rental["startDate"] = start;
        const auto facts = read(rental);
        ASSERT_TRUE(facts) << facts.error().message;
        EXPECT_EQ(facts->start_date, std::nullopt);
    }
}

TEST(RentalAnswerTest, CaseAndBlanksOfAKnownStateAreForgiven) {
    const auto state = [](const char* sent) {
        json rental = sample();
        rental["state"] = sent;
        return read(rental)->state;
    };
    EXPECT_EQ(state("Occupied"), "occupied");
    EXPECT_EQ(state(" OCCUPIED\n"), "occupied");
    EXPECT_EQ(state("Ended"), "ended");
    EXPECT_EQ(state("Pre_Completed"), "pre_completed");
    EXPECT_EQ(state("Paused "), "Paused ") << "what is not known is told as it is";
}

TEST(RentalAnswerTest, BeforeTheMoveInThereMayBeNoUnit) {
    for (const char* state : {"submitted", "reserved", "Submitted"}) {
        json rental = sample();
        rental["state"] = state;
        rental["unitId"] = nullptr;
        rental.erase("unit");
        const auto facts = read(rental);
        ASSERT_TRUE(facts) << facts.error().message;
        EXPECT_EQ(facts->unit_id, "");
        EXPECT_EQ(facts->site_id, "s1");
    }
    json half = sample();
    half["state"] = "reserved";
    half.erase("unitId");
    EXPECT_FALSE(read(half)) << "a unit that nothing names";
}

TEST(RentalAnswerTest, JobsAreNamedAsTextOrAsObjects) {
    json rental = sample();
    rental["moveInJobId"] = {{"id", "j7"}};
    rental["moveOutJobId"] = "j8";
    const auto facts = read(rental);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->move_in_job_id, "j7");
    EXPECT_EQ(facts->move_out_job_id, "j8");
    EXPECT_EQ(kind_with("/moveOutJobId", "../units"), ErrorKind::kUnavailable);
}

TEST(RentalAnswerTest, OverdueIsAnythingTruthy) {
    const auto is_overdue = [](const json& value) {
        json rental = sample();
        rental["overdue"] = value;
        return read(rental)->is_overdue;
    };
    EXPECT_TRUE(is_overdue("2026-11-01T12:00:00.000Z"));
    EXPECT_TRUE(is_overdue(true));
    EXPECT_TRUE(is_overdue(1));
    EXPECT_TRUE(is_overdue(json::object()));
    EXPECT_FALSE(is_overdue(false));
    EXPECT_FALSE(is_overdue(nullptr));
    EXPECT_FALSE(is_overdue(""));
    EXPECT_FALSE(is_overdue(0));
}

TEST(RentalAnswerTest, P6_AForeignPartIsInvalid) {
    for (const char* pointer : {"/id", "/unit/id", "/owner/id", "/unit/siteId", "/unit/site/id"}) {
        EXPECT_EQ(kind_with(pointer, "other"), ErrorKind::kInvalid) << pointer;
    }
    EXPECT_EQ(kind_with("/unitId", "other"), ErrorKind::kInvalid);
    EXPECT_EQ(kind_with("/ownerId", "other"), ErrorKind::kInvalid);
}

TEST(RentalAnswerTest, P6_AMissingPartIsUnavailable) {
    for (const char* pointer : {"/id", "/unitId", "/ownerId", "/state", "/unit", "/owner",
                                "/unit/id", "/owner/id", "/customFields", "/unit/customFields"}) {
        EXPECT_EQ(kind_without(pointer), ErrorKind::kUnavailable) << pointer;
        EXPECT_EQ(kind_with(pointer, nullptr), ErrorKind::kUnavailable) << pointer;
        EXPECT_EQ(kind_with(pointer, 7), ErrorKind::kUnavailable) << pointer;
    }
    EXPECT_EQ(kind_with("/customFields", json::array()), ErrorKind::kUnavailable);
    EXPECT_EQ(kind_with("/startDate", "soon"), ErrorKind::kUnavailable);
    EXPECT_EQ(kind_with("/startDate", 20261122), ErrorKind::kUnavailable);
    EXPECT_EQ(kind_with("/state", ""), ErrorKind::kUnavailable);
    json rental = sample();
    rental.erase("siteId");
    rental["unit"].erase("siteId");
    EXPECT_EQ(read(rental).error().kind, ErrorKind::kUnavailable);
}

TEST(RentalAnswerTest, P6_EveryCutOfAnAnswerIsUnavailable) {
    const std::string whole = sample().dump();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto facts = read_rental(whole.substr(0, size), "r1");
        ASSERT_FALSE(facts) << size;
        EXPECT_EQ(facts.error().kind, ErrorKind::kUnavailable) << size;
    }
}

TEST(RentalAnswerTest, AWriteIsAnsweredForItsOwnRental) {
    EXPECT_TRUE(read_written("{}", "r1"));
    EXPECT_TRUE(read_written(R"({"id":"r1"})", "r1"));
    EXPECT_EQ(read_written(R"({"id":"r2"})", "r1").error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(read_written("", "r1").error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(read_written("<html>", "r1").error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace gatehouse::storeganise
