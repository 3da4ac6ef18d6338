#include "base/result.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(ResultTest, EveryKindHasAWordThatReadsBack) {
    for (int number = 1; number <= 10; ++number) {
        const auto kind = static_cast<ErrorKind>(number);
        EXPECT_EQ(error_kind_from_string(to_string(kind)), kind);
    }
    EXPECT_EQ(error_kind_from_string("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace gatehouse
