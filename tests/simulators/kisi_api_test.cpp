#include "simulators/kisi_api.hpp"

#include <gtest/gtest.h>

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

class KisiApiTest : public testing::Test {
  protected:
    KisiApiTest() {
        api_.set_rate_limited(false);
        KisiOrganization& acme = model_.organization("acme");
        KisiGroup group;
        group.id = 4711;
        group.name = "Unit A12";
        model_.add(acme, group);
        KisiLock lock;
        lock.id = 12;
        lock.name = "A12 door";
        model_.add(acme, lock);
        KisiGroupLock link;
        link.group_id = 4711;
        link.lock_id = 12;
        model_.add(acme, link);
    }

    Reply call(const std::string& method, const std::string& path, const json& body = nullptr,
               const std::string& query = "") {
        return api_.answer(
            {method, path, query, "KISI-LOGIN kisi-key-acme", body.is_null() ? "" : body.dump()});
    }

    json make_user(const std::string& email) {
        const Reply reply = call("POST", "/users", {{"user", {{"email", email}}}});
        EXPECT_EQ(reply.status, 200) << reply.body;
        return json::parse(reply.body);
    }

    Reply assign(const json& user, json further = json::object()) {
        json body = {{"applies_to_type", "Group"},
                     {"applies_to_id", 4711},
                     {"assignee_type", "User"},
                     {"assignee_id", user["id"]},
                     {"role_id", "group_basic"}};
        body.update(further);
        return call("POST", "/role_assignments", {{"role_assignment", body}});
    }

    std::size_t doors(const std::string& email, const char* at = "2026-06-01T00:00:00Z") {
        return KisiModel::open_doors(model_.organization("acme"), email, *parse_utc(at)).size();
    }

    KisiModel model_;
    Recorder recorder_;
    KisiApi api_{model_, recorder_};
};

TEST_F(KisiApiTest, CreatesUnwrappedWith200AndAnIntegerId) {
    const json user = make_user("Ann@example.test");
    EXPECT_TRUE(user["id"].is_number_integer());
    EXPECT_EQ(user["resource_type"], "User");
    EXPECT_EQ(user["access_enabled"], true);
    EXPECT_TRUE(user["created_at"].is_string());
}

TEST_F(KisiApiTest, UsersAreUniqueByEMailWhateverTheCase) {
    make_user("ann@example.test");
    const Reply again = call("POST", "/users", {{"user", {{"email", "ANN@example.test"}}}});
    EXPECT_EQ(again.status, 422);
    EXPECT_EQ(json::parse(again.body)["errors"]["email"][0], "has already been taken");
    const Reply found = call("GET", "/users", nullptr, "email=Ann%40Example.test");
    EXPECT_EQ(json::parse(found.body).size(), 1U);
}

TEST_F(KisiApiTest, RefusesWhatTheDocumentsDoNotList) {
    EXPECT_EQ(call("POST", "/users", {{"user", {{"name", "Ann"}}}}).status, 422);
    EXPECT_EQ(call("POST", "/users", {{"user", {{"email", "a@b"}, {"phone", "1"}}}}).status, 422);
    EXPECT_EQ(call("POST", "/users", {{"email", "a@b"}}).status, 400);
    const std::string path = "/users/" + make_user("ann@example.test")["id"].dump();
    EXPECT_EQ(call("PATCH", path, {{"user", {{"email", "b@example.test"}}}}).status, 422);
    const std::string long_key(51, 'k');
    EXPECT_EQ(call("PATCH", path, {{"user", {{"metadata", {{long_key, "v"}}}}}}).status, 422);
    EXPECT_EQ(call("PATCH", path, {{"user", {{"metadata", {{"rental", "r1"}}}}}}).status, 204);
}

TEST_F(KisiApiTest, RangesAreNotClippedAndEmptyListsHaveNone) {
    EXPECT_EQ(call("GET", "/users", nullptr, "email=no%40example.test").headers,
              "X-Collection-Range: */0\r\n");
    for (int number = 0; number < 14; ++number) {
        make_user("renter-" + std::to_string(number) + "@example.test");
    }
    // With the owner there are 15.
    const Reply page = call("GET", "/users", nullptr, "offset=10&limit=10");
    EXPECT_EQ(page.headers, "X-Collection-Range: 10-19/15\r\n");
    EXPECT_EQ(json::parse(page.body).size(), 5U);
    EXPECT_EQ(call("GET", "/groups").headers, "X-Collection-Range: 0-9/1\r\n");
    EXPECT_EQ(call("GET", "/users", nullptr, "limit=5000").headers,
              "X-Collection-Range: 0-99/15\r\n");
    EXPECT_EQ(call("GET", "/users", nullptr, "offset=20001").status, 400);
}

