#include "plugins/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/schemas.hpp"

namespace gatehouse::plugins {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json good_result() {
    return json::parse(R"({"schema":1,"state":"active","references":{"role":"7"},
        "targets":[{"target":"group:4711","name":"Unit A12 door","state":"active"}],
        "credential":null,"poll_after_ms":null,"detail":"granted"})");
}

TEST(DocumentsTest, EveryFunctionHasSchemasThatCompile) {
    for (const char* function :
         {"access.apply", "access.probe", "targets.list", "inventory.list", "inbound.parse",
          "events.subscribe", "events.catch_up", "notify.send", "describe"}) {
        EXPECT_NE(feature_of(function), "");
        for (const char* part : {".request", ".result"}) {
            EXPECT_THAT(fault_in(std::string(function) + part, json::array()),
                        Not(HasSubstr("no such schema")));
        }
    }
    EXPECT_EQ(feature_of("access.unlock"), "");
}

TEST(DocumentsTest, EverySchemaAsksForItsNumber) {
    for (const BuiltInSchema& schema : built_in_schemas()) {
        EXPECT_NE(fault_in(schema.name, json::object()), "") << schema.name;
        EXPECT_NE(fault_in(schema.name, json{{"schema", 2}}), "") << schema.name;
    }
}

TEST(DocumentsTest, AGoodResultPassesAndMayHoldMore) {
    json document = good_result();
    document["since_1_7"] = "more";
    EXPECT_EQ(fault_in("access.apply.result", document), "");
}

TEST(DocumentsTest, P9_ALieIsNamed) {
    const auto fault_with = [](const char* member, json value) {
        json document = good_result();
        document[member] = std::move(value);
        return fault_in("access.apply.result", document);
    };
    EXPECT_THAT(fault_with("state", "open"), HasSubstr("/state"));
    EXPECT_THAT(fault_with("references", json::array()), HasSubstr("/references"));
    EXPECT_THAT(fault_with("targets", json{{{"target", 7}, {"state", "active"}}}),
                HasSubstr("/targets/0"));
    EXPECT_THAT(fault_with("detail", std::string(501, 'x')), HasSubstr("/detail"));
    EXPECT_THAT(fault_with("poll_after_ms", -1), HasSubstr("/poll_after_ms"));
    EXPECT_THAT(fault_with("credential", json{{"kind", "key"}}), HasSubstr("/credential"));
}

TEST(DocumentsTest, P9_AResultThatIsNoDocumentIsInternal) {
    for (const std::string& text : {std::string(), std::string("{"), std::string("\"\xff\""),
                                    std::string(1'100'000, ' '), std::string(100, '[')}) {
        const auto result = read_result("access.apply", text);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::kInternal);
    }
    EXPECT_TRUE(read_result("access.apply", good_result().dump()));
}

}  // namespace
}  // namespace gatehouse::plugins
