#include "egress/reference_filler.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "egress/ascii.hpp"
#include "egress/signatures.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::string_view kClose = "}}";
constexpr std::string_view kBase64 = "{{base64:";
constexpr std::size_t kMaxNameBytes = 64;

std::string as_it_is(std::string_view text) {
    return std::string(text);
}

std::string json_escape(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string escaped;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            escaped += {'\\', c};
        } else if (byte < 0x20) {
            escaped += "\\u00";
            escaped += {kDigits[byte >> 4], kDigits[byte & 15]};
        } else {
            escaped += c;
        }
    }
    return escaped;
}

// A plugin's code chooses a header's name; what stands in one of these is a credential.
bool carries_credentials(std::string_view header) {
    constexpr std::array<std::string_view, 7> kEnds = {
        "authorization", "api-key", "apikey", "token", "password", "secret", "signature"};
    const std::string name = lower(header);
    return std::ranges::any_of(kEnds, [&](std::string_view end) { return name.ends_with(end); });
}

std::string in_quotes(std::string_view name) {
    return "'" + shorten(name, kMaxNameBytes) + "'";
}

}  // namespace

// What stands between {{secret: and }}.
Result<const Secret*> ReferenceFiller::find(std::string_view what, bool takes_bare_names) const {
    const std::size_t colon = what.find(':');
    const std::string_view name = colon == std::string_view::npos ? what : what.substr(colon + 1);
    const Secret* secret = secrets_.named(name);
    if (colon == std::string_view::npos) {
        if (const std::string cut = secrets_.referred_in(std::string(what) + ":"); !cut.empty()) {
            return fail(ErrorKind::kInvalid,
                        "the request holds a part of a reference to the secret " + in_quotes(cut));
        }
        if (secret == nullptr) {
            return fail(ErrorKind::kInvalid,
                        "the request names an unknown secret " + in_quotes(name));
        }
        if (takes_bare_names) return secret;
        return fail(ErrorKind::kInvalid, "the request writes the secret " + in_quotes(name) +
                                             " by its bare name, as any text from outside could: "
                                             "use what the settings hold");
    }
    const std::string whole = std::string(kReference) + std::string(what) + std::string(kClose);
    if (secret == nullptr || whole != secrets_.reference(name)) {
        return fail(ErrorKind::kInvalid, "the request holds a reference to the secret " +
                                             in_quotes(name) +
                                             " that is of another connection or another time");
    }
    return secret;
}

Result<void> ReferenceFiller::fill_text(std::string& text, Encode encode,
                                        bool takes_bare_names) const {
    std::string filled;
    std::size_t done = 0;
    // What is between two references is text; a key in it is of one that was encoded.
    const auto keep = [&](std::size_t end) -> Result<void> {
        const std::string_view part = std::string_view(text).substr(done, end - done);
        if (const std::string name = secrets_.referred_in(part); !name.empty()) {
            return fail(ErrorKind::kInvalid,
                        "the request holds an encoded reference to the secret " + in_quotes(name) +
                            ": write it as it is, it is encoded on the way out");
        }
        filled += part;
        return {};
    };
    for (std::size_t at = text.find(kReference); at != std::string::npos;
         at = text.find(kReference, done)) {
        const std::size_t begin = at + kReference.size();
        const std::size_t end = text.find(kClose, begin);
        if (end == std::string::npos || end - begin > 2 * kMaxNameBytes) {
            return fail(ErrorKind::kInvalid, "a secret reference in the request does not end");
        }
        const auto secret =
            find(std::string_view(text).substr(begin, end - begin), takes_bare_names);
        if (!secret) return tl::unexpected(secret.error());
        if (auto kept = keep(at); !kept) return kept;
        filled += encode((*secret)->reveal());
        done = end + kClose.size();
    }
    if (auto kept = keep(text.size()); !kept) return kept;
    text = std::move(filled);
    return {};
}

// {{base64:...}} reaches to the value's end, and may hold references itself.
Result<void> ReferenceFiller::fill_header(const std::string& name, std::string& value) const {
    const bool takes_bare_names = carries_credentials(name);
    const std::size_t at = value.find(kBase64);
    if (at == std::string::npos) return fill_text(value, as_it_is, takes_bare_names);
    if (!value.ends_with(kClose)) {
        return fail(ErrorKind::kInvalid, "a header's base64 part does not end with it");
    }
    const std::size_t begin = at + kBase64.size();
    std::string part = value.substr(begin, value.size() - kClose.size() - begin);
    if (auto filled = fill_text(part, as_it_is, takes_bare_names); !filled) return filled;
    value.resize(at);
    if (auto filled = fill_text(value, as_it_is, takes_bare_names); !filled) return filled;
    value += to_base64(part);
    return {};
}

Result<void> ReferenceFiller::fill(HttpCall& call) const {
    Encode encode = as_it_is;
    for (const auto& [name, value] : call.headers) {
        if (!equal_without_case(name, "content-type")) continue;
        if (value.find("json") != std::string::npos) {
            encode = json_escape;
        } else if (value.find("x-www-form-urlencoded") != std::string::npos) {
            encode = percent_encode;
        }
        break;
    }
    for (auto& [name, value] : call.headers) {
        if (auto filled = fill_header(name, value); !filled) return filled;
    }
    if (auto filled = fill_text(call.url, percent_encode, false); !filled) return filled;
    if (auto filled = fill_text(call.body, encode, false); !filled) return filled;
    return sign(secrets_, call);
}

}  // namespace gatehouse::egress
