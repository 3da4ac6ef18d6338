// PINs in looks: chosen, typed, refused, cleared; never lost, never told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "unit/access/look_world.hpp"

namespace gatehouse::access {
namespace {

using testing::HasSubstr;
using testing::Not;

class PinLookTest : public LookTest {
  protected:
    PinLookTest() { plugins_.about.pin = plugins::PinRule{6, 6, "0123456789", {}}; }

    std::string given() const {
        const nlohmann::json& credential = plugins_.documents.back().at("credential");
        return credential.is_null() ? "" : credential.at("value").get<std::string>();
    }
    void type(const std::string& pin) { facts().rental_fields["kisi_pinCode"] = pin; }
};

TEST_F(PinLookTest, APinIsChosenWrittenFirstAndGiven) {
    EXPECT_TRUE(look().status.has_value());
    const std::string pin = field("pinCode");
    EXPECT_EQ(fault_in_pin(*plugins_.about.pin, pin), "");
    EXPECT_EQ(given(), pin);
    EXPECT_EQ(plugins_.secrets, std::vector<std::string>{pin});
    EXPECT_EQ(records_.records["r1"].pin_hash, key_.hash("acme", "s1", pin));
}

TEST_F(PinLookTest, P4_ASecondLookChoosesNothing) {
    look();
    const int writes = source_.writes;
    look();
    EXPECT_EQ(plugins_.documents.size(), 1U);
    EXPECT_EQ(source_.writes, writes);
}

TEST_F(PinLookTest, P8_NothingThatIsStoredOrSaidHoldsThePin) {
    look();
    const std::string pin = field("pinCode");
    const RentalRecord& record = records_.records["r1"];
    for (const std::string& text :
         {record.desired_json, record.grant_json, record.fields_json, record.pin_hash, said_}) {
        EXPECT_THAT(text, Not(HasSubstr(pin)));
    }
}

TEST_F(PinLookTest, P8_APluginThatPutsItIntoReferencesIsRefused) {
    type("482915");
    plugins_.answer =
        R"({"schema":1,"state":"active","targets":[{"target":"group:4711"}],
            "references":{"code":{"pin":482915}}})";
    EXPECT_EQ(look().status.error().kind, ErrorKind::kInternal);
    EXPECT_THAT(records_.records["r1"].grant_json, Not(HasSubstr("482915")));
    plugins_.answer =
        R"({"schema":1,"state":"active","targets":[{"target":"group:4711","name":"Door 482915"}],
            "references":{"id":1482915},"detail":"set 482915"})";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_THAT(records_.records["r1"].grant_json, Not(HasSubstr("set 482915")));
    EXPECT_THAT(field("status"), Not(HasSubstr("482915")));
}

TEST_F(PinLookTest, P7_SuspendingAndPayingKeepIt) {
    look();
    const std::string pin = field("pinCode");
    facts().is_overdue = true;
    look();
    facts().is_overdue = false;
    look();
    EXPECT_EQ(plugins_.state("r1"), "active");
    EXPECT_EQ(given(), pin);
    EXPECT_EQ(field("pinCode"), pin);
}

TEST_F(PinLookTest, StaffsPinIsUsed) {
    look();
    type(" 482915 ");
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(given(), "482915");
    look();
    EXPECT_EQ(plugins_.documents.size(), 2U);
}