TEST_F(KisiApiTest, ARoleOpensTheGroupsDoorsWithinItsWindow) {
    const json user = make_user("ann@example.test");
    EXPECT_EQ(doors("ann@example.test"), 0U);
    const Reply made = assign(
        user, {{"valid_from", "2026-05-01T00:00:00Z"}, {"valid_until", "2026-07-01T00:00:00Z"}});
    ASSERT_EQ(made.status, 200) << made.body;
    EXPECT_EQ(doors("ann@example.test", "2026-04-30T23:59:59Z"), 0U);
    EXPECT_EQ(doors("Ann@example.test", "2026-05-01T00:00:00Z"), 1U);
    EXPECT_EQ(doors("ann@example.test", "2026-07-01T00:00:00Z"), 0U);

    const std::string path = "/role_assignments/" + json::parse(made.body)["id"].dump();
    EXPECT_EQ(call("PATCH", path, {{"role_assignment", {{"valid_until", nullptr}}}}).status, 422);
    EXPECT_EQ(call("DELETE", path).status, 204);
    EXPECT_EQ(call("DELETE", path).status, 404);
    EXPECT_EQ(doors("ann@example.test"), 0U);
}

TEST_F(KisiApiTest, ASecondRoleInTheSameGroupIsRefused) {
    const json user = make_user("ann@example.test");
    EXPECT_EQ(assign(user).status, 200);
    EXPECT_EQ(assign(user).status, 422);
    EXPECT_EQ(assign(user, {{"role_id", "group_manager"}}).status, 422);
    const Reply list = call("GET", "/role_assignments", nullptr,
                            "assignee_type=User&assignee_id=" + user["id"].dump());
    EXPECT_EQ(json::parse(list.body).size(), 1U);
    EXPECT_EQ(recorder_.counters()["kisi"]["role_assignments_created"], 1);
}

TEST_F(KisiApiTest, ListsAreNarrowedDownAndPagedTogether) {
    KisiGroup other;
    other.id = 4712;
    model_.add(model_.organization("acme"), other);
    json users = json::array();
    for (const char* email : {"ann@example.test", "bob@example.test", "cy@example.test"}) {
        users.push_back(make_user(email));
        EXPECT_EQ(assign(users.back()).status, 200);
    }
    EXPECT_EQ(assign(users[1], {{"applies_to_id", 4712}}).status, 200);
    const auto names = [&](const std::string& path, const std::string& query, const char* member) {
        std::string text;
        const Reply reply = call("GET", path, nullptr, query);
        for (const json& entry : json::parse(reply.body)) {
            for (std::size_t at = 0; at < users.size(); ++at) {
                if (entry[member] == users[at]["id"]) text += std::to_string(at);
            }
        }
        return text + ' ' + reply.headers.substr(0, reply.headers.find('\r'));
    };
    EXPECT_EQ(names("/role_assignments", "", "assignee_id"), "0121 X-Collection-Range: 0-9/4");
    EXPECT_EQ(names("/role_assignments", "limit=2&offset=1", "assignee_id"),
              "12 X-Collection-Range: 1-2/4");
    EXPECT_EQ(names("/role_assignments", "applies_to_id=4711&limit=2&offset=1", "assignee_id"),
              "12 X-Collection-Range: 1-2/3");
    EXPECT_EQ(names("/role_assignments", "applies_to_type=Group&applies_to_id=4712", "assignee_id"),
              "1 X-Collection-Range: 0-9/1");
    EXPECT_EQ(names("/role_assignments", "applies_to_id=4713", "assignee_id"),
              " X-Collection-Range: */0");
    EXPECT_EQ(names("/role_assignments", "role_id=group_manager", "assignee_id"),
              " X-Collection-Range: */0");
    const std::string first = users[0]["id"].dump();
    const std::string last = users[2]["id"].dump();
    EXPECT_EQ(names("/users", "ids=" + last + "," + first + ",0" + first + ",7", "id"),
              "02 X-Collection-Range: 0-49/2");
    EXPECT_EQ(names("/users", "offset=9", "id"), " X-Collection-Range: 9-58/4");
    EXPECT_EQ(call("GET", "/users", nullptr, "offset=20001").status, 400);
}

