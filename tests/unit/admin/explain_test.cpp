#include "admin/explain.hpp"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "admin/views.hpp"

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
    EXPECT_EQ(view["grant"]["references"], (json{{"role_assignment", "x"}}));
    EXPECT_EQ(view["can_open"], (json::parse(R"([{"target":"group:1","name":"A12"}])")));
    EXPECT_EQ(view["decided_by"], "active");
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
    EXPECT_EQ(summary(story(R"({"state":"suspended","reasons":["overdue"],"targets":["group:2"]})",
                            R"({"state":"suspended","targets":[]})")),
              "the renter is locked out of group:2 (overdue)");
    EXPECT_EQ(
        summary(story(kActive, R"({"state":"active","pending":true})")),
        "the renter will be able to open group:1 (occupied); the vendor has accepted this, it "
        "is not confirmed yet");
    EXPECT_EQ(summary(story(R"({"state":"ended","targets":["group:1"],"reasons":["moved out"]})",
                            R"({"state":"ended","pending":true,"targets":[]})")),
              "the renter's access is being ended (moved out); the vendor has accepted this, it is "
              "not confirmed yet: the doors may still open");
    RentalStory unknown = story("", "");
    unknown.record.reset();
    EXPECT_EQ(summary(unknown), "Gatehouse has not looked at this rental yet");
}

TEST(Explain, TellsWhichOverlockDecided) {
    for (const auto& [debt, staff, expected] :
         {std::tuple(true, false, "debt overlock"), std::tuple(false, true, "staff overlock"),
          std::tuple(true, true, "staff overlock")}) {
        const json desired = {{"state", "suspended"},
                              {"overlock", {{"debt", debt}, {"staff", staff}}}};
        const json view = explain_view(story(desired.dump(), R"({"state":"suspended"})"));
        EXPECT_EQ(view["decided_by"], expected);
        EXPECT_EQ(view["can_open"], json::array());
    }
}

TEST(Explain, SaysWhatWaitsForAPerson) {
    RentalStory told = story(R"({"state":"ended","reasons":["moved out"]})", kGranted);
    told.record->fuse_blocked_ms = 1'700'000'000'000;
    told.transfers = {{"acme", "r1", "r2", "job", 1'700'000'000'000, 0}};
    told.alerts = {{.business = "acme", .subject = "rental:r1", .text = "no e-mail"}};
    const json view = explain_view(told);
    EXPECT_NE(summary(told).find("its end waits for a person since 2023-11-14T22:13:20.000Z"),
              std::string::npos);
    EXPECT_NE(summary(told).find("a transfer is under way"), std::string::npos);
    EXPECT_EQ(view["fuse_blocked"], "2023-11-14T22:13:20.000Z");
    EXPECT_EQ(view["transfers"][0]["to"], "r2");
    EXPECT_EQ(view["alerts"][0]["text"], "no e-mail");
}

TEST(Explain, ShowsTheSitesRule) {
    RentalStory told = story(kActive, kGranted);
    EXPECT_TRUE(explain_view(told)["rule"].is_null());
    config::Site rule;
    rule.site = "s1";
    rule.access = "doors";
    rule.targets = {"group:900"};
    told.rule = &rule;
    const json shown = explain_view(told)["rule"];
    EXPECT_EQ(shown["site"], "s1");
    EXPECT_EQ(shown["shared_targets"], json::array({"group:900"}));
    EXPECT_EQ(shown["overlock_on_overdue"], true);
}

TEST(Explain, ReferencesAreShortAndFew) {
    json grant = {{"state", "active"}, {"references", json::object()}};
    for (int i = 0; i < 100; ++i)
        grant["references"]["r" + std::to_string(i)] = std::string(1000, 'x');
    grant["references"]["assignments"] = {{"4711", 99}};
    grant["references"]["deep"] = {{"a", {{"b", 1}}}};
    grant["references"]["a_list"] = {1, "two", {{"three", 3}}};
    const json shown = explain_view(story(kActive, grant.dump()))["grant"]["references"];
    EXPECT_EQ(shown.size(), 32U);
    EXPECT_EQ(shown["assignments"], (json{{"4711", 99}}));
    EXPECT_EQ(shown["deep"], (json{{"a", nullptr}}));
    EXPECT_EQ(shown["a_list"], (json{1, "two", nullptr}));
    EXPECT_LT(shown["r0"].get<std::string>().size(), 80U);
}

