#include "edge/framing_guard.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <optional>
#include <utility>

namespace gatehouse::edge {

namespace {

namespace http = boost::beast::http;

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kMaxFields = 100;
// With the CRLF that ends the chunk before it.
constexpr std::size_t kMaxChunkHead = 256;
constexpr std::size_t kMaxCarry = kMaxChunkHead + 3;
constexpr std::size_t kKeptCapacity = 16UL * 1024;
constexpr std::string_view kLineEnd = "\r\n";
// The shortest end of a chunked body, "0\r\n\r\n". Beast 1.74 asserts that it sees no fewer bytes
// when it looks at a last chunk for the second time.
constexpr std::size_t kShortestLastChunk = 5;

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
    return boost::beast::iequals({left.data(), left.size()}, {right.data(), right.size()});
}

// Lines end with CRLF and nothing else, and none continues the one before.
bool has_canonical_lines(std::string_view head, std::size_t from) {
    for (std::size_t i = from; i < head.size(); ++i) {
        const char previous = i == 0 ? '\0' : head[i - 1];
        if ((previous == '\r') != (head[i] == '\n')) return false;
        if (previous == '\n' && (head[i] == ' ' || head[i] == '\t')) return false;
    }
    return true;
}

bool is_visible_ascii(char c) {
    return c > 0x20 && c < 0x7f;
}

bool is_plain_number(std::string_view text) {
    return !text.empty() && text.size() <= 19 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A quoted string in a chunk's extension may hold a line's end for Beast, which then counts the
// chunk's size against the body's limit again with every read.
bool begins_with_quoted_extension(std::string_view chunk_head) {
    if (chunk_head.substr(0, 2) == "\r\n") chunk_head.remove_prefix(2);  // of the chunk before
    return chunk_head.substr(0, chunk_head.find('\r')).find('"') != kNone;
}

// What follows scheme and authority in a URL of ours (RFC 9112 3.2.2); nothing if it is none. The
// authority decides nothing here, but user information in it would be somebody's mistake.
std::optional<std::string_view> path_of_url(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        target.remove_prefix(scheme.size());
        const std::size_t end = std::min(target.find_first_of("/?"), target.size());
        const std::string_view authority = target.substr(0, end);
        if (authority.empty() || authority.find('@') != kNone) return std::nullopt;
        return target.substr(end);
    }
    return std::nullopt;
}

int status_of(const boost::beast::error_code& error) {
    if (error == http::error::body_limit) return 413;
    if (error == boost::system::errc::not_enough_memory) return 503;
    if (error == http::error::header_limit) return 431;
    return 400;
}

}  // namespace

class FramingGuard::Parser final : public http::basic_parser<true> {
  public:
    explicit Parser(FramingGuard& guard) : guard_(guard) {
        eager(true);
        body_limit(guard.limits_.body_bytes);
        header_limit(std::numeric_limits<std::uint32_t>::max());
    }

    bool saw_chunk() const { return saw_chunk_; }

    // The next chunk's head begins there.
    void begin_at(const char* bytes) { unparsed_ = bytes; }

  private:
    using Error = boost::beast::error_code;
    using View = boost::beast::string_view;

    void on_request_impl(http::verb, View method, View target, int version, Error& error) override {
        guard_.method_ = view(method);
        guard_.version_ = version;
        if (!guard_.take_target(view(target))) error = http::error::bad_target;
    }

    void on_response_impl(int, View, int, Error&) override {}

    void on_field_impl(http::field, View name, View value, Error& error) override {
        if (in_body_) {  // a trailer
            error = http::error::bad_field;
            return;
        }
        if (guard_.fields_.size() == kMaxFields) {
            error = http::error::header_limit;
            return;
        }
        guard_.fields_.emplace_back(view(name), view(value));
    }