TEST_F(PinLookTest, StaffsBadPinIsRefusedVisiblyAndTheOldOneKept) {
    look();
    const std::string hash = records_.records["r1"].pin_hash;
    type("123456");
    const Look refused = look();
    EXPECT_EQ(refused.status.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(field("status"), HasSubstr("the PIN in kisi_pinCode cannot be used"));
    EXPECT_THAT(field("status"), Not(HasSubstr("123456")));
    EXPECT_EQ(records_.records["r1"].pin_hash, hash);
    EXPECT_EQ(plugins_.documents.size(), 1U);
    const int writes = source_.writes;
    look();
    EXPECT_EQ(source_.writes, writes) << "the same line is not written twice";
    facts().is_overdue = true;
    look();
    EXPECT_EQ(plugins_.state("r1"), "suspended") << "the rest goes on";
    EXPECT_EQ(given(), "");
}

TEST_F(PinLookTest, APinThatTheVendorMayHaveIsNobodyElses) {
    plugins_.errors["r1"] = Error{ErrorKind::kUnavailable, "the answer was lost"};
    look();
    EXPECT_EQ(records_.records["r1"].pin_hash, key_.hash("acme", "s1", field("pinCode")));
    plugins_.errors["r1"] = Error{ErrorKind::kConflict, "a role of somebody else's"};
    records_ = {};
    look();
    EXPECT_EQ(records_.records["r1"].pin_hash, "");
}

TEST_F(PinLookTest, P7_ADoorIsShutThoughThePinCannotBeUsed) {
    plugins_.errors["r1"] = Error{ErrorKind::kConflict, "it has a part of it"};
    look();
    plugins_.errors.clear();
    type("111111");
    facts().is_overdue = true;
    EXPECT_EQ(look().status.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(plugins_.state("r1"), "suspended");
    EXPECT_EQ(given(), "");
}

TEST_F(PinLookTest, AFirstPinThatIsBadGivesNoAccess) {
    type("111111");
    EXPECT_EQ(look().status.error().kind, ErrorKind::kInvalid);
    EXPECT_TRUE(plugins_.documents.empty());
}

TEST_F(PinLookTest, ClearedByStaffMeansANewOne) {
    look();
    const std::string before = field("pinCode");
    facts().rental_fields["kisi_pinCode"] = std::nullopt;
    look();
    EXPECT_NE(field("pinCode"), before);
    EXPECT_EQ(given(), field("pinCode"));
}

TEST_F(PinLookTest, P5_APinThatWasWrittenIsTheOneThatIsGiven) {
    plugins_.errors["r1"] = Error{ErrorKind::kUnavailable, "down"};
    EXPECT_FALSE(look().status.has_value());
    const std::string pin = field("pinCode");
    EXPECT_NE(pin, "");
    plugins_.errors.clear();
    look();
    EXPECT_EQ(given(), pin);
}

TEST_F(PinLookTest, AChosenPinThatTheVendorHasForAnotherIsReplaced) {
    plugins_.taken_pins = 2;
    EXPECT_TRUE(look().status.has_value());
    ASSERT_EQ(plugins_.secrets.size(), 3U);
    EXPECT_NE(plugins_.secrets[0], plugins_.secrets[1]);
    EXPECT_NE(plugins_.secrets[1], plugins_.secrets[2]);
    EXPECT_EQ(field("pinCode"), plugins_.secrets[2]) << "the field has the one that is held";
    EXPECT_EQ(records_.records["r1"].pin_hash, key_.hash("acme", "s1", plugins_.secrets[2]));
    look();
    EXPECT_EQ(plugins_.secrets.size(), 3U);
}

TEST_F(PinLookTest, NotMoreThanSoManyAreTriedInOneLook) {
    plugins_.taken_pins = 5;
    EXPECT_EQ(look().status.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(plugins_.secrets.size(), 4U);
    EXPECT_TRUE(look().status.has_value()) << "it is known whose choice the last one was";
    EXPECT_EQ(plugins_.secrets.size(), 6U);
    EXPECT_EQ(given(), field("pinCode"));
}

TEST_F(PinLookTest, AChosenPinThatIsRefusedAfterItWasAcceptedIsReplaced) {
    plugins_.answer = R"({"schema":1,"state":"pending","targets":[],"references":{"job":1}})";
    EXPECT_EQ(look().status.error().kind, ErrorKind::kPending);
    const std::string first = field("pinCode");
    plugins_.answer.reset();
    plugins_.taken_pins = 1;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_NE(field("pinCode"), first);
    EXPECT_EQ(given(), field("pinCode"));
}

TEST_F(PinLookTest, StaffsPinThatTheVendorHasForAnotherIsRefusedVisiblyAndTheOldOneKept) {
    look();
    const std::string hash = records_.records["r1"].pin_hash;
    type("482915");
    plugins_.taken_pins = 1;
    EXPECT_EQ(look().status.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(field("status"), HasSubstr("the vendor has it for another; the one before stays"));
    EXPECT_EQ(field("pinCode"), "482915") << "staff's word is not overwritten";
    EXPECT_EQ(given(), "") << "the vendor keeps what it has";
    EXPECT_EQ(plugins_.state("r1"), "active");
    EXPECT_EQ(records_.records["r1"].pin_hash, hash);
    EXPECT_THAT(records_.records["r1"].grant_json, HasSubstr("\"pending\":false"));
}

TEST_F(PinLookTest, AFirstPinOfStaffsThatIsTakenGivesNoAccess) {
    type("482915");
    plugins_.taken_pins = 1;
    EXPECT_EQ(look().status.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(field("status"), HasSubstr("no access without one"));
    EXPECT_EQ(plugins_.documents.size(), 1U);
    EXPECT_EQ(field("pinCode"), "482915");
}

TEST_F(PinLookTest, AnotherConflictChangesNoPin) {
    plugins_.errors.insert({"r1", Error{ErrorKind::kConflict, "no room (targets are full)"}});
    EXPECT_EQ(look().status.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(plugins_.secrets.size(), 1U);
}

TEST_F(PinLookTest, WhoseChoiceItWasIsForgottenWithThePin) {
    look();
    const std::string hash = records_.records["r1"].pin_hash;
    EXPECT_THAT(records_.records["r1"].fields_json, HasSubstr(hash));
    facts().state = "ended";
    look();
    EXPECT_THAT(records_.records["r1"].fields_json, Not(HasSubstr(hash)));
}

TEST_F(PinLookTest, ABusinessWithoutTheFieldIsToldSo) {
    source_.dropped_codes = {"kisi_pinCode"};
    EXPECT_EQ(look().status.error().kind, ErrorKind::kNotFound);
    EXPECT_THAT(field("status"), HasSubstr("kisi_pinCode"));
    source_.dropped_codes.clear();
    source_.unknown_codes = {"kisi_pinCode"};
    EXPECT_EQ(look().status.error().kind, ErrorKind::kInvalid);
    EXPECT_TRUE(plugins_.documents.empty());
}

TEST_F(PinLookTest, AnEndClearsIt) {
    look();
    facts().state = "ended";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(field("pinCode"), "");
    EXPECT_EQ(records_.records["r1"].pin_hash, "");
    EXPECT_EQ(given(), "");
}

TEST_F(PinLookTest, APinIsOneRentalsOnly) {
    add_rental("r2");
    type("482915");
    look("r1");
    facts("r2").rental_fields["kisi_pinCode"] = "482915";
    EXPECT_EQ(look("r2").status.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(field("status", "r2"), HasSubstr("another rental of the site"));
    facts("r2").site_id = "s2";
    records_.records.erase("r2");
    EXPECT_TRUE(look("r2").status.has_value()) << "another site is another matter";
}

// The rule leaves few PINs, and many looks choose at once: none is given twice.
TEST_F(PinLookTest, TwoLooksAtOnceNeverChooseTheSame) {
    const plugins::PinRule few{4, 4, "13", {}};  // 16, less those with a run of four
    PinDesk desk(records_, key_, random_, clock_);
    std::vector<std::thread> threads;
    std::vector<std::string> chosen(12);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        threads.emplace_back([&, i] {
            Result<Secret> pin = desk.choose({"acme", "s1", "r" + std::to_string(i), ""}, few);
            if (pin) chosen[i] = pin->reveal();
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    const std::set<std::string> unlike(chosen.begin(), chosen.end());
    EXPECT_EQ(unlike.size(), chosen.size());
    EXPECT_EQ(unlike.count(""), 0U);
}

TEST_F(PinLookTest, WhenNoneIsFreeItSaysSo) {
    const plugins::PinRule two{1, 1, "13", {}};
    PinDesk desk(records_, key_, random_, clock_);
    EXPECT_TRUE(desk.choose({"acme", "s1", "r1", ""}, two).has_value());
    EXPECT_TRUE(desk.choose({"acme", "s1", "r2", ""}, two).has_value());
    EXPECT_EQ(desk.choose({"acme", "s1", "r3", ""}, two).error().kind, ErrorKind::kConflict);
    clock_.advance_ms(3'600'000);
    EXPECT_TRUE(desk.choose({"acme", "s1", "r3", ""}, two).has_value())
        << "what no look kept is free again";
}

}  // namespace
}  // namespace gatehouse::access
