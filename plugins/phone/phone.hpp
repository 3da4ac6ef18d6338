// Phone numbers as people write them, in the form by which vendors know people: E.164,
// "+4790012345". One reading for every plugin.
//
// libphonenumber decides whether the length is possible in the number's country, not whether the
// number is given out: numbering plans change faster than libraries.
#pragma once

#include <optional>
#include <string>

namespace gatehouse::phone {

// Whether it is an ISO 3166 code that has phone numbers: "NO".
bool is_known_country(const std::string& country);

// The country of a calling code, "NO" for "47"; where several share one, the main one, whose
// national numbers are read alike. Nothing for a code that no country has.
std::optional<std::string> country_of_code(const std::string& calling_code);

// `default_country` is that of numbers without a country code; empty = they are refused. Throws
// Error(kInvalid), naming `field`, whose words show no more of the number than its last two digits.
std::string to_e164(const std::string& text, const std::string& default_country,
                    const std::string& field);

// "the phone number ending in 45", for words that people read.
std::string masked(const std::string& phone);

}  // namespace gatehouse::phone
