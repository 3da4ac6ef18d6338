#include "plugins/frames.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "base/unique_fd.hpp"

namespace gatehouse::plugins {
namespace {

using Status = FrameBuffer::Status;

TEST(FramesTest, AFrameIsSixteenBytesAndItsPayload) {
    const std::string bytes = encode_frame(FrameKind::kCall, 0x01020304, "abc");
    EXPECT_EQ(bytes, std::string("GHF1\x04\0\0\0\x04\x03\x02\x01\x03\0\0\0abc", 19));
}

TEST(FramesTest, FramesComeOutWholeHoweverTheirBytesArrive) {
    const std::string bytes = encode_frame(FrameKind::kHello, 0, "one") +
                              encode_frame(FrameKind::kResult, 7, std::string(200'000, 'x')) +
                              encode_frame(FrameKind::kPhase, 0, "");
    for (const std::size_t step :
         {std::size_t{1}, std::size_t{7}, std::size_t{70'000}, bytes.size()}) {
        FrameBuffer buffer;
        std::vector<Frame> frames;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            buffer.append(std::string_view(bytes).substr(at, step));
            Frame frame;
            while (buffer.next(frame) == Status::kFrame)
                frames.push_back(frame);
        }
        ASSERT_EQ(frames.size(), 3U) << step;
        EXPECT_EQ(frames[0].payload, "one");
        EXPECT_EQ(frames[1].call_id, 7U);
        EXPECT_EQ(frames[1].payload.size(), 200'000U);
        EXPECT_EQ(frames[2].kind, FrameKind::kPhase);
    }
}

Status status_of(const std::string& bytes) {
    FrameBuffer buffer;
    buffer.append(bytes);
    Frame frame;
    return buffer.next(frame);
}

TEST(FramesTest, WhatIsNoFrameBreaksTheStream) {
    const std::string good = encode_frame(FrameKind::kHello, 0, "");
    EXPECT_EQ(status_of(good), Status::kFrame);
    const auto with = [&](std::size_t at, char byte) {
        std::string bad = good;
        bad[at] = byte;
        return bad;
    };
    EXPECT_EQ(status_of(with(0, 'X')), Status::kBroken);
    EXPECT_EQ(status_of(with(4, 0)), Status::kBroken);   // no such kind
    EXPECT_EQ(status_of(with(4, 11)), Status::kBroken);  // no such kind
    EXPECT_EQ(status_of(with(5, 1)), Status::kBroken);   // reserved
    EXPECT_EQ(status_of(with(15, 1)), Status::kBroken);  // 16 MiB
    EXPECT_EQ(status_of(good.substr(0, 15)), Status::kNeedMore);
}

TEST(FramesTest, ACallSurvivesTheWay) {
    const CallFrame call{1500, "access.apply", "acme/doors#0", "{}", R"({"schema":1})"};
    const std::string payload = encode_call(call);
    const auto decoded = decode_call(payload);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->remaining_ms, 1500U);
    EXPECT_EQ(decoded->function, "access.apply");
    EXPECT_EQ(decoded->instance, "acme/doors#0");
    EXPECT_EQ(decoded->connection, "{}");
    EXPECT_EQ(decoded->request, R"({"schema":1})");
}

TEST(FramesTest, ACutOrPaddedCallIsNone) {
    const std::string payload = encode_call({1, "f", "i", "c", "r"});
    for (std::size_t size = 0; size < payload.size(); ++size) {
        EXPECT_FALSE(decode_call(std::string_view(payload).substr(0, size))) << size;
    }
    EXPECT_FALSE(decode_call(payload + "x"));
}

TEST(FramesTest, ATextLongerThanItsPayloadIsNone) {
    PayloadReader reader(
        std::string_view("\xff\xff\xff\xff"
                         "abc",
                         7));
    EXPECT_FALSE(reader.text());
    EXPECT_FALSE(reader.number());
}

class SocketPair {
  public:
    SocketPair() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        ours = UniqueFd(ends[0]);
        theirs = UniqueFd(ends[1]);
    }
    UniqueFd ours;
    UniqueFd theirs;
};

// Reads a little, again and again, until the other side is gone.
void read_slowly(int socket) {
    std::array<char, 4096> bytes{};
    while (::recv(socket, bytes.data(), bytes.size(), 0) > 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

TEST(FramesTest, P9_AReaderThatTakesALittleAtATimeKeepsNobody) {
    SocketPair pair;
    std::thread reader([&] { read_slowly(pair.theirs.get()); });
    const auto limit = std::chrono::milliseconds(100);
    EXPECT_FALSE(write_within(pair.ours.get(), std::string(kMaxPayloadBytes, 'x'), limit));
    EXPECT_EQ(errno, ETIMEDOUT);
    pair.ours.reset();
    reader.join();
}

TEST(FramesTest, WhatIsReadInTimeIsWrittenWhole) {
    SocketPair pair;
    const std::string sent(1'000'000, 'x');
    std::string got;
    std::thread reader([&] {
        std::array<char, 65'536> bytes{};
        for (ssize_t n = 0; (n = ::recv(pair.theirs.get(), bytes.data(), bytes.size(), 0)) > 0;) {
            got.append(bytes.data(), static_cast<std::size_t>(n));
        }
    });
    EXPECT_TRUE(write_within(pair.ours.get(), sent, std::chrono::seconds(60)));
    pair.ours.reset();
    reader.join();
    EXPECT_EQ(got, sent);
    pair.theirs.reset();
}

TEST(FramesTest, AReaderThatIsGoneIsNoTimeOut) {
    SocketPair pair;
    pair.theirs.reset();
    EXPECT_FALSE(write_within(pair.ours.get(), "x", std::chrono::seconds(60)));
    EXPECT_EQ(errno, EPIPE);
}

}  // namespace
}  // namespace gatehouse::plugins