TEST(Explain, FindsTheRuleOfASiteByIdOrByItsOnlyConnection) {
    config::Business business;
    for (const auto& [site, access] :
         {std::pair("CODE", "doors"), std::pair("s2", "gates"), std::pair("s3", "gates")}) {
        business.sites.emplace_back();
        business.sites.back().site = site;
        business.sites.back().access = access;
    }
    access::RentalRecord record;
    record.site_id = "s2";
    record.connection = "gates";
    EXPECT_EQ(rule_of(business, record), &business.sites[1]);
    record.site_id = "s1";
    EXPECT_EQ(rule_of(business, record), nullptr);
    record.connection = "doors";
    EXPECT_EQ(rule_of(business, record), &business.sites[0]);
}

TEST(Explain, FindsTheRuleOfASiteByTheCodeThatWasRead) {
    config::Business business;
    for (const char* site : {"lon1", "*"}) {
        business.sites.emplace_back();
        business.sites.back().site = site;
        business.sites.back().access = "doors";
    }
    access::RentalRecord record;
    record.site_id = "s1";
    record.connection = "doors";
    EXPECT_EQ(rule_of(business, record), nullptr) << "either may be";
    record.desired_json = R"({"state":"active","site_code":"lon1"})";
    EXPECT_EQ(rule_of(business, record), &business.sites[0]);
    record.desired_json = R"({"state":"active","site_code":"ber1"})";
    EXPECT_EQ(rule_of(business, record), &business.sites[1]);
}

TEST(ExplainMany, TellsThoseWhoCanFromThoseWhoCannot) {
    RentalStory open = story(kActive, kGranted);
    RentalStory other_door = story(kActive, kGranted);
    other_door.record->grant_json = R"({"state":"active","targets":[{"target":"group:2"}]})";
    RentalStory locked = story(R"({"state":"suspended","reasons":["overdue"]})",
                               R"({"state":"suspended","targets":[{"target":"group:1"}]})");
    locked.waiting = store::Store::Waiting{1'700'000'060'000, 3, false, "503"};
    const Asked target{"acme", access::RentalKey::kTarget, "group:1"};
    const json view = explain_many_view(target, {open, other_door, locked});
    EXPECT_EQ(view["kind"], "target");
    EXPECT_EQ(view["id"], "group:1");
    EXPECT_EQ(view["summary"], "this target can be opened through 1 of 3 rentals now");
    ASSERT_EQ(view["can_open"].size(), 1U);
    EXPECT_EQ(view["can_open"][0]["renter"]["name"], "Ann");
    ASSERT_EQ(view["cannot_open"].size(), 2U);
    EXPECT_EQ(view["cannot_open"][1]["pending"]["due"], "2023-11-14T22:14:20.000Z");
    EXPECT_EQ(view["cannot_open"][1]["summary"],
              "the renter is locked out of group:1 (overdue); tried again at "
              "2023-11-14T22:14:20.000Z");

    const Asked renter{"acme", access::RentalKey::kRenter, "p1"};
    EXPECT_EQ(explain_many_view(renter, {open, other_door, locked})["can_open"].size(), 2U);
    EXPECT_EQ(explain_many_view(renter, {locked})["summary"],
              "doors of this renter can be opened through none of 1 rentals now");
}

// An end that the vendor did not carry out leaves the door open, whatever was decided.
TEST(Explain, WhatDidNotWorkIsNotTakenForDone) {
    json grant = json::parse(kGranted);
    grant["pending"] = true;
    grant["attempted"] = {{"state", "ended"}, {"reasons", {"the rental is ended"}}};
    RentalStory told = story(kActive, grant.dump());
    told.waiting = store::Store::Waiting{1'700'000'060'000, 3, false, "Kisi answered 500"};
    const json view = explain_view(told);
    EXPECT_EQ(view["summary"],
              "the renter may still open group:1 (A12); it should be ended (the rental is ended), "
              "which has not worked yet; tried again at 2023-11-14T22:14:20.000Z");
    EXPECT_EQ(view["can_open"].size(), 1U);
    EXPECT_EQ(view["desired"]["state"], "ended");
    EXPECT_EQ(view["decided_by"], "ended");
    const Asked target{"acme", access::RentalKey::kTarget, "group:1"};
    EXPECT_EQ(explain_many_view(target, {told})["can_open"].size(), 1U);

    grant["targets"] = json::array();
    grant["attempted"]["state"] = "active";
    const json first = explain_view(story(kActive, grant.dump()));
    EXPECT_EQ(first["summary"],
              "the renter may open nothing; it should be active (the rental is ended), which has "
              "not worked yet");
    EXPECT_EQ(first["can_open"], json::array());
}

