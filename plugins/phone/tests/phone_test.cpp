#include "phone/phone.hpp"

#include <gtest/gtest.h>

#include "gatehouse/sdk/error.hpp"

namespace gatehouse::phone {
namespace {

std::string to_e164(const std::string& text, const std::string& country) {
    return phone::to_e164(text, country, "renter.phone");
}

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

// What web forms, address books and spreadsheets leave in a number.
TEST(PhoneTest, ReadsNumbersAsTheyAreStored) {
    struct Row {
        const char* written;
        const char* country;
        const char* read;
    };
    const Row rows[] = {
        // Countries whose national numbers begin with no 0.
        {"91234567", "NO", "+4791234567"},
        {"912 34 567", "NO", "+4791234567"},
        {"20 12 34 56", "DK", "+4520123456"},
        {"612 34 56 78", "ES", "+34612345678"},
        {"9123 4567", "SG", "+6591234567"},
        {"9123 4567", "HK", "+85291234567"},
        {"555-636-1234", "US", "+15556361234"},
        {"(415) 555-2671", "US", "+14155552671"},
        {"1 (415) 555-2671", "US", "+14155552671"},
        {"415.555.2671", "CA", "+14155552671"},
        {"347 123 4567", "IT", "+393471234567"},
        // Those whose do.
        {"07700 900123", "GB", "+447700900123"},
        {"7700 900123", "GB", "+447700900123"},
        {"0151 23456789", "DE", "+4915123456789"},
        {"06 12 34 56 78", "FR", "+33612345678"},
        {"0412 345 678", "AU", "+61412345678"},
        // A trunk 0 behind a country code is nobody's number.
        {"+44 07700 900123", "", "+447700900123"},
        {"+44 (0)7700 900123", "", "+447700900123"},
        {"+44 (07700) 900123", "", "+447700900123"},
        {"0044 (0)7700 900123", "", "+447700900123"},
        {"+61 (04) 1234 5678", "", "+61412345678"},
        {"+49 (0) 151 23456789", "", "+4915123456789"},
        // Blanks, hyphens and marks that nobody sees.
        {"+47\u00a0912\u00a034\u00a0567", "", "+4791234567"},
        {"\u202a+47 912 34 567\u202c", "", "+4791234567"},
        {"\u200e+47 912 34 567", "", "+4791234567"},
        {"+47\u2011912\u2011345\u201167", "", "+4791234567"},
        {"\ufeff91234567\t", "NO", "+4791234567"},
        {"\uff0b\uff14\uff17 912 34 567", "", "+4791234567"},
        {"tel:+47-912-34-567", "", "+4791234567"},
        {"+47/912.34.567", "", "+4791234567"},
        {"0047 91234567", "", "+4791234567"},
        {"0047 91234567", "NO", "+4791234567"},
        {"+12125552390", "NO", "+12125552390"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(to_e164(row.written, row.country), row.read) << row.written;
    }
}

TEST(PhoneTest, KnowsTheCountryOfACallingCode) {
    EXPECT_EQ(country_of_code("47"), "NO");
    EXPECT_EQ(country_of_code("44"), "GB");
    EXPECT_EQ(country_of_code("1"), "US");
    EXPECT_EQ(country_of_code("65"), "SG");
    EXPECT_EQ(country_of_code("852"), "HK");
    for (const char* none : {"", "0", "999", "4", "47x", "+47", "800", "99999999999"}) {
        EXPECT_EQ(country_of_code(none), std::nullopt) << none;
    }
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
}  // namespace gatehouse::phone
