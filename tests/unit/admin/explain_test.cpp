#include "admin/explain.hpp"

#include <gtest/gtest.h>

namespace gatehouse::admin {
namespace {

using nlohmann::json;

RentalStory story(const std::string& desired, const std::string& grant) {
    RentalStory story;
    story.business = "acme";
    story.rental_id = "r1";
    story.record = access::RentalRecord{};
    story.record->desired_json = desired;
    story.record->grant_json = grant;
    return story;
}

std::string summary(const RentalStory& told) {
    return explain_view(told)["summary"].get<std::string>();
}

constexpr const char* kActive =
    R"({"schema":1,"state":"active","targets":["group:1"],"from_ms":1700000000000,
        "until_ms":null,"renter":{"id":"u1","name":"Ann","email":"a@b.c","phone":"1"},
        "overlock":{"debt":false,"staff":false},"reasons":["occupied"]})";
constexpr const char* kGranted =
    R"({"schema":1,"state":"active","pending":false,"detail":"","applied_ms":1700000000000,
        "targets":[{"target":"group:1","name":"A12"}],"references":{"role_assignment":"x"}})";

TEST(Explain, SaysWhoMayOpenWhatAndWhy) {
    const json view = explain_view(story(kActive, kGranted));
    EXPECT_EQ(view["summary"], "the renter may open group:1 (A12) (occupied)");
    EXPECT_EQ(view["desired"]["from"], "2023-11-14T22:13:20.000Z");
    EXPECT_EQ(view["desired"]["renter"]["email"], "a@b.c");
    EXPECT_EQ(view["grant"]["references"], json::array({"role_assignment"}));
    EXPECT_TRUE(view["pending"].is_null());
    EXPECT_TRUE(view["dead_letter"].is_null());
}

TEST(Explain, SaysWhatIsStillToBeDone) {
    RentalStory told = story(R"({"state":"ended","reasons":["moved out"]})", kGranted);
    EXPECT_EQ(summary(told), "the renter may open group:1 (A12) (moved out); it should be ended");
    told.waiting = store::Store::Waiting{1'700'000'060'000, 3, false, "kisi: 503"};
    EXPECT_EQ(summary(told),
              "the renter may open group:1 (A12) (moved out); it should be ended; tried again at "
              "2023-11-14T22:14:20.000Z");
    told.dead_letter = dispatch::DeadLetter{};
    told.dead_letter->error = Error{ErrorKind::kInvalid, "no e-mail"};
    EXPECT_NE(summary(told).find("; given up, a person must look: no e-mail"), std::string::npos);
}

TEST(Explain, KnowsEveryState) {
    EXPECT_EQ(summary(story("", "")), "nobody may open anything through this rental");
    EXPECT_EQ(summary(story(R"({"state":"suspended","reasons":["overdue"]})",
                            R"({"state":"suspended","targets":[{"target":"group:1"}]})")),
              "the renter is locked out of group:1 (overdue)");
    EXPECT_EQ(summary(story(R"({"state":"active"})", R"({"state":"active","pending":true})")),
              "the renter may open nothing; the vendor has accepted this but not done it yet");
    RentalStory unknown = story("", "");
    unknown.record.reset();
    EXPECT_EQ(summary(unknown), "Gatehouse has not looked at this rental yet");
}

TEST(Explain, SurvivesDocumentsThatItCannotRead) {
    for (const char* document : {"not json", "[]", "7", R"({"state":7,"targets":3,"reasons":{}})",
                                 R"({"targets":[1,{"target":2}],"references":[1],"renter":1})"}) {
        EXPECT_FALSE(summary(story(document, document)).empty()) << document;
    }
}

}  // namespace
}  // namespace gatehouse::admin
