#include "notify/facts.hpp"

#include <gtest/gtest.h>

namespace gatehouse::notify {
namespace {

using nlohmann::json;

TEST(Facts, P8_PinsAreTakenOutWhereverTheyStand) {
    const json rental = json::parse(
        R"({"id": "r1", "customFields": {"kisi_pinCode": "482915", "nuki_PINCODE": "1", "x": 1},
            "unit": {"customFields": {"pinCode": "7"}}, "list": [{"a_pincode": 3, "b": 2}],
            "pinCodes": "kept"})");
    EXPECT_EQ(without_pins(rental),
              json::parse(R"({"id": "r1", "customFields": {"x": 1}, "unit": {"customFields": {}},
                              "list": [{"b": 2}], "pinCodes": "kept"})"));
    EXPECT_EQ(without_pins("text"), "text");
}

TEST(Facts, TextsOfManyLanguagesBecomeTheRenters) {
    const json site = json::parse(
        R"({"title": {"de": "Lager", "en": "Storage"}, "unit": {"name": {"fr": "Box"}},
            "name": "plain", "desc": {"id": {"x": 1}}, "other": {"de": "kept"}})");
    EXPECT_EQ(localised(site, "en")["title"], "Storage");
    EXPECT_EQ(localised(site, "de-CH")["title"], "Lager");
    EXPECT_EQ(localised(site, "pl")["title"], "Lager");  // the first
    EXPECT_EQ(localised(site, "")["unit"]["name"], "Box");
    EXPECT_EQ(localised(site, "en")["name"], "plain");
    EXPECT_EQ(localised(site, "en")["desc"], site["desc"]);
    EXPECT_EQ(localised(site, "en")["other"], site["other"]);
}

TEST(Facts, IdsStandAsTextOrAsObjects) {
    const json data = json::parse(R"({"a": "1", "b": {"id": "2"}, "c": 3, "d": {"id": 4}})");
    EXPECT_EQ(id_in(data, "a"), "1");
    EXPECT_EQ(id_in(data, "b"), "2");
    EXPECT_EQ(id_in(data, "c"), "");
    EXPECT_EQ(id_in(data, "d"), "");
    EXPECT_EQ(id_in(data, "e"), "");
    EXPECT_EQ(id_in("text", "e"), "");
}

}  // namespace
}  // namespace gatehouse::notify
