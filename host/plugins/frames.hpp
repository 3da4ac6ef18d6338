// Frames: what the host and a runner say to each other over their socket. Format:
// docs/formats/frames.md. The other side is a process with foreign code in it, so every length is
// bounded and nothing is believed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::plugins {

enum class FrameKind : std::uint8_t {
    kStart = 1,     // host: what to load and how
    kHello,         // runner: loaded, ready for calls
    kRefused,       // runner: the library was refused, and why
    kCall,          // host: one call of a function
    kResult,        // runner: the call's result document
    kFailure,       // runner: why the call failed
    kService,       // runner: the call asks the host for a service
    kServiceReply,  // host: the service's answer
    kLog,           // runner: a line for the host's log
    kPhase,         // runner: what it is doing outside of calls; names a crash
};

struct Frame {
    FrameKind kind = FrameKind::kStart;
    std::uint32_t call_id = 0;  // 0 where no call is meant
    std::string payload;
};

inline constexpr std::size_t kFrameHeaderBytes = 16;
inline constexpr std::size_t kMaxDocumentBytes = std::size_t{1024} * 1024;
// A call carries two documents; a reply from outside grows when it is written as JSON.
inline constexpr std::size_t kMaxPayloadBytes = 8 * kMaxDocumentBytes;

// Header and payload, ready to be written. The payload is at most kMaxPayloadBytes.
std::string encode_frame(FrameKind kind, std::uint32_t call_id, std::string_view payload);

// Collects bytes as they come and gives whole frames. [one thread]
class FrameBuffer {
  public:
    enum class Status { kFrame, kNeedMore, kBroken };

    void append(std::string_view bytes) { bytes_.append(bytes); }

    // kFrame: `frame` is filled. kBroken: what came is no frame, and nothing after it can be read.
    Status next(Frame& frame);

  private:
    std::string bytes_;
    std::size_t taken_ = 0;
};

// Payloads are made of numbers (32 bits) and texts (a number and so many bytes), one after another.
class PayloadWriter {
  public:
    PayloadWriter& number(std::uint32_t value);
    PayloadWriter& text(std::string_view value);
    const std::string& payload() const { return payload_; }

  private:
    std::string payload_;
};

// Gives nothing from the first member on that is not there. Texts borrow from the payload.
class PayloadReader {
  public:
    explicit PayloadReader(std::string_view payload) : rest_(payload) {}
    std::optional<std::uint32_t> number();
    std::optional<std::string_view> text();
    bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

// One call as it crosses.
struct CallFrame {
    std::uint32_t remaining_ms = 0;
    std::string_view function;    // "access.apply"
    std::string_view instance;    // "acme/doors#0"
    std::string_view connection;  // schemas/connection.json
    std::string_view request;
};

std::string encode_call(const CallFrame& call);
std::optional<CallFrame> decode_call(std::string_view payload);

// Writes all of `bytes` to a socket, blocking. False: the other side is gone. [one writer at a
// time]
bool write_all(int socket, std::string_view bytes);

// The same for an other side that is not trusted to read: false as well, with errno ETIMEDOUT, when
// it has not taken all of them within `limit`, however steadily it takes some.
bool write_within(int socket, std::string_view bytes, std::chrono::milliseconds limit);

}  // namespace gatehouse::plugins
