// Promise P7: grant new, confirm, then end old; PIN and staff's overlock go along.
#include <gtest/gtest.h>

#include "unit/access/look_world.hpp"

namespace gatehouse::access {
namespace {

class TransferTest : public LookTest {
  protected:
    TransferTest() {
        plugins_.about.pin = plugins::PinRule{6, 6, "0123456789", {}};
        add_rental("old");
    }

    void transfer() {
        facts("old").state = "ended";
        add_rental("new");
        records_.links.push_back({"acme", "old", "new", "j1", clock_.now_ms(), 0});
    }
    bool is_done() const { return records_.links.front().done_ms != 0; }
};

TEST_F(TransferTest, P7_TheOldEndsWhenTheNewIsConfirmed) {
    look("old");
    transfer();
    const Look waiting = look("old");
    EXPECT_EQ(waiting.status.error().kind, ErrorKind::kPending);
    EXPECT_TRUE(waiting.never_dies);
    EXPECT_EQ(plugins_.state("old"), "active");
    const Look granted = look("new");
    EXPECT_TRUE(granted.status.has_value());
    EXPECT_EQ(granted.look_at, std::vector<std::string>{"old"});
    EXPECT_FALSE(is_done());
    EXPECT_TRUE(look("old").status.has_value());
    EXPECT_EQ(plugins_.state("old"), "ended");
    EXPECT_TRUE(is_done());
    EXPECT_TRUE(look("new").look_at.empty()) << "nothing is left to do";
}

TEST_F(TransferTest, P7_ThePinGoesAlong) {
    look("old");
    const std::string pin = field("pinCode", "old");
    transfer();
    look("new");
    EXPECT_EQ(field("pinCode", "new"), pin);
    look("old");
    EXPECT_EQ(field("pinCode", "old"), "");
    EXPECT_EQ(field("pinCode", "new"), pin);
    EXPECT_EQ(records_.records["new"].pin_hash, key_.hash("acme", "s1", pin));
}

TEST_F(TransferTest, AVendorThatTakesAPinOnceGetsAnotherForTheNew) {
    look("old");
    const std::string pin = field("pinCode", "old");
    plugins_.refused_pin = pin;
    transfer();
    EXPECT_TRUE(look("new").status.has_value());
    EXPECT_NE(field("pinCode", "new"), pin);
    EXPECT_EQ(plugins_.documents.back().at("credential").at("value"), field("pinCode", "new"));
}

TEST_F(TransferTest, P7_StaffsOverlockGoesAlongAndStaysStaffs) {
    look("old");
    facts("old").rental_fields["kisi_overlocked"] = "true";
    look("old");
    transfer();
    facts("new").move_in_job_id = "j1";
    source_.jobs["j1"] = clock_.now_ms();
    look("new");
    EXPECT_EQ(plugins_.state("new"), "suspended");
    EXPECT_EQ(field("overlocked", "new"), "true");
    look("old");
    EXPECT_TRUE(is_done());
    look("new");
    EXPECT_EQ(plugins_.state("new"), "suspended");
    facts("new").rental_fields["kisi_overlocked"] = "false";
    look("new");
    EXPECT_EQ(plugins_.state("new"), "active");
}

TEST_F(TransferTest, AnOverlockForDebtDoesNotGoAlongByItself) {
    facts("old").is_overdue = true;
    look("old");
    transfer();
    look("new");
    EXPECT_EQ(plugins_.state("new"), "active") << "the new rental owes nothing";
}

TEST_F(TransferTest, P7_WhileTheNewFailsTheOldStays) {
    look("old");
    transfer();
    plugins_.errors["new"] = Error{ErrorKind::kInvalid, "no such lock"};
    for (int i = 0; i < 3; ++i) {
        const Look failed = look("new");
        EXPECT_TRUE(failed.never_dies);
        EXPECT_FALSE(failed.status.has_value());
        EXPECT_FALSE(look("old").status.has_value());
    }
    EXPECT_EQ(plugins_.state("old"), "active");
    plugins_.errors.clear();
    look("new");
    plugins_.errors["old"] = Error{ErrorKind::kUnsupported, "cannot"};
    const Look stuck = look("old");
    EXPECT_TRUE(stuck.never_dies);
    EXPECT_FALSE(is_done());
    plugins_.errors.clear();
    EXPECT_TRUE(look("old").status.has_value());
    EXPECT_TRUE(is_done());
}

TEST_F(TransferTest, WhenNeitherIsEntitledNobodyWaits) {
    for (const char* state : {"ended", "canceled", "reserved"}) {
        records_ = {};
        facts("old").state = "occupied";
        look("old");
        transfer();
        facts("new").state = state;
        EXPECT_TRUE(look("old").status.has_value()) << state;
        EXPECT_EQ(plugins_.state("old"), "ended");
    }
}

TEST_F(TransferTest, P7_AnOverdueNewRentalKeepsNoOldDoorOpenAndGetsThePin) {
    look("old");
    const std::string pin = field("pinCode", "old");
    transfer();
    facts("new").is_overdue = true;
    plugins_.errors["new"] = Error{ErrorKind::kUnavailable, "down"};
    EXPECT_TRUE(look("old").status.has_value());
    EXPECT_EQ(plugins_.state("old"), "ended");
    EXPECT_EQ(field("pinCode", "old"), "");
    plugins_.errors.clear();
    EXPECT_TRUE(look("new").status.has_value());
    EXPECT_EQ(plugins_.state("new"), "suspended");
    EXPECT_EQ(field("pinCode", "new"), pin);
    EXPECT_EQ(records_.records["new"].pin_hash, key_.hash("acme", "s1", pin));
}

TEST_F(TransferTest, APinThatWasRefusedIsNotHandedOver) {
    look("old");
    facts("old").rental_fields["kisi_pinCode"] = "593456";
    transfer();
    facts("new").is_overdue = true;
    EXPECT_TRUE(look("old").status.has_value());
    EXPECT_EQ(field("pinCode", "new"), "");
    EXPECT_TRUE(look("new").status.has_value());
    EXPECT_EQ(plugins_.state("new"), "suspended");
}

TEST_F(TransferTest, P6_WhileTheNewCannotBeReadTheOldStays) {
    look("old");
    transfer();
    facts("new").state = "???";
    EXPECT_FALSE(look("old").status.has_value());
    EXPECT_EQ(plugins_.state("old"), "active");
}

TEST_F(TransferTest, AnOldRentalThatStaysOccupiedIsNotWaitedForForever) {
    look("old");
    transfer();
    facts("old").state = "occupied";
    look("new");
    EXPECT_TRUE(look("old").again_ms.has_value());
    EXPECT_FALSE(is_done());
    clock_.advance_ms(86'400'000);
    EXPECT_FALSE(look("old").again_ms.has_value());
    EXPECT_TRUE(is_done());
    EXPECT_EQ(plugins_.state("old"), "active");
}

// Every order of the two looks, with each half failing now and then, ends the same.
TEST_F(TransferTest, P5_EveryOrderEndsTheSame) {
    SystemRandom random;
    for (int round = 0; round < 200; ++round) {
        records_ = {};
        source_.facts.clear();
        add_rental("old");
        look("old");
        const std::string pin = field("pinCode", "old");
        transfer();
        for (int i = 0; i < 8; ++i) {
            plugins_.errors.clear();
            if (random.below(2) == 0) plugins_.errors["new"] = Error{ErrorKind::kUnavailable, ""};
            if (random.below(2) == 0) plugins_.errors["old"] = Error{ErrorKind::kUnavailable, ""};
            source_.can_write = random.below(4) != 0;
            look(random.below(2) == 0 ? "old" : "new");
            const bool has_old = plugins_.state("old") == "active";
            const bool has_new =
                records_.records["new"].grant_json.find("active") != std::string::npos;
            ASSERT_TRUE(has_old || has_new) << "somebody stands before a closed door";
        }
        plugins_.errors.clear();
        source_.can_write = true;
        look("new");
        look("old");
        ASSERT_EQ(plugins_.state("old"), "ended");
        ASSERT_EQ(plugins_.state("new"), "active");
        ASSERT_EQ(field("pinCode", "new"), pin);
        ASSERT_TRUE(is_done());
    }
}

}  // namespace
}  // namespace gatehouse::access
