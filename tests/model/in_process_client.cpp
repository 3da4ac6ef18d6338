#include "model/in_process_client.hpp"

#include <algorithm>
#include <cctype>

namespace gatehouse::model {
namespace {

using simulators::Reply;
using simulators::Request;

struct Parts {
    std::string authority;
    std::string path;
    std::string query;
};

Parts parts_of(const std::string& url) {
    const std::size_t begin = url.find("://") + 3;
    const std::size_t slash = std::min(url.find('/', begin), url.size());
    const std::size_t question = std::min(url.find('?', slash), url.size());
    return {url.substr(begin, slash - begin), url.substr(slash, question - slash),
            question == url.size() ? "" : url.substr(question + 1)};
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

egress::Headers headers_of(const Reply& reply) {
    egress::Headers headers{{"content-type", std::string(reply.content_type)}};
    std::size_t at = 0;
    while (at < reply.headers.size()) {
        const std::size_t end = std::min(reply.headers.find("\r\n", at), reply.headers.size());
        const std::string line = reply.headers.substr(at, end - at);
        const std::size_t colon = line.find(':');
        if (colon != std::string::npos) {
            const std::size_t value = line.find_first_not_of(' ', colon + 1);
            headers.emplace_back(lower(line.substr(0, colon)),
                                 value == std::string::npos ? "" : line.substr(value));
        }
        at = end + 2;
    }
    return headers;
}

tl::unexpected<Error> no_answer() {
    return fail(ErrorKind::kUnavailable, "the connection was cut");
}

}  // namespace

void InProcessClient::spoil(const std::string& authority, Spoil spoil, int skip, int count) {
    spoiled_[authority].push_back({spoil, skip, count});
}

int InProcessClient::writes(const std::string& authority) const {
    const auto found = writes_.find(authority);
    return found == writes_.end() ? 0 : found->second;
}

Spoil InProcessClient::next_spoil(const std::string& authority) {
    std::vector<Planned>& planned = spoiled_[authority];
    for (auto entry = planned.begin(); entry != planned.end(); ++entry) {
        if (entry->skip > 0) {
            --entry->skip;
            continue;
        }
        const Spoil spoil = entry->spoil;
        if (--entry->count <= 0) planned.erase(entry);
        return spoil;
    }
    return Spoil::kNone;
}

Result<egress::HttpReply> InProcessClient::send(const egress::HttpCall& call) {
    const Parts parts = parts_of(call.url);
    const auto server = answers_.find(parts.authority);
    if (has_ended_ || server == answers_.end()) return no_answer();
    const Spoil spoil = next_spoil(parts.authority);
    has_ended_ = spoil == Spoil::kEndBefore;
    if (spoil == Spoil::kEndBefore || spoil == Spoil::kDropBefore) return no_answer();
    if (spoil == Spoil::kStatus503) return egress::HttpReply{503, {}, "busy"};
    // Longer than any call may wait for its turn: nobody turns the clock meanwhile.
    if (spoil == Spoil::kStatus429) return egress::HttpReply{429, {{"retry-after", "120"}}, "{}"};
    Request request;
    request.method = call.method;
    request.path = parts.path;
    request.query = parts.query;
    request.body = call.body;
    for (const auto& [name, value] : call.headers) {
        if (lower(name) == "authorization") request.authorization = value;
    }
    const Reply reply = server->second(request);
    const bool is_good = reply.status >= 200 && reply.status < 300;
    // A token, and the wish to hear from a lock, change nothing.
    const bool is_question =
        reply.route == "POST /auth/token" || std::string_view(request.path).ends_with("/sync");
    const bool is_write = call.method != "GET" && !is_question;
    if (is_write && is_good) ++writes_[parts.authority];
    on_served(parts.authority);
    has_ended_ = spoil == Spoil::kEndAfter;
    if (spoil == Spoil::kEndAfter || spoil == Spoil::kDropAfter) return no_answer();
    egress::HttpReply answer{reply.status, headers_of(reply), reply.body};
    if (is_good && spoil == Spoil::kHalfBody) answer.body.resize(answer.body.size() / 2);
    if (is_good && spoil == Spoil::kEmptyBody) answer.body.clear();
    if (is_good && spoil == Spoil::kEmptyList) answer.body = "[]";
    return answer;
}

}  // namespace gatehouse::model