TEST(Explain, WhatIsBeingShutIsOpenUntilTheVendorConfirms) {
    const RentalStory told =
        story(R"({"state":"suspended","reasons":["overdue"],"targets":["group:1"]})",
              R"({"state":"suspended","pending":true,"targets":[]})");
    const json view = explain_view(told);
    EXPECT_EQ(view["summary"],
              "the renter is being locked out of group:1 (overdue); the vendor has accepted this, "
              "it is not confirmed yet: the doors may still open");
    EXPECT_EQ(view["can_open"], (json::parse(R"([{"target":"group:1","name":""}])")));
    const RentalStory given = story(kActive, R"({"state":"active","pending":true,"targets":[]})");
    EXPECT_EQ(explain_view(given)["can_open"], json::array());
}

// Every way in which a grant can stand between asked and confirmed, in every view of it.
TEST(Explain, WhatWasOnlyMeantIsNeverShownAsGranted) {
    struct Case {
        const char* what;
        const char* grant;
        json granted;
        bool is_pending;
        std::size_t open;
    };
    const std::vector<Case> cases{
        {"nothing", "", nullptr, false, 0},
        {"confirmed", R"({"state":"active","confirmed":"active","targets":[{"target":"group:1"}]})",
         "active", false, 1},
        {"the first call failed",
         R"({"state":"active","pending":true,"confirmed":null,"targets":[],"attempted":{}})",
         nullptr, true, 0},
        {"the first call failed, as it was stored before",
         R"({"state":"active","pending":true,"targets":[],"attempted":{}})", nullptr, true, 0},
        {"accepted",
         R"({"state":"active","pending":true,"confirmed":null,"targets":[{"target":"group:1"}]})",
         nullptr, true, 0},
        {"accepted, then the poll failed",
         R"({"state":"active","pending":true,"confirmed":null,"targets":[{"target":"group:1"}],
             "attempted":{"state":"active"}})",
         nullptr, true, 0},
        {"confirmed, then a call failed",
         R"({"state":"active","pending":true,"confirmed":"active",
             "targets":[{"target":"group:1"}],"attempted":{"state":"ended"}})",
         "active", true, 1},
        {"the same as it was stored before",
         R"({"state":"active","pending":true,"targets":[{"target":"group:1"}],
             "attempted":{"state":"ended"}})",
         "active", true, 1},
        {"confirmed, an end accepted, then the poll failed",
         R"({"state":"ended","pending":true,"confirmed":"active","targets":[],
             "attempted":{"state":"ended","targets":["group:1"]}})",
         "active", true, 1},
        {"suspended, then reopened and accepted",
         R"({"state":"active","pending":true,"confirmed":"suspended",
             "targets":[{"target":"group:1"}]})",
         "suspended", true, 0},
        {"no state at all", R"({"pending":true,"confirmed":7,"state":[]})", nullptr, true, 0},
    };
    for (const Case& one : cases) {
        const RentalStory told = story(kActive, one.grant);
        const json listed = rental_view(*told.record);
        EXPECT_EQ(listed["granted"], one.granted) << one.what;
        EXPECT_EQ(listed["grant_pending"], one.is_pending) << one.what;
        const json explained = explain_view(told);
        EXPECT_EQ(explained["can_open"].size(), one.open) << one.what;
        if (*one.grant != '\0') {
            EXPECT_EQ(explained["grant"]["state"], one.granted) << one.what;
        }
        const std::string told_as = explained["summary"].get<std::string>();
        EXPECT_TRUE(one.open > 0 || told_as.find("may open group") == std::string::npos)
            << one.what << ": " << told_as;
        EXPECT_TRUE(!one.is_pending || told_as.find("not confirmed yet") != std::string::npos ||
                    told_as.find("which has not worked yet") != std::string::npos)
            << one.what << ": " << told_as;
        const Asked renter{"acme", access::RentalKey::kRenter, "p1"};
        const json many = explain_many_view(renter, {told});
        EXPECT_EQ(many["can_open"].size(), one.open) << one.what;
        const json& line = many[one.open == 0 ? "cannot_open" : "can_open"][0];
        EXPECT_EQ(line["granted"], one.granted) << one.what;
        EXPECT_EQ(line["grant_pending"], one.is_pending) << one.what;
    }
}

TEST(Explain, SurvivesDocumentsThatItCannotRead) {
    for (const char* document : {"not json", "[]", "7", R"({"state":7,"targets":3,"reasons":{}})",
                                 R"({"targets":[1,{"target":2}],"references":[1],"renter":1})"}) {
        const RentalStory told = story(document, document);
        EXPECT_FALSE(summary(told).empty()) << document;
        const Asked asked{"acme", access::RentalKey::kTarget, "group:1"};
        EXPECT_EQ(explain_many_view(asked, {told})["cannot_open"].size(), 1U) << document;
    }
}

}  // namespace
}  // namespace gatehouse::admin
