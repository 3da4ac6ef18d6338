// Phone numbers in the form by which Unloc knows people: E.164, "+4790012345".
//
// libphonenumber decides whether the length is possible in the number's country, not whether the
// number is given out: numbering plans change faster than libraries.
#pragma once

#include <string>

namespace gatehouse::unloc {

// Whether it is an ISO 3166 code that has phone numbers: "NO".
bool is_known_country(const std::string& country);

// `default_country` is that of numbers without a country code; empty = they are refused. Throws
// Error(kInvalid), whose words show no more of the number than its last two digits.
std::string to_e164(const std::string& text, const std::string& default_country);

// "the phone number ending in 45", for words that people read.
std::string masked(const std::string& phone);

}  // namespace gatehouse::unloc
