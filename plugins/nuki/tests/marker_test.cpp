#include "marker.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gatehouse::nuki {
namespace {

TEST(MarkerTest, FitsIntoANameAndGivesTheRentalBack) {
    const std::string rental = "5bf540e8720000000000abcd";
    const std::string marker = marker_of("acme", rental);
    EXPECT_EQ(marker.size(), kMarkerBytes);
    EXPECT_EQ(marker, marker_of("acme", rental));
    EXPECT_EQ(rental_in("acme", marker), rental);
    EXPECT_EQ(rental_in("acme", marker_of("acme", std::string(24, 'f'))), std::string(24, 'f'));
}

TEST(MarkerTest, AnotherBusinessOnTheSameAccountIsNotMistaken) {
    for (int i = 0; i < 1000; ++i) {
        const std::string rental = "5bf540e8720000000000" + std::to_string(1000 + i);
        EXPECT_FALSE(rental_in("acme", marker_of("bravo", rental))) << rental;
    }
}

TEST(MarkerTest, NamesThatPeopleTypeAreNotOurs) {
    for (const char* name :
         {"", "Cleaner", "Cleaning-Service-Mon", "AAAAAAAAAAAAAAAAAAAA", "Bob Builder, floor 2"}) {
        EXPECT_FALSE(rental_in("acme", name)) << name;
    }
}

TEST(MarkerTest, IdsOfAnotherFormAreFoundAgainButNotReadable) {
    std::set<std::string> markers;
    for (const char* rental : {"r1", "r2", "a-very-long-rental-id-of-some-other-system", ""}) {
        const std::string marker = marker_of("acme", rental);
        EXPECT_EQ(marker.size(), kMarkerBytes);
        EXPECT_FALSE(rental_in("acme", marker));
        markers.insert(marker);
    }
    EXPECT_EQ(markers.size(), 4U);
}

}  // namespace
}  // namespace gatehouse::nuki
