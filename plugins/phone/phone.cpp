#include "phone/phone.hpp"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

#include <charconv>
#include <set>

#include "gatehouse/sdk/error.hpp"
#include "gatehouse/sdk/text.hpp"

namespace gatehouse::phone {
namespace {

namespace pn = i18n::phonenumbers;
using sdk::Error;
using Util = pn::PhoneNumberUtil;

constexpr std::size_t kMaxPhoneBytes = 60;
constexpr const char* kNoCountry = "ZZ";  // the library's word for it

const Util& make_util() {
    Util* made = Util::GetInstance();
    made->SetLogger(new pn::NullLogger);  // takes it; its default one prints numbers
    return *made;
}

const Util& util() {
    static const Util& instance = make_util();
    return instance;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Without a country nothing tells how it dials abroad; "00" is how most of the world does.
std::string with_plus(std::string_view text, const std::string& country) {
    constexpr std::string_view kAbroad = "00";
    if (!country.empty() || !text.starts_with(kAbroad)) return std::string(text);
    return "+" + std::string(text.substr(kAbroad.size()));
}

std::string fault_of(Util::ErrorType error) {
    switch (error) {
        case Util::INVALID_COUNTRY_CODE_ERROR:
            return "it has no country code; write it with + and the country code, or set "
                   "default_country";
        case Util::TOO_SHORT_AFTER_IDD:
        case Util::TOO_SHORT_NSN:
            return "it is too short";
        case Util::TOO_LONG_NSN:
            return "it is too long";
        default:
            return "it is no phone number";
    }
}

std::string fault_of(Util::ValidationResult result) {
    switch (result) {
        case Util::TOO_SHORT:
        case Util::IS_POSSIBLE_LOCAL_ONLY:
            return "it is too short for its country";
        case Util::TOO_LONG:
            return "it is too long for its country";
        case Util::INVALID_COUNTRY_CODE:
            return "its country code does not exist";
        default:
            return "its length does not exist in its country";
    }
}

}  // namespace

bool is_known_country(const std::string& country) {
    std::set<std::string> known;
    util().GetSupportedRegions(&known);
    return known.contains(country);
}

std::optional<std::string> country_of_code(const std::string& calling_code) {
    int code = 0;
    const char* end = calling_code.data() + calling_code.size();
    const auto [stop, error] = std::from_chars(calling_code.data(), end, code);
    if (error != std::errc{} || stop != end) return std::nullopt;
    std::string country;
    util().GetRegionCodeForCountryCode(code, &country);
    if (!is_known_country(country)) return std::nullopt;
    return country;
}

std::string to_e164(const std::string& text, const std::string& default_country,
                    const std::string& field) {
    const auto unusable = [&](const std::string& why) {
        return Error(masked(text) + " is not usable: " + why, {{field, "is unusable"}});
    };
    if (text.size() > kMaxPhoneBytes) throw unusable("it is too long");
    const std::string written = with_plus(sdk::trim_unseen(text), default_country);
    const std::string& country = default_country.empty() ? kNoCountry : default_country;
    pn::PhoneNumber number;
    const Util::ErrorType error = util().Parse(written, country, &number);
    if (error != Util::NO_PARSING_ERROR) throw unusable(fault_of(error));
    const Util::ValidationResult result = util().IsPossibleNumberWithReason(number);
    if (result != Util::IS_POSSIBLE) throw unusable(fault_of(result));
    std::string formatted;
    util().Format(number, Util::E164, &formatted);
    return formatted;
}

std::string masked(const std::string& phone) {
    std::string digits;
    for (const char c : phone) {
        if (is_digit(c)) digits += c;
    }
    if (digits.size() < 2) return "the phone number";
    return "the phone number ending in " + digits.substr(digits.size() - 2);
}

}  // namespace gatehouse::phone
