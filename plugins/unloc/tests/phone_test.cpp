#include "phone.hpp"

#include <gtest/gtest.h>

#include "gatehouse/sdk/error.hpp"

namespace gatehouse::unloc {
namespace {

std::string refusal(const std::string& text, const std::string& country = "") {
    try {
        return "taken as " + to_e164(text, country);
    } catch (const sdk::Error& error) {
        EXPECT_EQ(error.kind(), sdk::Kind::kInvalid);
        EXPECT_TRUE(error.fields().contains("renter.phone"));
        return error.message();
    }
}

TEST(PhoneTest, WritesE164) {
    EXPECT_EQ(to_e164("+47 900 12 345", ""), "+4790012345");
    EXPECT_EQ(to_e164("+44 (0)20 7946 0000", ""), "+442079460000");
    EXPECT_EQ(to_e164("+1 (212) 555-2390", ""), "+12125552390");
    EXPECT_EQ(to_e164("+12125552390", "NO"), "+12125552390");
}

TEST(PhoneTest, TakesNationalNumbersOfTheDefaultCountry) {
    EXPECT_EQ(to_e164("900 12 345", "NO"), "+4790012345");
    EXPECT_EQ(to_e164("0047 900 12 345", "NO"), "+4790012345");
    EXPECT_EQ(to_e164("07400 123456", "GB"), "+447400123456");
}

TEST(PhoneTest, SaysWhatIsWrongAndShowsNoMoreThanTwoDigits) {
    EXPECT_EQ(refusal("900 12 345"),
              "the phone number ending in 45 is not usable: it has no country code; write it with "
              "+ and the country code, or set default_country");
    EXPECT_EQ(refusal("+47 900 12 34567"),
              "the phone number ending in 67 is not usable: it is too long for its country");
    EXPECT_EQ(refusal("+47 12"),
              "the phone number ending in 12 is not usable: it is too short for its country");
    EXPECT_EQ(refusal("call me"), "the phone number is not usable: it is no phone number");
    EXPECT_EQ(refusal(std::string(61, '1')),
              "the phone number ending in 11 is not usable: it is too long");
    EXPECT_NE(refusal("+999 12345678").find("country code"), std::string::npos);
}

TEST(PhoneTest, RefusesHostileBytes) {
    for (const char* text : {"", "+", "\xff\xfe", "+47\0", "++++++++++++", "tel:;;;;", "𝟗𝟎𝟎"}) {
        EXPECT_NE(refusal(text).find("not usable"), std::string::npos) << text;
    }
}

TEST(PhoneTest, KnowsCountries) {
    EXPECT_TRUE(is_known_country("NO"));
    EXPECT_FALSE(is_known_country("XX"));
    EXPECT_FALSE(is_known_country(""));
}

}  // namespace
}  // namespace gatehouse::unloc