TEST_F(KisiApiTest, RolesMustPointAtWhatExists) {
    const json user = make_user("ann@example.test");
    EXPECT_EQ(assign(user, {{"applies_to_id", 4712}}).status, 422);
    EXPECT_EQ(assign(user, {{"assignee_id", 1}}).status, 422);
    EXPECT_EQ(assign(user, {{"role_id", "king"}}).status, 422);
    EXPECT_EQ(assign(user, {{"valid_from", "tomorrow"}}).status, 422);
    EXPECT_EQ(assign(user, {{"applies_to_type", "Lock"}}).status, 422);
}

TEST_F(KisiApiTest, DisabledAccessAndLockedDownDoorsStayShut) {
    const json user = make_user("ann@example.test");
    assign(user);
    const std::string path = "/users/" + user["id"].dump();
    EXPECT_EQ(call("PATCH", path, {{"user", {{"access_enabled", false}}}}).status, 204);
    EXPECT_EQ(doors("ann@example.test"), 0U);
    EXPECT_EQ(call("PATCH", path, {{"user", {{"access_enabled", true}}}}).status, 204);
    EXPECT_EQ(doors("ann@example.test"), 1U);
    EXPECT_EQ(call("POST", "/locks/12/lock_down").status, 204);
    EXPECT_EQ(doors("ann@example.test"), 0U);
    EXPECT_EQ(call("POST", "/locks/12/unlock").status, 403);
    EXPECT_EQ(call("POST", "/locks/12/cancel_lockdown").status, 204);
    EXPECT_EQ(json::parse(call("POST", "/locks/12/unlock").body)["message"], "Unlocked!");
}

TEST_F(KisiApiTest, DeletingAUserOrAGroupTakesTheRolesAlong) {
    assign(make_user("ann@example.test"));
    const json bob = make_user("bob@example.test");
    assign(bob);
    EXPECT_EQ(call("DELETE", "/users/" + bob["id"].dump()).status, 204);
    EXPECT_EQ(json::parse(call("GET", "/role_assignments").body).size(), 1U);
    EXPECT_EQ(call("DELETE", "/groups/4711").status, 204);
    EXPECT_EQ(json::parse(call("GET", "/role_assignments").body).size(), 0U);
    EXPECT_EQ(doors("ann@example.test"), 0U);
}

TEST_F(KisiApiTest, DeprecatedPathsAndMembersAnswerAndAreCounted) {
    const Reply member = call("POST", "/members", {{"member", {{"email", "ann@example.test"}}}});
    EXPECT_EQ(member.status, 200) << member.body;
    EXPECT_NE(member.headers.find("Deprecation"), std::string::npos);
    const json user = json::parse(member.body);
    const Reply share =
        call("POST", "/shares", {{"share", {{"user_id", user["id"]}, {"group_id", 4711}}}});
    EXPECT_EQ(share.status, 200) << share.body;
    EXPECT_EQ(call("GET", "/role_assignments", nullptr, "user_id=" + user["id"].dump()).status,
              200);
    EXPECT_EQ(recorder_.counters()["kisi"]["deprecated"], 3);
}

TEST_F(KisiApiTest, GroupLocksNeedTheirGroup) {
    EXPECT_EQ(call("GET", "/group_locks").status, 400);
    const json links = json::parse(call("GET", "/group_locks", nullptr, "group_id=4711").body);
    ASSERT_EQ(links.size(), 1U);
    EXPECT_EQ(links[0]["lock"]["name"], "A12 door");
}

TEST_F(KisiApiTest, UnknownKeysAndOtherOrganizationsSeeNothing) {
    const Reply denied = api_.answer({"GET", "/users", "", "KISI-LOGIN wrong", ""});
    EXPECT_EQ(denied.status, 401);
    EXPECT_EQ(json::parse(denied.body)["code"], "afc496");
    EXPECT_EQ(api_.answer({"GET", "/users", "", "Bearer kisi-key-acme", ""}).status, 401);
    model_.organization("other");
    EXPECT_EQ(api_.answer({"GET", "/groups/4711", "", "KISI-LOGIN kisi-key-other", ""}).status,
              404);
    EXPECT_EQ(call("GET", "/groups/4711").status, 200);
}

