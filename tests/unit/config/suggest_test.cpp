#include "config/suggest.hpp"

#include <gtest/gtest.h>

namespace gatehouse::config {
namespace {

TEST(EditDistance, CountsEditsAndSwaps) {
    EXPECT_EQ(edit_distance("listen", "listen"), 0U);
    EXPECT_EQ(edit_distance("lisen", "listen"), 1U);
    EXPECT_EQ(edit_distance("lsiten", "listen"), 1U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(EditDistance, NeverReadsPastALongWord) {
    const std::string longest(5000, 'a');
    EXPECT_EQ(edit_distance(longest, longest), 0U);
    EXPECT_EQ(edit_distance(longest, "a"), 5000U);
}

TEST(DidYouMean, NamesTheNearest) {
    EXPECT_EQ(did_you_mean("lisen", {"admin", "listen", "store"}), "did you mean 'listen'?");
}

TEST(DidYouMean, ListsTheKnownWhenNoneIsNear) {
    EXPECT_EQ(did_you_mean("zebra", {"admin", "store"}), "known here: 'admin', 'store'");
    EXPECT_EQ(did_you_mean("zebra", {}), "");
}

TEST(DidYouMean, NamesTheNearestAndAllOrTheNearestAlone) {
    EXPECT_EQ(nearest_of_all("txet", {"text", "title"}),
              "did you mean 'text'? known here: 'text', 'title'");
    EXPECT_EQ(nearest_of_all("zebra", {"text"}), "known here: 'text'");
    EXPECT_EQ(nearest_of_many("txet", {"text", "title"}), "did you mean 'text'?");
    EXPECT_EQ(nearest_of_many("zebra", {"text"}), "");
}

}  // namespace
}  // namespace gatehouse::config
