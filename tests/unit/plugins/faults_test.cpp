#include "plugins/faults.hpp"

#include <gtest/gtest.h>

namespace gatehouse::plugins {
namespace {

using nlohmann::json;

TEST(Faults, AreSaidInWordsAndFoundAgain) {
    const std::string words =
        faults_in_words({{"credential", "is taken"}, {"window.until", "is past"}, {"odd", 7}});
    EXPECT_EQ(words, "credential is taken, window.until is past");
    const std::string message = "the vendor says no (again) (" + words + ")";
    EXPECT_TRUE(names_fault(message, "credential"));
    EXPECT_TRUE(names_fault(message, "window.until"));
    EXPECT_FALSE(names_fault(message, "window"));
    EXPECT_FALSE(names_fault(message, "taken"));
}

TEST(Faults, OfNothingUsableThereAreNone) {
    for (const json& fields : {json(), json::array({"credential"}), json("x"), json::object()}) {
        EXPECT_EQ(faults_in_words(fields), "");
    }
    for (const char* message : {"", "(", ")", "()", "credential is taken", "(credential is taken",
                                "(credential)", "(a, , )"}) {
        EXPECT_FALSE(names_fault(message, "credential")) << message;
    }
}

}  // namespace
}  // namespace gatehouse::plugins
