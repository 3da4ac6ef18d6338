#include "notify/pattern.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::notify {
namespace {

TEST(Pattern, FitsTheWholeType) {
    EXPECT_TRUE(matches("invoice.*", "invoice.state.updated"));
    EXPECT_TRUE(matches("*", "anything.at.all"));
    EXPECT_TRUE(matches("*", ""));
    EXPECT_TRUE(matches("job.*.created", "job.unit_moveIn.created"));
    EXPECT_TRUE(matches("job.*.c*d", "job.valetOrder.completed.created"));
    EXPECT_TRUE(matches("unit.occupied", "unit.occupied"));
    EXPECT_TRUE(matches("unit.occupied**", "unit.occupied"));
    EXPECT_FALSE(matches("unit.occupied", "unit.occupiedX"));
    EXPECT_FALSE(matches("unit.occupied", "unit.occupie"));
    EXPECT_FALSE(matches("invoice.*", "unitRental.invoice.created"));
    EXPECT_FALSE(matches("job.*.created", "job.created.done"));
    EXPECT_FALSE(matches("", "x"));
    EXPECT_TRUE(matches("", ""));
}

TEST(Pattern, ManyStarsEndSoon) {
    const std::string pattern = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
    EXPECT_FALSE(matches(pattern, std::string(128, 'a')));
}

TEST(RoutedTypes, AreThoseOfAnyRoute) {
    std::vector<config::Notify> routes(2);
    routes[0].on = {"user.created"};
    routes[1].on = {"invoice.*", "unit.occupied"};
    const RoutedTypes types(routes);
    EXPECT_TRUE(types.contain("user.created"));
    EXPECT_TRUE(types.contain("invoice.deleted"));
    EXPECT_TRUE(types.contain("unit.occupied"));
    EXPECT_FALSE(types.contain("user.updated"));
    EXPECT_FALSE(RoutedTypes({}).contain("user.created"));
}

}  // namespace
}  // namespace gatehouse::notify
