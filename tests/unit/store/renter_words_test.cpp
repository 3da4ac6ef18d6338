#include "store/renter_words.hpp"

#include <gtest/gtest.h>

namespace gatehouse::store {
namespace {

RenterWords ann() {
    RenterWords words;
    words.add_id("ann");
    words.add_id("65f0a1b2c3d4e5f6a7b8c9d0");
    words.add_email(" Ann.Lee@Example.com ");
    words.add_name("Ann  Lee");
    return words;
}

TEST(RenterWords, EmailAddressesAreFoundHoweverTheyAreWritten) {
    RenterWords words;
    words.add_email(" Ann.Lee@Example.com ");
    words.add_email("a@b");
    for (const char* text :
         {"ann.lee@example.com", "ANN.LEE@EXAMPLE.COM", R"({"to":"Ann.Lee@Example.Com"})",
          "mail to <ann.lee@example.com>.", "ann.lee @example.com", "ann.lee@ example.com\n",
          R"({"email":" ann.lee@example.com "})", R"({"email":"ann.lee\u0040example.com"})",
          R"({"text":"write to\nann.lee@example.com\nsoon"})", "mailto:ann.lee@example.com?x=1",
          "said ann.lee@example.com. Then"}) {
        EXPECT_TRUE(words.are_in(text)) << text;
    }
    for (const char* text : {"joann.lee@example.com", "jo.ann.lee@example.com",
                             "ann.lee@example.com.au", "ann.lee@example.company", "lee@example.com",
                             "jo+ann.lee@example.com", "ann.lee@example", "", "Ann Lee"}) {
        EXPECT_FALSE(words.are_in(text)) << text;
    }
}

TEST(RenterWords, PhoneNumbersAreFoundHoweverTheyAreWritten) {
    struct Case {
        const char* known;
        std::vector<const char*> same;
        std::vector<const char*> others;
    };
    for (const Case& one : std::initializer_list<Case>{
             {"+447700900123",
              {"+447700900123", "+44 7700 900123", "0044 7700 900-123", "07700 900123",
               "+44 (0)7700 900 123", "(07700) 900123", R"({"phone":"\u002b447700900123"})",
               "tel:+44.7700.900.123", "5 +44 7700 900123 2", "+44\u00a07700\u00a0900123"},
              {"07700900124", "+447700900", "900123", "4477009001", "7, 700, 900, 123"}},
             {"07700 900123", {"+447700900123", "07700900123"}, {"07700900124"}},
             {"+44 (0)7700 900123", {"+447700900123", "07700900123"}, {"07700900124"}},
             {"+4520123456", {"20 12 34 56", "+45 2012 3456", "004520123456"}, {"20123457"}},
             {"+3545812345", {"581 2345", "354-581-2345"}, {"5812346", "812345"}},
             {"+15551234567", {"(555) 123-4567", "1 555 123 4567"}, {"123-4567"}},
             {"", {}, {"07700900124", ""}},
             {"12345", {}, {"12345"}}}) {
        RenterWords words;
        words.add_phone(one.known);
        for (const char* text : one.same) {
            EXPECT_TRUE(words.are_in(text)) << one.known << " in " << text;
        }
        for (const char* text : one.others) {
            EXPECT_FALSE(words.are_in(text)) << one.known << " in " << text;
        }
    }
}

TEST(RenterWords, IdsAreWholeWords) {
    for (const char* text : {"ann", R"({"userId":"ann"})", "renter:ann", "9/known/ann",
                             R"({"text":"of\nann"})", "evt-65f0a1b2c3d4e5f6a7b8c9d0-3"}) {
        EXPECT_TRUE(ann().are_in(text)) << text;
    }
    for (const char* text :
         {"anna", "joann", "ann-marie", "Ann", "ann_2", "annü", "65f0a1b2c3d4e5f6a7b8c9d01"}) {
        EXPECT_FALSE(ann().are_in(text)) << text;
    }
}

TEST(RenterWords, ANameOnlyMeansThePersonAtADoor) {
    for (const char* person : {"Ann Lee", "ann lee", " Ann Lee ", "ANN.LEE@example.com", "ann"}) {
        EXPECT_TRUE(ann().are_of(person)) << person;
    }
    for (const char* person : {"", "Ann", "Ann Leeson", "Lee Ann"}) {
        EXPECT_FALSE(ann().are_of(person)) << person;
    }
}

TEST(RenterWords, BrokenTextsAreReadToTheirEnd) {
    for (const char* text :
         {"\\", "\\u", "\\u00", "\\u004", "\\\\", "\\uD83D", "ann.lee@example.com\\"}) {
        EXPECT_EQ(ann().are_in(text), std::string_view(text).starts_with("ann")) << text;
    }
}

}  // namespace
}  // namespace gatehouse::store