    void on_header_impl(Error&) override { in_body_ = true; }

    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}

    std::size_t on_body_impl(View body, Error& error) override { return take(body, error); }

    std::size_t take(View body, Error& error) {
        if (!guard_.append_to_body(view(body))) {
            error = make_error_code(boost::system::errc::not_enough_memory);
            return 0;
        }
        return body.size();
    }

    void on_chunk_header_impl(std::uint64_t, View extensions, Error& error) override {
        saw_chunk_ = true;
        const auto size = static_cast<std::size_t>(extensions.end() - unparsed_);
        if (size > kMaxChunkHead || view(extensions).find('"') != kNone) {
            error = http::error::bad_chunk_extension;
        }
    }

    std::size_t on_chunk_body_impl(std::uint64_t, View body, Error& error) override {
        unparsed_ = body.end();
        return take(body, error);
    }

    void on_finish_impl(Error&) override {}

    FramingGuard& guard_;
    bool in_body_ = false;
    bool saw_chunk_ = false;
    const char* unparsed_ = nullptr;
};

FramingGuard::FramingGuard(FramingLimits limits, BodyRoom* room) : limits_(limits), room_(room) {}

FramingGuard::~FramingGuard() {
    drop_body();
}

std::size_t FramingGuard::feed(std::string_view bytes) {
    if (phase_ == Phase::kBody) return feed_body(bytes);
    if (phase_ != Phase::kHead) return 0;
    const std::size_t skipped = head_.empty() ? skip_empty_line(bytes) : 0;
    if (phase_ == Phase::kRefused || skipped == bytes.size()) return skipped;
    return skipped + feed_head(bytes.substr(skipped));
}

// Some clients end a body with a line end that does not belong to it (RFC 9112 2.2).
std::size_t FramingGuard::skip_empty_line(std::string_view bytes) {
    std::size_t skipped = 0;
    while (skipped < bytes.size() && empty_line_ < kLineEnd.size() &&
           bytes[skipped] == kLineEnd[empty_line_]) {
        ++skipped;
        ++empty_line_;
    }
    if (empty_line_ == 1 && skipped < bytes.size()) refuse(400);  // a bare CR
    return skipped;
}

std::size_t FramingGuard::feed_head(std::string_view bytes) {
    const std::size_t before = head_.size();
    const std::size_t room = limits_.head_bytes - before;
    head_.append(bytes.substr(0, room));

    const std::size_t end = head_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
    const bool complete = end != kNone;
    if (complete) head_.resize(end + 4);

    if (!has_canonical_lines(head_, before)) {
        refuse(400);
    } else if (complete) {
        finish_head();
    } else if (bytes.size() >= room) {
        refuse(431);
    }
    return head_.size() - before;
}

void FramingGuard::finish_head() {
    parser_ = std::make_unique<Parser>(*this);
    put(head_);
    // Beast may still wait for a start line that is too short to be one: its end is here, so it
    // never comes, and asking Beast again would go on for ever.
    if (phase_ != Phase::kRefused && !parser_->is_header_done()) refuse(400);
    if (phase_ == Phase::kRefused) return;

    keep_alive_ = parser_->keep_alive();
    chunked_ = parser_->chunked();
    if (const int status = head_problem(); status != 0) {
        refuse(status);
    } else if (parser_->is_done()) {
        phase_ = Phase::kComplete;
    } else {
        phase_ = Phase::kBody;
        // Only 1.1 clients know the interim answer.
        expects_continue_ = version_ == 11 && has_field("expect");
    }
}

bool FramingGuard::has_field(std::string_view name) const {
    return std::any_of(fields_.begin(), fields_.end(), [name](const Field& field) {
        return equals_ignoring_case(field.first, name);
    });
}

// What HTTP leaves open and two readers could take differently; 0 when all is well.
int FramingGuard::head_problem() const {
    std::size_t hosts = 0;
    std::size_t lengths = 0;
    std::size_t codings = 0;
    for (const auto& [name, value] : fields_) {
        if (equals_ignoring_case(name, "host")) {
            ++hosts;
        } else if (equals_ignoring_case(name, "content-length")) {
            ++lengths;
            if (!is_plain_number(value)) return 400;
        } else if (equals_ignoring_case(name, "transfer-encoding")) {
            ++codings;
            if (version_ == 10 || !equals_ignoring_case(value, "chunked")) return 400;
        } else if (equals_ignoring_case(name, "expect")) {
            if (!equals_ignoring_case(value, "100-continue")) return 417;
        }
    }
    if (hosts > 1 || lengths > 1 || codings > 1) return 400;
    if (version_ == 11 && hosts != 1) return 400;

    const bool needs_body = method_ == "POST" || method_ == "PUT" || method_ == "PATCH";
    return needs_body && lengths + codings == 0 ? 411 : 0;
}

