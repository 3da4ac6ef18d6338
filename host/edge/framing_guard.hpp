// FramingGuard: decides where a request ends, before anything else looks at it.
//
// Boost.Beast's sans-I/O parser does the framing; the guard lets it see canonical bytes only and is
// stricter where HTTP leaves a choice, because a byte that two readers frame differently is how
// requests are smuggled:
//
//   refused with 400   bare CR or LF, line folding, blanks before a colon, a target that is neither
//                      a path nor an http(s) URL, Host absent or repeated, Content-Length that is
//                      repeated or not plain digits, Transfer-Encoding that is not exactly
//                      "chunked" or stands beside a Content-Length or in HTTP/1.0, a chunk's head
//                      that is longer than 256 bytes or has a quoted extension, trailers
//   411                POST, PUT or PATCH with neither length nor chunks
//   413, 431           body, head over its limit
//   503                no memory left for bodies under way
//   417                an expectation other than 100-continue
//
// Beast 1.74, read in its source: it unfolds folded lines, accepts "Content-Length: 5, 5" and
// repeated equal lengths, and takes "gzip, chunked" for chunked. Those are closed here.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::edge {

// Memory for bodies under way, of which everybody has a share.
class BodyRoom {
  public:
    virtual ~BodyRoom() = default;

    // Whether there is room for so many bytes more; they are taken then.
    virtual bool take(std::size_t bytes) = 0;
    virtual void give_back(std::size_t bytes) = 0;
};

struct FramingLimits {
    std::size_t head_bytes = 8UL * 1024;
    std::size_t body_bytes = 1024UL * 1024;
};

// One connection's stream of requests, one at a time. [one thread]
class FramingGuard {
  public:
    enum class Phase {
        kHead,      // no request yet, or a part of its head
        kBody,      // the head is complete, the body is not
        kComplete,  // the accessors below are valid until next()
        kRefused,   // see refusal(); the stream cannot be read any further
    };

    using Field = std::pair<std::string_view, std::string_view>;

    // `room` outlives the guard; without one only the limits bound a body.
    explicit FramingGuard(FramingLimits limits, BodyRoom* room = nullptr);
    ~FramingGuard();
    FramingGuard(const FramingGuard&) = delete;
    FramingGuard& operator=(const FramingGuard&) = delete;

    // Takes bytes up to the end of the current request's head, then of its body, and says how many
    // it took. In kComplete and kRefused it takes none. An empty line before a request is skipped.
    std::size_t feed(std::string_view bytes);

    Phase phase() const { return phase_; }

    // Whether not a single byte of the next request has come.
    bool is_idle() const { return phase_ == Phase::kHead && head_.empty(); }

    // kBody: whether the client waits for "100 Continue" before it sends the body.
    bool expects_continue() const { return expects_continue_; }

    // kRefused: the status to answer with.
    int refusal() const { return refusal_; }

    // kBody and kComplete; the body is whole in kComplete only.
    std::string_view method() const { return method_; }
    std::string_view path() const { return path_; }
    std::string_view query() const { return query_; }
    std::string_view body() const { return body_; }
    const std::vector<Field>& fields() const { return fields_; }
    bool keep_alive() const { return keep_alive_; }
    bool is_http_1_0() const { return version_ == 10; }

    // Forgets the request and begins the next one.
    void next();

  private:
    class Parser;

    std::size_t skip_empty_line(std::string_view bytes);
    std::size_t feed_head(std::string_view bytes);
    bool append_to_body(std::string_view bytes);
    void drop_body();
    std::size_t feed_body(std::string_view bytes);
    std::size_t feed_chunks(std::string_view bytes);
    std::size_t put(std::string_view bytes);
    void finish_head();
    int head_problem() const;
    bool has_field(std::string_view name) const;
    bool take_target(std::string_view target);
    void refuse(int status);

    const FramingLimits limits_;
    BodyRoom* const room_;
    std::size_t taken_room_ = 0;
    std::size_t empty_line_ = 0;  // bytes of it that came
    Phase phase_ = Phase::kHead;
    int refusal_ = 0;

    std::string head_;  // what the views below point into
    std::string body_;
    std::string carry_;  // the beginning of a chunk's head
    std::unique_ptr<Parser> parser_;

    std::string_view method_;
    std::string_view path_;
    std::string_view query_;
    std::vector<Field> fields_;
    int version_ = 11;
    bool keep_alive_ = false;
    bool chunked_ = false;
    bool expects_continue_ = false;
};

}  // namespace gatehouse::edge
