// HttpClient: one outbound HTTP exchange. libcurl behind it; no policy here (see egress.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::egress {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpCall {
    std::string method = "GET";
    std::string url;
    Headers headers;
    std::string body;
    int timeout_ms = 10'000;                     // the whole exchange, connect included
    std::size_t max_response_bytes = 1'048'576;  // more is kInvalid
};

struct HttpReply {
    int status = 0;
    Headers headers;  // names in lower case
    std::string body;

    // The first value of a header; `name` in lower case. Empty if absent.
    std::string_view header(std::string_view name) const;
};

// How the message of an answer that is larger than allowed ends.
constexpr std::string_view kTooLarge = "the answer is larger than allowed";
inline bool is_too_large(const Error& error) {
    return error.message.ends_with(kTooLarge);
}

// [any thread; blocks]
class HttpClient {
  public:
    virtual ~HttpClient() = default;

    // Any complete answer, whatever its status, is a reply. kUnavailable: no connection, time-out,
    // cut off, an answer that is not HTTP: a proxy's bad hour, say. kForbidden: the address is
    // private and not allowed, or the scheme is not http(s). kInvalid: the answer is too large, or
    // the call itself cannot be sent: a malformed method, URL or header, a line break in any of
    // them, a header that is the client's own affair (Host, Content-Length, Connection and their
    // like). Redirects are not followed. A request
    // that died on a kept connection before any answer is sent once more on a new one, but for a
    // POST or PATCH whose body was begun: what it asked for may have been done.
    virtual Result<HttpReply> send(const HttpCall& call) = 0;

    // Ends the exchanges under way within a second, with kUnavailable; later ones fail at once.
    virtual void stop() {}
};

}  // namespace gatehouse::egress
