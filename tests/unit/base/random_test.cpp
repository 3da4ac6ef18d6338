#include "base/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gatehouse {
namespace {

TEST(RandomTest, BelowStaysBelowAndReachesAll) {
    SystemRandom random;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(random.below(5));
    }
    EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4}));
    EXPECT_EQ(random.below(0), 0U);
    EXPECT_EQ(random.below(1), 0U);
}

TEST(RandomTest, BytesDiffer) {
    SystemRandom random;
    EXPECT_EQ(random.bytes(16).size(), 16U);
    EXPECT_NE(random.bytes(16), random.bytes(16));
}

}  // namespace
}  // namespace gatehouse
