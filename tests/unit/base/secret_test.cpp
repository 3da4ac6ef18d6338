#include "base/secret.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>

namespace gatehouse {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

static_assert(!Printable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::equality_comparable<Secret>);

TEST(SecretTest, ComparesWholeValues) {
    const Secret secret("swordfish");
    EXPECT_TRUE(secret.equals("swordfish"));
    EXPECT_FALSE(secret.equals("swordfisH"));
    EXPECT_FALSE(secret.equals("sword"));
    EXPECT_FALSE(secret.equals(""));
}

TEST(SecretTest, MovingLeavesNothingBehind) {
    Secret from("swordfish");
    const char* bytes = from.reveal().data();
    const Secret to = std::move(from);
    EXPECT_EQ(to.reveal(), "swordfish");
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the point
    EXPECT_EQ(bytes[0], '\0');
}

}  // namespace
}  // namespace gatehouse
