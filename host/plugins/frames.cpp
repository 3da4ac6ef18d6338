#include "plugins/frames.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace gatehouse::plugins {
namespace {

constexpr std::array<char, 4> kMagic{'G', 'H', 'F', '1'};
constexpr std::size_t kKindAt = 4;
constexpr std::size_t kCallIdAt = 8;
constexpr std::size_t kLengthAt = 12;
// Below this, moving what is left to the front costs more than it gives back.
constexpr std::size_t kCompactBytes = std::size_t{64} * 1024;

void put_number(std::string& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xffU));
    }
}

std::uint32_t number_at(const char* bytes) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) {
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return value;
}

}  // namespace

std::string encode_frame(FrameKind kind, std::uint32_t call_id, std::string_view payload) {
    std::string frame;
    frame.reserve(kFrameHeaderBytes + payload.size());
    frame.append(kMagic.data(), kMagic.size());
    frame.push_back(static_cast<char>(kind));
    frame.append(3, '\0');
    put_number(frame, call_id);
    put_number(frame, static_cast<std::uint32_t>(payload.size()));
    frame.append(payload);
    return frame;
}

FrameBuffer::Status FrameBuffer::next(Frame& frame) {
    const std::string_view rest = std::string_view(bytes_).substr(taken_);
    if (rest.size() < kFrameHeaderBytes) return Status::kNeedMore;
    const auto kind = static_cast<unsigned char>(rest[kKindAt]);
    const std::uint32_t length = number_at(rest.data() + kLengthAt);
    const bool is_known = kind >= static_cast<unsigned char>(FrameKind::kStart) &&
                          kind <= static_cast<unsigned char>(FrameKind::kPhase);
    if (std::memcmp(rest.data(), kMagic.data(), kMagic.size()) != 0 || !is_known ||
        rest.substr(kKindAt + 1, 3) != std::string_view("\0\0\0", 3) || length > kMaxPayloadBytes) {
        return Status::kBroken;
    }
    if (rest.size() < kFrameHeaderBytes + length) return Status::kNeedMore;
    frame.kind = static_cast<FrameKind>(kind);
    frame.call_id = number_at(rest.data() + kCallIdAt);
    frame.payload.assign(rest.substr(kFrameHeaderBytes, length));
    taken_ += kFrameHeaderBytes + length;
    if (taken_ == bytes_.size()) {
        bytes_.clear();
        taken_ = 0;
        if (bytes_.capacity() > kCompactBytes) bytes_.shrink_to_fit();
    } else if (taken_ > kCompactBytes) {
        bytes_.erase(0, taken_);
        taken_ = 0;
    }
    return Status::kFrame;
}

PayloadWriter& PayloadWriter::number(std::uint32_t value) {
    put_number(payload_, value);
    return *this;
}

PayloadWriter& PayloadWriter::text(std::string_view value) {
    put_number(payload_, static_cast<std::uint32_t>(value.size()));
    payload_.append(value);
    return *this;
}

std::optional<std::uint32_t> PayloadReader::number() {
    if (rest_.size() < 4) {
        rest_ = {};
        return std::nullopt;
    }
    const std::uint32_t value = number_at(rest_.data());
    rest_.remove_prefix(4);
    return value;
}

std::optional<std::string_view> PayloadReader::text() {
    const std::optional<std::uint32_t> size = number();
    if (!size || *size > rest_.size()) {
        rest_ = {};
        return std::nullopt;
    }
    const std::string_view value = rest_.substr(0, *size);
    rest_.remove_prefix(*size);
    return value;
}

std::string encode_call(const CallFrame& call) {
    return PayloadWriter()
        .number(call.remaining_ms)
        .text(call.function)
        .text(call.instance)
        .text(call.connection)
        .text(call.request)
        .payload();
}

std::optional<CallFrame> decode_call(std::string_view payload) {
    PayloadReader reader(payload);
    const auto remaining_ms = reader.number();
    const auto function = reader.text();
    const auto instance = reader.text();
    const auto connection = reader.text();
    const auto request = reader.text();
    if (!remaining_ms || !function || !instance || !connection || !request || !reader.at_end()) {
        return std::nullopt;
    }
    return CallFrame{*remaining_ms, *function, *instance, *connection, *request};
}

bool write_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool write_within(int socket, std::string_view bytes, std::chrono::milliseconds limit) {
    using SteadyClock = std::chrono::steady_clock;
    const auto end = SteadyClock::now() + limit;
    while (!bytes.empty()) {
        const ssize_t sent =
            ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        if (sent == 0 || errno != EAGAIN) return false;
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now()).count();
        pollfd room{socket, POLLOUT, 0};
        const int ready = left <= 0 ? 0 : ::poll(&room, 1, static_cast<int>(left));
        if (ready == 0) {
            errno = ETIMEDOUT;
            return false;
        }
    }
    return true;
}

}  // namespace gatehouse::plugins
