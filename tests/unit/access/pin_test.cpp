#include "access/pin.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "support/temp_dir.hpp"

namespace gatehouse::access {
namespace {

plugins::PinRule nuki_rule() {
    return plugins::PinRule{6, 6, "123456789", {"12"}};
}

TEST(PinTest, EveryPinThatIsMadeKeepsTheRule) {
    SystemRandom random;
    std::set<std::string> made;
    for (int i = 0; i < 5000; ++i) {
        const Result<Secret> pin = make_pin(nuki_rule(), random);
        ASSERT_TRUE(pin.has_value());
        ASSERT_EQ(fault_in_pin(nuki_rule(), pin->reveal()), "");
        ASSERT_EQ(pin->reveal().size(), 6U);
        made.insert(pin->reveal());
    }
    EXPECT_GT(made.size(), 4900U);
}

TEST(PinTest, RefusesWithTheReasonAndWithoutThePin) {
    const std::pair<const char*, const char*> cases[] = {
        {"48291", "6 digits"},   {"4829155", "6 digits"},     {"48291a", "digits"},
        {"482910", "123456789"}, {"123985", "begin with 12"}, {"345698", "count"},
        {"987654", "count"},     {"985432", "count"},         {"711119", "repeats"},
        {"", "6 digits"},
    };
    for (const auto& [pin, reason] : cases) {
        const std::string fault = fault_in_pin(nuki_rule(), pin);
        EXPECT_NE(fault.find(reason), std::string::npos) << pin << ": " << fault;
        if (*pin != '\0') {
            EXPECT_EQ(fault.find(pin), std::string::npos);
        }
    }
    EXPECT_EQ(fault_in_pin(nuki_rule(), "482915"), "");
    EXPECT_EQ(fault_in_pin(nuki_rule(), "345987"), "") << "three in a row are common";
}

TEST(PinTest, ARuleThatLeavesNothingIsSaid) {
    SystemRandom random;
    EXPECT_EQ(make_pin(plugins::PinRule{4, 4, "7", {}}, random).error().kind,
              ErrorKind::kUnsupported);
}

TEST(PinKeyTest, HashesDependOnKeyBusinessSiteAndPin) {
    const PinKey key(Secret("one key"));
    const std::string hash = key.hash("acme", "s1", "482915");
    EXPECT_EQ(hash.size(), 64U);
    EXPECT_EQ(hash, key.hash("acme", "s1", "482915"));
    EXPECT_NE(hash, key.hash("acme", "s2", "482915"));
    EXPECT_NE(hash, key.hash("other", "s1", "482915"));
    EXPECT_NE(hash, key.hash("acme", "s1", "482916"));
    EXPECT_NE(hash, PinKey(Secret("another")).hash("acme", "s1", "482915"));
}

TEST(PinKeyTest, TheFileIsMadeOnceForItsOwnerAlone) {
    const test::TempDir folder;
    const std::filesystem::path file = folder.path() / "pin.key";
    SystemRandom random;
    const Result<PinKey> made = open_pin_key(file, random);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    struct stat about {};
    ASSERT_EQ(::stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
    const Result<PinKey> again = open_pin_key(file, random);
    EXPECT_EQ(again->hash("a", "b", "c"), made->hash("a", "b", "c"));
}

TEST(PinKeyTest, AGroupThatMayReadItIsADoubtAndNoFault) {
    const test::TempDir folder;
    const std::filesystem::path file = folder.path() / "pin.key";
    EXPECT_EQ(look_at_pin_key(file).fault, "");  // there is none yet
    EXPECT_FALSE(std::filesystem::exists(file));
    SystemRandom random;
    ASSERT_TRUE(open_pin_key(file, random));
    EXPECT_EQ(look_at_pin_key(file).doubt, "");
    for (const mode_t mode : {0640U, 0660U, 0620U, 0670U}) {
        ::chmod(file.c_str(), mode);
        EXPECT_TRUE(open_pin_key(file, random)) << mode;
        EXPECT_EQ(look_at_pin_key(file).fault, "") << mode;
        EXPECT_NE(look_at_pin_key(file).doubt, "") << mode;
    }
    std::filesystem::remove(file);
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    EXPECT_EQ(open_pin_key(file, random).error().kind, ErrorKind::kInvalid);
    EXPECT_NE(look_at_pin_key(file).fault, "");
}

TEST(PinKeyTest, ABadFileIsRefusedAndNotReplaced) {
    const test::TempDir folder;
    const std::filesystem::path file = folder.path() / "pin.key";
    SystemRandom random;
    std::ofstream(file) << "too short\n";
    ::chmod(file.c_str(), 0600);
    EXPECT_EQ(open_pin_key(file, random).error().kind, ErrorKind::kInvalid);
    std::ofstream(file) << std::string(64, 'a') << "\n";
    for (const mode_t mode : {0644U, 0604U, 0602U, 0601U, 0664U, 0666U, 0777U}) {
        ::chmod(file.c_str(), mode);
        EXPECT_EQ(open_pin_key(file, random).error().kind, ErrorKind::kInvalid) << mode;
        EXPECT_NE(look_at_pin_key(file).fault, "") << mode;
    }
    EXPECT_EQ(open_pin_key(folder.path() / "none" / "pin.key", random).error().kind,
              ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace gatehouse::access
