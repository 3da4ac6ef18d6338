// HTTP as a plugin sees it: one request, one answer, always through the host, which keeps the
// allow-list, the rate and the timeline and fills secrets in.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatehouse/sdk/error.hpp"
#include "gatehouse/sdk/host.hpp"

namespace gatehouse::sdk {

// Fit for one path segment or one query value: everything but RFC 3986's unreserved characters is
// percent-encoded. Not for a secret setting: the host encodes what it fills in.
inline std::string percent_encode(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                              c == '~';
        if (is_plain) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kHex[byte >> 4U];
        encoded += kHex[byte & 15U];
    }
    return encoded;
}

struct HttpRequest {
    std::string method = "GET";
    std::string url = {};  // absolute; may hold references to secrets, as headers and body may
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    int timeout_ms = 10'000;

    HttpRequest& header(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }

    HttpRequest& json(const Json& document) {
        body = document.dump(-1, ' ', false, Json::error_handler_t::replace);
        return header("Content-Type", "application/json");
    }
};

struct HttpReply {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body = {};

    bool is_ok() const { return status >= 200 && status < 300; }

    // `name` in lower case; empty if absent.
    std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }

    // The body as JSON; a discarded value if it is none.
    Json json() const { return read_json(body); }
};

// Where a failed http.send() puts its words (schemas/error.json).
inline Error error_from_document(std::int32_t kind, const Json& document) {
    const bool is_known = kind >= GATEHOUSE_AUTH && kind <= GATEHOUSE_INTERNAL;
    std::uint64_t retry_after_ms = 0;
    if (document.is_object()) {
        const auto delay = document.find("retry_after_ms");
        if (delay != document.end() && delay->is_number_unsigned()) {
            retry_after_ms = delay->get<std::uint64_t>();
        }
    }
    return {is_known ? static_cast<Kind>(kind) : Kind::kInternal,
            text_at(document, "message", "the host could not send the request"), retry_after_ms};
}

// [call]
class Http {
  public:
    Http(const Host& host, gatehouse_call* call) : host_(host), call_(call) {}

    // Any complete answer, whatever its status. Throws Error when there was none; letting it pass
    // gives the call the right kind.
    HttpReply send(const HttpRequest& request) const {
        if (host_.http() == nullptr || call_ == nullptr) {
            throw Error(Kind::kInternal, "no HTTP outside of a call");
        }
        Json headers = Json::array();
        for (const auto& [name, value] : request.headers)
            headers.push_back({name, value});
        const Json document = {{"schema", 1},          {"method", request.method},
                               {"url", request.url},   {"headers", std::move(headers)},
                               {"body", request.body}, {"timeout_ms", request.timeout_ms}};
        const std::string text = document.dump(-1, ' ', false, Json::error_handler_t::replace);
        gatehouse_str answer{};
        const std::int32_t kind = host_.http()->send(call_, str(text), &answer);
        const Json reply = read_json(view(answer));
        if (kind != GATEHOUSE_OK) throw error_from_document(kind, reply);
        return reply_from(reply);
    }

  private:
    static HttpReply reply_from(const Json& document) {
        HttpReply reply;
        if (!document.is_object() || !document.contains("status") ||
            !document["status"].is_number_integer()) {
            throw Error(Kind::kInternal, "the host's HTTP answer is not readable");
        }
        reply.status = document["status"].get<int>();
        reply.body = text_at(document, "body");
        const auto headers = document.find("headers");
        if (headers != document.end() && headers->is_array()) {
            for (const Json& pair : *headers) {
                if (pair.is_array() && pair.size() == 2 && pair[0].is_string() &&
                    pair[1].is_string()) {
                    reply.headers.emplace(pair[0].get<std::string>(), pair[1].get<std::string>());
                }
            }
        }
        return reply;
    }

    const Host& host_;
    gatehouse_call* call_;
};

}  // namespace gatehouse::sdk
