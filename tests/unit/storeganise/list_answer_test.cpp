#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;
using Ids = std::vector<std::string>;

json row(const std::string& id) {
    return json::parse(R"({"id":")" + id + R"(","unitId":"u1","siteId":"s1","ownerId":"o1",
        "state":"occupied","moveOutJobId":"j2","customFields":{"kisi_overlocked":true},
        "unit":{"id":"u1","name":"A12","siteId":"s1","customFields":{}},
        "owner":{"id":"o1","name":"Ada Example"}})");
}

ErrorKind kind_of(const json& rows, const ListQuery& query = {}) {
    const auto page = read_rental_page(rows.dump(), query);
    return page ? ErrorKind::kInternal : page.error().kind;
}

TEST(ListAnswerTest, ReadsEachRental) {
    const auto page = read_rental_page(json::array({row("r1"), row("r2")}).dump(), {});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->rows, 2);
    ASSERT_EQ(page->rentals.size(), 2U);
    EXPECT_EQ(page->rentals[0].rental_fields.at("kisi_overlocked"), "true");
    EXPECT_EQ(page->rentals[1].rental_id, "r2");
    EXPECT_EQ(page->rentals[1].move_out_job_id, "j2");
    EXPECT_EQ(page->rentals[1].end_date, std::nullopt);
    EXPECT_TRUE(page->unreadable.empty());
}

TEST(ListAnswerTest, ARowThatLacksAPartIsNamedAndNothingIsSaidOfIt) {
    json rows = json::array({row("r1"), row("r2"), row("r3"), row("r4")});
    rows[0].erase("customFields");
    rows[1]["unit"] = nullptr;
    rows[3]["owner"]["id"] = "another";
    const auto page = read_rental_page(rows.dump(), {});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->rows, 4);
    ASSERT_EQ(page->rentals.size(), 1U);
    EXPECT_EQ(page->rentals[0].rental_id, "r3");
    Ids names;
    for (const UnreadableRow& row : page->unreadable) {
        names.push_back(row.name + ' ' + row.rental_id);
        EXPECT_TRUE(row.is_occupied);
        EXPECT_FALSE(row.why.empty());
    }
    EXPECT_EQ(names, (Ids{"rental r1 r1", "rental r2 r2", "rental r4 r4"}));
}

TEST(ListAnswerTest, P6_WhatIsNoListIsNoEmptyPage) {
    const std::string whole = json::array({row("r1"), row("r2")}).dump();
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        const auto page = read_rental_page(whole.substr(0, size), {});
        ASSERT_FALSE(page) << size;
        EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
    }
    for (const char* body : {"{}", "null", R"({"rentals":[]})", "<html></html>"}) {
        EXPECT_EQ(read_rental_page(body, {}).error().kind, ErrorKind::kUnavailable) << body;
        EXPECT_EQ(read_id_page(body, "units", {}).error().kind, ErrorKind::kUnavailable) << body;
    }
    EXPECT_EQ(read_rental_page("[]", {})->rows, 0);
}

TEST(ListAnswerTest, P6_ARowThatBelongsToNobodyCostsThatRowAndAListOfThemIsNone) {
    ListQuery second;
    second.offset = 50;
    for (const json& stray : {json(nullptr), json(7), json::object(), json{{"id", 7}},
                              json{{"id", ""}}, json{{"id", "a/b"}}, json::array()}) {
        const auto page = read_rental_page(json::array({row("r1"), stray}).dump(), second);
        ASSERT_TRUE(page) << stray;
        EXPECT_EQ(page->rows, 2);
        ASSERT_EQ(page->rentals.size(), 1U);
        ASSERT_EQ(page->unreadable.size(), 1U);
        EXPECT_EQ(page->unreadable[0].name, "row 52");
        EXPECT_EQ(page->unreadable[0].rental_id, "");
        const auto ids = read_id_page(json::array({row("u1"), stray}).dump(), "units", {});
        ASSERT_TRUE(ids) << stray;
        EXPECT_EQ(ids->ids, Ids{"u1"});
        EXPECT_EQ(ids->rows, 2);
        EXPECT_EQ(kind_of(json::array({stray, stray})), ErrorKind::kUnavailable) << stray;
        EXPECT_EQ(read_id_page(json::array({stray}).dump(), "units", {}).error().kind,
                  ErrorKind::kUnavailable);
    }
}

TEST(ListAnswerTest, P6_RowsThatWereNotAskedForAreUnavailable) {
    const json rows = json::array({row("r1")});
    ListQuery query;
    query.site_id = "s2";
    EXPECT_EQ(kind_of(rows, query), ErrorKind::kUnavailable);
    query.site_id = "s1";
    query.owner_id = "o2";
    EXPECT_EQ(kind_of(rows, query), ErrorKind::kUnavailable);
    query.owner_id = "o1";
    query.ids = {"r2"};
    EXPECT_EQ(kind_of(rows, query), ErrorKind::kUnavailable);
    query.ids = {"r1"};
    EXPECT_TRUE(read_rental_page(rows.dump(), query));
    query = {};
    query.limit = 1;
    EXPECT_EQ(kind_of(json::array({row("r1"), row("r2")}), query), ErrorKind::kUnavailable);
}

TEST(ListAnswerTest, HalfAnEmojiInAnyTextCostsNothing) {
    for (const char* path : {"/owner/name", "/owner/companyName", "/owner/notes/0/text",
                             "/unit/name", "/customFields/kisi_note", "/notes"}) {
        json broken = row("r2");
        broken[json::json_pointer(path)] = "HALF";
        std::string body = json::array({row("r1"), broken, row("r3")}).dump();
        for (const char* half : {"\\ud83d", "\\ude00 x", "\xff", "\xF0\x9F\x98", "a\nb"}) {
            std::string sent = body;
            sent.replace(sent.find("HALF"), 4, half);
            const auto page = read_rental_page(sent, {});
            ASSERT_TRUE(page) << page.error().message;
            EXPECT_EQ(page->rentals.size(), 3U) << path << half;
        }
    }
}

TEST(ListAnswerTest, AnAnswerThatCannotBeReadNamesTheByte) {
    EXPECT_EQ(read_rental_page("[{},", {}).error().message,
              "the list of rentals is not readable: not JSON: it ends at byte 4");
    EXPECT_EQ(read_rental_page("<html>", {}).error().message,
              "the list of rentals is not readable: not JSON at byte 1");
    EXPECT_EQ(read_rental_page("{}", {}).error().message,
              "the list of rentals is not readable: it is object, not array");
}

TEST(ListAnswerTest, ReadsIds) {
    const auto page = read_id_page(R"([{"id":"u1","name":"A"},{"id":"u2"}])", "units", {});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->ids, (Ids{"u1", "u2"}));
    EXPECT_EQ(page->rows, 2);
}

}  // namespace
}  // namespace gatehouse::storeganise
