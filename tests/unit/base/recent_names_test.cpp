#include "base/recent_names.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(RecentNamesTest, KeepsTheLastAndForgetsTheFirst) {
    for (const int most : {0, 1, 2, 10, 1'000}) {
        RecentNames names(static_cast<std::size_t>(most));
        int kept = 0;
        for (int i = 0; i < 5'000; ++i)
            names.add(std::to_string(i));
        for (int i = 0; i < 5'000; ++i)
            kept += names.contains(std::to_string(i)) ? 1 : 0;
        EXPECT_TRUE(names.contains("4999")) << most;
        EXPECT_GE(kept, most / 2);
        EXPECT_LE(kept, std::max(most, 2));
    }
}

TEST(RecentNamesTest, WhatIsAddedAgainIsKept) {
    RecentNames names(10);
    for (int i = 0; i < 1'000; ++i) {
        names.add("faithful");
        EXPECT_TRUE(names.contains("faithful"));
        names.add(std::to_string(i));
    }
}

TEST(RecentNamesTest, WhatIsRemovedIsGoneHoweverOldItIs) {
    RecentNames names(4);
    for (const char* name : {"a", "b", "c"})
        names.add(name);
    for (const char* name : {"a", "b", "c", "never there"}) {
        names.remove(name);
        EXPECT_FALSE(names.contains(name)) << name;
    }
}

}  // namespace
}  // namespace gatehouse