bool FramingGuard::take_target(std::string_view target) {
    if (target.front() != '/') {
        const auto path = path_of_url(target);
        if (!path) return false;
        target = *path;
    }
    const auto is_allowed = [](char c) { return is_visible_ascii(c) && c != '#'; };
    if (!std::all_of(target.begin(), target.end(), is_allowed)) return false;

    const std::size_t question = target.find('?');
    path_ = target.substr(0, question);
    if (path_.empty()) path_ = "/";
    query_ = question == kNone ? "" : target.substr(question + 1);
    return true;
}

std::size_t FramingGuard::feed_body(std::string_view bytes) {
    if (bytes.empty()) return 0;
    expects_continue_ = false;
    const std::size_t taken = chunked_ ? feed_chunks(bytes) : put(bytes);
    if (phase_ == Phase::kBody && parser_->is_done()) phase_ = Phase::kComplete;
    return taken;
}

// Beast wants a chunk's head in one piece, so the beginning of one waits in carry_.
std::size_t FramingGuard::feed_chunks(std::string_view bytes) {
    const std::size_t carried = carry_.size();
    if (carried > 0 || bytes.size() < kShortestLastChunk) {
        carry_.append(bytes);
        bytes = carry_;
    }
    const bool too_early = !parser_->saw_chunk() && bytes.size() < kShortestLastChunk;
    const std::size_t used = too_early ? 0 : put(bytes);
    const std::size_t given = bytes.size() - carried;
    if (phase_ == Phase::kRefused) return given;
    if (parser_->is_done()) {
        carry_.clear();
        return used - carried;
    }

    carry_ = std::string(bytes.substr(used));
    if (carry_.size() > kMaxCarry || begins_with_quoted_extension(carry_)) refuse(400);
    return given;
}

// Room is asked for as the string's memory grows, which is what the host pays for. A body that is
// no larger than what a connection keeps anyway needs none.
bool FramingGuard::append_to_body(std::string_view bytes) {
    const std::size_t needed = body_.size() + bytes.size();
    if (needed > body_.capacity() && needed > kKeptCapacity) {
        const std::size_t doubled = std::min(2 * body_.capacity(), limits_.body_bytes);
        const std::size_t capacity = std::max(needed, doubled);
        if (room_ != nullptr && !room_->take(capacity - taken_room_)) return false;
        taken_room_ = room_ == nullptr ? 0 : capacity;
        body_.reserve(capacity);
    }
    body_.append(bytes);
    return true;
}

void FramingGuard::drop_body() {
    body_.clear();
    // A large request must not make an idle connection large.
    if (body_.capacity() > kKeptCapacity) body_.shrink_to_fit();
    if (taken_room_ > 0) room_->give_back(std::exchange(taken_room_, 0));
}

// Hands bytes to Beast and says how many it used.
std::size_t FramingGuard::put(std::string_view bytes) {
    boost::beast::error_code error;
    parser_->begin_at(bytes.data());
    const std::size_t used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error && error != http::error::need_more) refuse(status_of(error));
    return used;
}

void FramingGuard::refuse(int status) {
    phase_ = Phase::kRefused;
    refusal_ = status;
    drop_body();
}

void FramingGuard::next() {
    phase_ = Phase::kHead;
    parser_.reset();
    fields_.clear();
    head_.clear();
    drop_body();
    carry_.clear();
    empty_line_ = 0;
    if (head_.capacity() > kKeptCapacity) head_.shrink_to_fit();
    if (carry_.capacity() > kKeptCapacity) carry_.shrink_to_fit();
    expects_continue_ = false;
}

}  // namespace gatehouse::edge
