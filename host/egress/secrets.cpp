#include "egress/secrets.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "egress/ascii.hpp"
#include "egress/signatures.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::string_view kOpen = "{{secret:";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kBase64 = "{{base64:";
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMinTakenOutBytes = 6;

using Encode = std::string (*)(std::string_view);

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

Encode body_encoding(const Headers& headers) {
    for (const auto& [name, value] : headers) {
        if (!equal_without_case(name, "content-type")) continue;
        if (value.find("json") != std::string::npos) return json_escape;
        if (value.find("x-www-form-urlencoded") != std::string::npos) return percent_encode;
    }
    return as_it_is;
}

class Filler {
  public:
    explicit Filler(const Secrets& secrets) : secrets_(secrets) {}

    Result<void> fill(std::string& text, Encode encode) {
        std::size_t at = text.find(kOpen);
        if (at == std::string::npos) return {};
        std::string filled;
        std::size_t done = 0;
        for (; at != std::string::npos; at = text.find(kOpen, done)) {
            const std::size_t begin = at + kOpen.size();
            const std::size_t end = text.find(kClose, begin);
            if (end == std::string::npos || end - begin > kMaxNameBytes) {
                return fail(ErrorKind::kInvalid, "a secret reference in the request does not end");
            }
            const auto secret = secrets_.find(text.substr(begin, end - begin));
            if (secret == secrets_.end()) {
                return fail(ErrorKind::kInvalid,
                            "the request names an unknown secret '" +
                                shorten(text.substr(begin, end - begin), kMaxNameBytes) + "'");
            }
            filled.append(text, done, at - done);
            filled += encode(secret->second.reveal());
            done = end + kClose.size();
            note(secret->first);
        }
        filled.append(text, done);
        text = std::move(filled);
        return {};
    }

    // {{base64:...}} reaches to the value's end, and may hold references itself.
    Result<void> fill_header(std::string& value) {
        const std::size_t at = value.find(kBase64);
        if (at == std::string::npos) return fill(value, as_it_is);
        if (!value.ends_with(kClose)) {
            return fail(ErrorKind::kInvalid, "a header's base64 part does not end with it");
        }
        const std::size_t begin = at + kBase64.size();
        std::string part = value.substr(begin, value.size() - kClose.size() - begin);
        if (auto filled = fill(part, as_it_is); !filled) return filled;
        value.resize(at);
        if (auto filled = fill(value, as_it_is); !filled) return filled;
        value += to_base64(part);
        return {};
    }

    std::vector<std::string> take_used() { return std::move(used_); }

  private:
    void note(const std::string& name) {
        if (std::ranges::find(used_, name) == used_.end()) used_.push_back(name);
    }

    const Secrets& secrets_;
    std::vector<std::string> used_;
};

void replace_all(std::string& text, std::string_view what) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
        text.replace(at, what.size(), "***");
        at += 3;
    }
}

}  // namespace

Result<std::vector<std::string>> fill_in(const Secrets& secrets, HttpCall& call) {
    Filler filler(secrets);
    for (auto& [name, value] : call.headers) {
        if (auto filled = filler.fill_header(value); !filled) {
            return tl::unexpected(filled.error());
        }
    }
    if (auto filled = filler.fill(call.url, percent_encode); !filled) {
        return tl::unexpected(filled.error());
    }
    if (auto filled = filler.fill(call.body, body_encoding(call.headers)); !filled) {
        return tl::unexpected(filled.error());
    }
    std::vector<std::string> used = filler.take_used();
    const auto signed_with = sign(secrets, call);
    if (!signed_with) return tl::unexpected(signed_with.error());
    used.insert(used.end(), signed_with->begin(), signed_with->end());
    return used;
}

std::string without_references(std::string json) {
    for (std::size_t at = json.find("{{"); at != std::string::npos; at = json.find("{{", at + 2)) {
        json.insert(at + 1, 1, ' ');
    }
    return json;
}

void take_out(const Secrets& secrets, const std::vector<std::string>& used, HttpReply& reply) {
    for (const std::string& name : used) {
        const auto secret = secrets.find(name);
        if (secret == secrets.end() || secret->second.reveal().size() < kMinTakenOutBytes) continue;
        const std::string& value = secret->second.reveal();
        for (auto& [header, text] : reply.headers) {
            replace_all(text, value);
        }
        for (const std::string& form : {value, json_escape(value), percent_encode(value)}) {
            replace_all(reply.body, form);
        }
    }
}

}  // namespace gatehouse::egress
