#include "access/fuse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/access/look_world.hpp"

namespace gatehouse::access {
namespace {

using testing::HasSubstr;

constexpr LookOptions kSweep{true, false, false};

TEST(FuseTest, P6_TheLargerOfNumberAndShareMayEnd) {
    const config::Fuse fuse{5, 0.10, 3'600'000};
    EXPECT_EQ(allowed_ends(fuse, {0, 0}), 5);
    EXPECT_EQ(allowed_ends(fuse, {0, 50}), 5);
    EXPECT_EQ(allowed_ends(fuse, {0, 100}), 10);
    EXPECT_EQ(allowed_ends(fuse, {4, 96}), 10) << "the share does not shrink as ends pass";
    EXPECT_TRUE(may_pass(fuse, {4, 0}));
    EXPECT_FALSE(may_pass(fuse, {5, 0}));
    EXPECT_FALSE(may_pass(config::Fuse{0, 0, 1}, {0, 1000}));
    EXPECT_TRUE(may_pass(config::Fuse{0, 1, 1}, {999, 1}));
}

class FuseLookTest : public LookTest {
  protected:
    FuseLookTest() {
        business_.sites[0].fuse = config::Fuse{2, 0, 3'600'000};
        for (int i = 0; i < 6; ++i) {
            const std::string id = "x" + std::to_string(i);
            add_rental(id);
            look(id);
            facts(id).state = "ended";
        }
    }
};

TEST_F(FuseLookTest, P6_ASweepEndsNoMoreThanTheFuseAllows) {
    EXPECT_TRUE(look("x0", kSweep).status.has_value());
    EXPECT_TRUE(look("x1", kSweep).status.has_value());
    for (const char* id : {"x2", "x3"}) {
        const int writes = source_.writes;
        const Look blocked = look(id, kSweep);
        EXPECT_TRUE(blocked.status.has_value()) << "it waits for a person, not for time";
        EXPECT_EQ(blocked.fuse, Look::Fuse::kBlown);
        EXPECT_EQ(plugins_.state(id), "active");
        EXPECT_NE(records_.records[id].fuse_blocked_ms, 0);
        EXPECT_EQ(source_.writes, writes) << "an echo must not come back as an event of its own";
    }
    EXPECT_THAT(said_, HasSubstr("the fuse holds this end back"));
}

TEST_F(FuseLookTest, P6_AnEndThatItsOwnEventNamesPasses) {
    for (int i = 0; i < 6; ++i) {
        look("x" + std::to_string(i));
    }
    EXPECT_EQ(plugins_.state("x5"), "ended");
    EXPECT_EQ(records_.records["x5"].swept_end_ms, 0);
}

TEST_F(FuseLookTest, APersonLetsItPass) {
    look("x0", kSweep);
    look("x1", kSweep);
    look("x2", kSweep);
    look("x3", kSweep);
    const Look first = look("x2", LookOptions{true, false, true});
    EXPECT_EQ(plugins_.state("x2"), "ended");
    EXPECT_EQ(first.fuse, Look::Fuse::kMended);
    EXPECT_FALSE(first.is_fuse_clear);
    EXPECT_TRUE(look("x3", LookOptions{false, false, true}).is_fuse_clear);
    EXPECT_EQ(records_.records["x3"].fuse_blocked_ms, 0);
}

TEST_F(FuseLookTest, ARentalThatIsOccupiedAgainWaitsNoLonger) {
    look("x0", kSweep);
    look("x1", kSweep);
    look("x2", kSweep);
    facts("x2").state = "occupied";
    EXPECT_EQ(look("x2", kSweep).fuse, Look::Fuse::kMended);
    EXPECT_EQ(records_.records["x2"].fuse_blocked_ms, 0);
    EXPECT_EQ(plugins_.state("x2"), "active");
}

TEST_F(FuseLookTest, TheFuseIsWholeAgainAfterItsTime) {
    look("x0", kSweep);
    look("x1", kSweep);
    look("x2", kSweep);
    clock_.advance_ms(3'600'001);
    EXPECT_EQ(look("x2", kSweep).fuse, Look::Fuse::kMended);
    EXPECT_EQ(plugins_.state("x2"), "ended");
}

// Looks under way at the same moment do not see each other in the store.
TEST_F(FuseLookTest, P6_EndsThatAreNotStoredYetCount) {
    FuseDesk desk(records_, records_, clock_);
    const config::Fuse fuse{2, 0, 3'600'000};
    EXPECT_TRUE(*desk.pass("acme", "s1", "x0", fuse));
    EXPECT_TRUE(*desk.pass("acme", "s1", "x1", fuse));
    EXPECT_FALSE(*desk.pass("acme", "s1", "x2", fuse));
    EXPECT_TRUE(*desk.pass("acme", "s2", "y0", fuse)) << "another site";
    desk.release("acme", "x0");
    EXPECT_TRUE(*desk.pass("acme", "s1", "x2", fuse));
    records_.records["x1"].swept_end_ms = clock_.now_ms();
    EXPECT_FALSE(*desk.pass("acme", "s1", "x3", fuse)) << "stored counts once, not twice or never";
    EXPECT_TRUE(*desk.pass("acme", "s1", "x3", config::Fuse{3, 0, 3'600'000}));
}

// Else each step back would leave the site's fuse smaller for the life of the process.
TEST_F(FuseLookTest, AnEndThatWasStoredByAClockThatWentBackCountsOnce) {
    FuseDesk desk(records_, records_, clock_);
    const config::Fuse fuse{2, 0, 3'600'000};
    EXPECT_TRUE(*desk.pass("acme", "s1", "x0", fuse));
    clock_.move_ms(-7'200'000);
    records_.records["x0"].swept_end_ms = clock_.now_ms();
    EXPECT_TRUE(*desk.pass("acme", "s1", "x1", fuse)) << "x0 alone counts";
    EXPECT_FALSE(*desk.pass("acme", "s1", "x2", fuse));
}

TEST_F(FuseLookTest, AnEndThatFailsAtTheVendorDoesNotUseTheFuseUp) {
    plugins_.errors["x0"] = Error{ErrorKind::kUnavailable, "down"};
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(look("x0", kSweep).status.has_value());
    }
    look("x1", kSweep);
    look("x2", kSweep);
    EXPECT_EQ(plugins_.state("x2"), "ended");
}

}  // namespace
}  // namespace gatehouse::access
