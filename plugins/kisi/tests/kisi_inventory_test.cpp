// What Kisi holds, as a sweep reads it.

#include <gtest/gtest.h>

#include "tests/fake_kisi.hpp"

namespace gatehouse::kisi::test {
namespace {

class KisiInventoryTest : public testing::Test {
  protected:
    // "target rental/business state" of every entry, over all pages.
    std::vector<std::string> held() {
        std::vector<std::string> all;
        Json cursor;
        do {
            const Outcome outcome =
                kisi.host.call("inventory.list", {{"schema", 1}, {"cursor", cursor}});
            EXPECT_EQ(outcome.kind, 0) << outcome.message;
            if (outcome.kind != 0) break;
            for (const Json& entry : outcome.document["grants"]) {
                const std::string business = entry.value("business", Json()).is_string()
                                                 ? entry["business"].get<std::string>()
                                                 : "";
                all.push_back(entry["target"].get<std::string>() + " " + entry.value("rental", "") +
                              "/" + business + " " + entry["state"].get<std::string>());
                last = entry;
            }
            cursor = outcome.document["next_cursor"];
        } while (!cursor.is_null());
        return all;
    }

    // One of some users, made when first asked for.
    Json user_for(int number) {
        while (std::ssize(users_) <= number) {
            users_.push_back(
                kisi.add_user("u" + std::to_string(users_.size()) + "@example.com")["id"]);
        }
        return users_[static_cast<std::size_t>(number)];
    }

    FakeKisi kisi;
    Json last;

  private:
    std::vector<Json> users_;
};

using Strings = std::vector<std::string>;

TEST_F(KisiInventoryTest, AGrantNamesTheRentalThatItWasMadeFor) {
    kisi.apply("r1", "active", {"group:4711"}, Json::object());
    EXPECT_EQ(held(), Strings{"group:4711 r1/acme active"});
    EXPECT_EQ(last["renter"]["email"], "ada@example.com");
    EXPECT_EQ(last["references"],
              Json::parse(R"({"user_id":1,"assignments":{"4711":2},"foreign":[]})"));
}

TEST_F(KisiInventoryTest, WhatSomebodyElseMadeHasNoRental) {
    const Json user = kisi.add_user("staff@example.com");
    kisi.add_assignment(user["id"], 900);
    EXPECT_EQ(held(), Strings{"group:900 / active"});
    EXPECT_FALSE(last.contains("rental"));
}

TEST_F(KisiInventoryTest, ASharedRoleIsOneEntryForEachRental) {
    kisi.apply("r1", "active", {"group:4711", "group:900"}, Json::object());
    kisi.apply("r2", "active", {"group:900"}, Json::object());
    EXPECT_EQ(held(), (Strings{"group:900 r1/acme active", "group:900 r2/acme active",
                               "group:4711 r1/acme active"}));
}

TEST_F(KisiInventoryTest, AnotherBusinessOfTheOrganizationKeepsItsName) {
    const Json user = kisi.add_user("bob@example.com", {{"gatehouse_x9", "||901|globex"}});
    kisi.add_assignment(user["id"], 901);
    EXPECT_EQ(held(), Strings{"group:901 x9/globex active"});
}

TEST_F(KisiInventoryTest, WindowAndSwitchMakeTheState) {
    const Json user = kisi.add_user("bob@example.com");
    kisi.add_assignment(user["id"], 900, "2027-01-01T00:00:00Z");
    kisi.add_assignment(user["id"], 901, nullptr, "2020-01-01T00:00:00Z");
    EXPECT_EQ(held(), (Strings{"group:900 / scheduled", "group:901 / ended"}));
    kisi.users[user["id"].get<int>()]["access_enabled"] = false;
    EXPECT_EQ(held()[0], "group:900 / suspended");
}

TEST_F(KisiInventoryTest, ManyRolesComeByPages) {
    for (int i = 0; i < 600; ++i) {
        const Json user = kisi.add_user("u" + std::to_string(i) + "@example.com");
        kisi.add_assignment(user["id"], 900);
    }
    EXPECT_EQ(held().size(), 600U);
}

// Kisi refuses an offset beyond 20,000.
TEST_F(KisiInventoryTest, MoreRolesThanOneListTellsComeGroupByGroup) {
    constexpr int kGroups = 42;
    constexpr int kEach = 620;
    kisi.groups.clear();
    for (int group = 0; group < kGroups; ++group) {
        kisi.groups.push_back(1000 + group);
        const bool is_empty = group % 5 == 0;
        if (is_empty) continue;
        for (int i = 0; i < kEach; ++i) {
            kisi.add_assignment(user_for(i), 1000 + group);
        }
    }
    EXPECT_EQ(held().size(), 33U * kEach);
}

TEST_F(KisiInventoryTest, AGroupWithMoreRolesThanCanBeReadIsRefused) {
    for (int i = 0; i < 20'600; ++i) {
        kisi.add_assignment(user_for(i % 100), 900);
    }
    Json cursor;
    Outcome outcome;
    do {
        outcome = kisi.host.call("inventory.list", {{"schema", 1}, {"cursor", cursor}});
        if (outcome.kind == 0) cursor = outcome.document["next_cursor"];
    } while (outcome.kind == 0 && !cursor.is_null());
    EXPECT_EQ(outcome.message,
              "Kisi lists no more than 20000 roles of a group, and no more groups");
}

TEST_F(KisiInventoryTest, ACursorOfSomebodyElseIsRefused) {
    for (const char* cursor : {"x", "-1", "1/", "/1", "1/2/3", "20001", "99999999999"}) {
        const Outcome outcome =
            kisi.host.call("inventory.list", {{"schema", 1}, {"cursor", cursor}});
        EXPECT_EQ(outcome.message, "the cursor is not one of this plugin") << cursor;
    }
}

}  // namespace
}  // namespace gatehouse::kisi::test