TEST_F(KisiApiTest, SignInMakesALoginEvenWithTheHeaderNull) {
    const json body = {{"login", {{"type", "device"}}},
                       {"user", {{"email", "owner@acme.test"}, {"password", "password-acme"}}}};
    const Reply reply = api_.answer({"POST", "/logins", "", "null", body.dump()});
    ASSERT_EQ(reply.status, 200) << reply.body;
    const std::string header = "KISI-LOGIN " + json::parse(reply.body)["secret"].get<std::string>();
    EXPECT_EQ(api_.answer({"GET", "/user", "", header, ""}).status, 200);
    EXPECT_EQ(api_.answer({"DELETE", "/login", "", header, ""}).status, 204);
    EXPECT_EQ(api_.answer({"GET", "/user", "", header, ""}).status, 401);
}

TEST_F(KisiApiTest, MoreThanFiveRequestsInASecondAreRefused) {
    api_.set_rate_limited(true);
    int refused = 0;
    for (int number = 0; number < 1000; ++number) {
        const Reply reply = call("GET", "/groups");
        if (number < 5) {
            EXPECT_EQ(reply.status, 200);
        }
        refused += reply.status == 429 ? 1 : 0;
    }
    EXPECT_GT(refused, 0);
    EXPECT_EQ(recorder_.counters()["kisi"]["rate_limited"], refused);
}

TEST_F(KisiApiTest, AnEventWebhookIsSwitchedOnAgain) {
    const json wanted = {{"name", "Gatehouse"},
                         {"type", "event_webhook"},
                         {"url", "https://gate.example/hook"},
                         {"enabled_events", {"lock.unlock"}},
                         {"signature_key", "HUSH"}};
    const Reply made = call("POST", "/integrations", {{"integration", wanted}});
    ASSERT_EQ(made.status, 200) << made.body;
    EXPECT_EQ(made.body.find("HUSH"), std::string::npos);
    const KisiId id = json::parse(made.body)["id"];
    model_.organization("acme").integrations[id].is_disabled_due_to_error = true;
    const std::string path = "/integrations/" + std::to_string(id);
    EXPECT_EQ(json::parse(call("GET", path).body)["disabled_due_to_error"], true);
    EXPECT_EQ(call("PATCH", path, {{"integration", {{"enabled", true}}}}).status, 204);
    EXPECT_EQ(json::parse(call("GET", path).body)["disabled_due_to_error"], false);
    EXPECT_EQ(call("POST", "/integrations", {{"integration", {{"name", "x"}}}}).status, 422);
}

TEST_F(KisiApiTest, AnEventSetIsPreparedAndThenReadByPages) {
    KisiOrganization& acme = model_.organization("acme");
    for (int i = 0; i < 60; ++i) {
        acme.events.push_back({*parse_utc("2026-06-01T00:00:00Z") + i, {{"uuid", i}}});
    }
    acme.events.push_back({*parse_utc("2026-07-01T00:00:00Z"), {{"uuid", "later"}}});
    const json set = json::parse(
        call("POST", "/event_sets",
             {{"event_set", {{"interval", "2026-05-31T00:00:00Z/2026-06-02T00:00:00Z"}}}})
            .body);
    EXPECT_EQ(set["status"], "in_progress");
    const std::string path = "/event_sets/" + set["id"].dump();
    const json first = json::parse(call("GET", path, nullptr, "limit=50").body);
    EXPECT_EQ(first["status"], "finished");
    EXPECT_EQ(first["events"].size(), 50U);
    const json rest = json::parse(
        call("GET", path, nullptr, "limit=50&cursor=" + first["cursor"].get<std::string>()).body);
    EXPECT_EQ(rest["events"].size(), 10U);
    EXPECT_TRUE(rest["cursor"].is_null());
    const json wide = {{"interval", "2026-01-01T00:00:00Z/2026-06-02T00:00:00Z"}};
    EXPECT_EQ(call("POST", "/event_sets", {{"event_set", wide}}).status, 422) << "over 90 days";
}

}  // namespace
}  // namespace gatehouse::simulators
