#include "edge/framing_guard.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace gatehouse::edge {
namespace {

using Phase = FramingGuard::Phase;

constexpr FramingLimits kLimits{1024, 2048};

// Feeds `stream` in pieces as `cuts` says and describes what comes out: "POST /a?q [body]" for each
// request, "!400" for a refusal, "..." for an unfinished request.
std::vector<std::string> outcome(std::string_view stream, const std::vector<std::size_t>& cuts) {
    FramingGuard guard(kLimits);
    std::vector<std::string> seen;
    std::size_t from = 0;
    for (std::size_t piece = 0; piece <= cuts.size(); ++piece) {
        const std::size_t to = piece < cuts.size() ? cuts[piece] : stream.size();
        std::string bytes(stream.substr(from, to - from));  // a copy: over-reads show under ASan
        from = to;
        std::string_view rest = bytes;
        while (!rest.empty() && guard.phase() != Phase::kRefused) {
            rest.remove_prefix(guard.feed(rest));
            if (guard.phase() == Phase::kComplete) {
                seen.push_back(std::string(guard.method()) + " " + std::string(guard.path()) +
                               (guard.query().empty() ? "" : "?" + std::string(guard.query())) +
                               " [" + std::string(guard.body()) + "]" +
                               (guard.keep_alive() ? "" : " close"));
                guard.next();
            }
        }
    }
    if (guard.phase() == Phase::kRefused) {
        seen.push_back("!" + std::to_string(guard.refusal()));
    } else if (!guard.is_idle()) {
        seen.emplace_back("...");
    }
    return seen;
}

std::vector<std::size_t> every_byte(std::size_t size) {
    std::vector<std::size_t> cuts;
    for (std::size_t i = 1; i < size; ++i) {
        cuts.push_back(i);
    }
    return cuts;
}

struct Case {
    const char* name;
    std::string stream;
    std::vector<std::string> expected;
};

std::string with(const std::string& lines, const std::string& body = "") {
    return "POST /a HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n" + body;
}

std::vector<Case> cases() {
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string get = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";
    const std::string got = "GET /a?b=c []";
    return {
        {"Get", get, {got}},
        {"Pipelined", get + with("Content-Length: 2\r\n", "hi") + get, {got, "POST /a [hi]", got}},
        {"EmptyBody", with("Content-Length: 0\r\n"), {"POST /a []"}},
        {"BodyUnfinished", with("Content-Length: 3\r\n", "hi"), {"..."}},
        {"HeadUnfinished", "GET / HTTP/1.1\r\nHost: x\r\n", {"..."}},
        {"CloseAsked", with("Content-Length: 0\r\nConnection: close\r\n"), {"POST /a [] close"}},
        {"StartLineTooShort", "ST /a Hed\r\n\r\nmore", {"!400"}},
        {"StartLineTooShortAtItsEnd", get + "A / H\r\n\r\n", {got, "!400"}},
        {"Http10Closes", "GET /a HTTP/1.0\r\n\r\n", {"GET /a [] close"}},
        {"Http10KeepsAliveWhenAsked",
         "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
         {"GET /a []"}},
        {"BodyHoldsAnyBytes",
         with("Content-Length: 6\r\n", std::string("\0\r\n\r\n\xff", 6)),
         {"POST /a [" + std::string("\0\r\n\r\n\xff", 6) + "]"}},

        // chunks
        {"Chunks",
         with(chunked, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") + get,
         {"POST /a [abcde]", got}},
        {"ChunksEmpty", with(chunked, "0\r\n\r\n") + get, {"POST /a []", got}},
        {"ChunksHexCase",
         with(chunked, "00A\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n"),
         {"POST /a [01234567890123456789a]"}},
        {"ChunksExtension", with(chunked, "3;a=b ; c\r\nabc\r\n0;e\r\n\r\n"), {"POST /a [abc]"}},
        {"ChunksQuotedExtension", with(chunked, "3;a=\"b\"\r\nabc\r\n0\r\n\r\n"), {"!400"}},
        {"ChunksQuotedLineEnd", with(chunked, "3;a=\"\r\n\"\r\nabc\r\n0\r\n\r\n"), {"!400"}},
        {"ChunksTrailer", with(chunked, "1\r\na\r\n0\r\nX: y\r\n\r\n") + get, {"!400"}},
        {"ChunkHeadLong",
         with(chunked, "1;" + std::string(250, 'a') + "\r\na\r\n0\r\n\r\n"),
         {"POST /a [a]"}},
        {"ChunkHeadTooLong",
         with(chunked, "1;" + std::string(256, 'a') + "\r\na\r\n0\r\n\r\n"),
         {"!400"}},
        {"ChunkZerosEndless",
         with(chunked, std::string(400, '0') + "1\r\na\r\n0\r\n\r\n"),
         {"!400"}},
        {"ChunksUnfinished", with(chunked, "3\r\nabc\r\n0\r\n"), {"..."}},
        {"ChunkSizeNotHex", with(chunked, "x\r\nabc\r\n0\r\n\r\n"), {"!400"}},
        {"ChunkSizeNegative", with(chunked, "-1\r\nabc\r\n0\r\n\r\n"), {"!400"}},
        {"ChunkSizePrefixed", with(chunked, "0x3\r\nabc\r\n0\r\n\r\n"), {"!400"}},
        {"ChunkSizeOverflows", with(chunked, "10000000000000000\r\nabc\r\n0\r\n\r\n"), {"!400"}},
        {"ChunkSizeHuge", with(chunked, "fffffffffffffff\r\nabc"), {"!413"}},
        {"ChunkEndsWithoutCrlf", with(chunked, "3\r\nabcd\r\n0\r\n\r\n"), {"!400"}},
        {"ChunkBareLf", with(chunked, "3\nabc\r\n0\r\n\r\n"), {"!400"}},
        {"ChunksTogetherTooLarge",
         with(chunked, "600\r\n" + std::string(0x600, 'a') + "\r\n600\r\n"),
         {"!413"}},
        {"ChunkExtensionEndless", with(chunked, "3;" + std::string(2000, 'a')), {"!400"}},

        // lengths
        {"LengthMissing", with(""), {"!411"}},
        {"LengthNotNeeded", "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n", {"DELETE /a []"}},
        {"LengthTrailingLetters", with("Content-Length: 5abc\r\n", "hello"), {"!400"}},
        {"LengthLetters", with("Content-Length: abc\r\n"), {"!400"}},
        {"LengthEmpty", with("Content-Length:\r\n"), {"!400"}},
        {"LengthSigned", with("Content-Length: +5\r\n", "hello"), {"!400"}},
        {"LengthNegative", with("Content-Length: -5\r\n", "hello"), {"!400"}},
        {"LengthRepeated", with("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), {"!400"}},
        {"LengthsDiffer", with("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), {"!400"}},
        {"LengthList", with("Content-Length: 5, 5\r\n", "hello"), {"!400"}},
        {"LengthOverflows", with("Content-Length: 99999999999999999999\r\n"), {"!400"}},
        {"LengthOverLimit", with("Content-Length: 2049\r\n"), {"!413"}},
        {"LengthAtLimit",
         with("Content-Length: 2048\r\n", std::string(2048, 'a')),
         {"POST /a [" + std::string(2048, 'a') + "]"}},
        {"LengthAndChunks", with("Content-Length: 5\r\n" + chunked, "hello"), {"!400"}},
        {"ChunksAndLength", with(chunked + "Content-Length: 5\r\n", "hello"), {"!400"}},

        // codings
        {"CodingTwice", with(chunked + chunked, "0\r\n\r\n"), {"!400"}},
        {"CodingList", with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), {"!400"}},
        {"CodingUnknown", with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), {"!400"}},
        {"CodingIdentity", with("Transfer-Encoding: identity\r\n"), {"!400"}},
        {"CodingAnyCase", with("transfer-encoding: CHUNKED\r\n", "0\r\n\r\n"), {"POST /a []"}},
        {"CodingInHttp10",
         "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         {"!400"}},

        // lines and fields
        {"BareLf", "GET /a HTTP/1.1\nHost: x\n\n", {"!400"}},
        {"BareLfBetweenFields", "GET /a HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", {"!400"}},
        {"BareCr", "GET /a HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", {"!400"}},
        {"Folded", "GET /a HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n", {"!400"}},
        {"FoldedFirstLine", "GET /a HTTP/1.1\r\n Host: x\r\n\r\n", {"!400"}},
        {"BlankBeforeColon", with("Content-Length : 5\r\n", "hello"), {"!400"}},
        {"NulInField", "GET /a HTTP/1.1\r\nHost: x" + std::string(1, '\0') + "\r\n\r\n", {"!400"}},
        {"EmptyFieldName", "GET /a HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", {"!400"}},
        {"NoColon", "GET /a HTTP/1.1\r\nHost: x\r\nxyz\r\n\r\n", {"!400"}},
        {"LeadingEmptyLine", "\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", {"GET /a []"}},
        {"LeadingEmptyLines", "\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"LeadingBareCr", "\rGET /a HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"LeadingBareLf", "\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"EmptyLineAfterABody",
         with("Content-Length: 2\r\n", "hi\r\n") + with("Content-Length: 2\r\n", "ho"),
         {"POST /a [hi]", "POST /a [ho]"}},
        {"HostMissing", "GET /a HTTP/1.1\r\n\r\n", {"!400"}},
        {"HostTwice", "GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", {"!400"}},
        {"OddFieldsPass",
         "GET /a HTTP/1.1\r\nHost: x:abc\r\nDate: never\r\nCache-Control: =\r\nContent-Type: "
         "?\r\n\r\n",
         {"GET /a []"}},

        // request line
        {"VersionUnknown", "GET /a HTTP/2.0\r\nHost: x\r\n\r\n", {"!400"}},
        {"VersionMissing", "GET /a\r\nHost: x\r\n\r\n", {"!400"}},
        {"TwoBlanks", "GET  /a HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"BlankAtEnd", "GET /a HTTP/1.1 \r\nHost: x\r\n\r\n", {"!400"}},
        {"TargetAbsolute", "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n", {"GET /a []"}},
        {"TargetAbsoluteTls",
         "GET HTTPS://x:8443/a/b?c=d HTTP/1.1\r\nHost: y\r\n\r\n",
         {"GET /a/b?c=d []"}},
        {"TargetAbsoluteNoPath", "GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", {"GET / []"}},
        {"TargetAbsoluteQueryOnly", "GET http://x?c HTTP/1.1\r\nHost: x\r\n\r\n", {"GET /?c []"}},
        {"TargetAbsoluteNobody", "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"TargetAbsoluteUser", "GET http://u@x/a HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"TargetOtherScheme", "GET ftp://x/a HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"TargetAuthority", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"TargetAsterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"TargetNotAscii", "GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"TargetFragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", {"!400"}},
        {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {"!400"}},

        // sizes
        {"HeadOverLimit",
         "GET /" + std::string(1100, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n",
         {"!431"}},
        {"HeadEndless", with("X: " + std::string(4000, 'a')), {"!431"}},
        {"ExpectationUnknown", with("Expect: wonders\r\nContent-Length: 1\r\n", "a"), {"!417"}},
        {"ExpectationContinue",
         with("Expect: 100-Continue\r\nContent-Length: 1\r\n", "a"),
         {"POST /a [a]"}},
    };
}

class FramingTable : public testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(Streams, FramingTable, testing::ValuesIn(cases()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(FramingTable, IsTheSameHoweverTheBytesArrive) {
    const auto& [name, stream, expected] = GetParam();
    EXPECT_EQ(outcome(stream, {}), expected) << "in one piece";
    EXPECT_EQ(outcome(stream, every_byte(stream.size())), expected) << "byte by byte";
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        ASSERT_EQ(outcome(stream, {cut}), expected) << "cut at " << cut;
    }
    std::mt19937 random(42);
    for (int round = 0; round < 50; ++round) {
        std::vector<std::size_t> cuts;
        for (std::size_t at = 1 + random() % 9; at < stream.size(); at += 1 + random() % 9) {
            cuts.push_back(at);
        }
        ASSERT_EQ(outcome(stream, cuts), expected) << "round " << round;
    }
}

TEST(FramingGuardTest, WaitsForContinueOnlyUntilTheBodyBegins) {
    FramingGuard guard(kLimits);
    guard.feed(with("Expect: 100-continue\r\nContent-Length: 2\r\n"));
    EXPECT_EQ(guard.phase(), Phase::kBody);
    EXPECT_TRUE(guard.expects_continue());
    guard.feed("h");
    EXPECT_FALSE(guard.expects_continue());
    guard.feed("i");
    EXPECT_EQ(guard.phase(), Phase::kComplete);
    guard.next();
    EXPECT_FALSE(guard.expects_continue());
}

// Gives out so many bytes and notes what is out.
class CountedRoom final : public BodyRoom {
  public:
    explicit CountedRoom(std::size_t all) : all_(all) {}
    bool take(std::size_t bytes) override {
        if (out + bytes > all_) return false;
        out += bytes;
        return true;
    }
    void give_back(std::size_t bytes) override { out -= bytes; }
    std::size_t out = 0;

  private:
    std::size_t all_;
};

TEST(FramingGuardTest, TakesRoomForWhatABodyHoldsAndGivesItBack) {
    const std::string chunk(50'000, 'x');
    for (const bool is_chunked : {false, true}) {
        CountedRoom room(150'000);
        FramingGuard guard({8192, 1'000'000}, &room);
        const auto send = [&] {
            guard.feed(
                with(is_chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 400000\r\n"));
            EXPECT_EQ(guard.phase(), Phase::kBody);
            EXPECT_EQ(room.out, 0U) << "what was only announced costs nothing";
            for (int i = 0; i < 8 && guard.phase() == Phase::kBody; ++i) {
                guard.feed(is_chunked ? "c350\r\n" + chunk + "\r\n" : chunk);
                EXPECT_GE(room.out, guard.body().size());
            }
        };
        send();
        EXPECT_EQ(guard.phase(), Phase::kRefused);
        EXPECT_EQ(guard.refusal(), 503);
        EXPECT_EQ(room.out, 0U) << "refused";
    }
    CountedRoom room(150'000);
    {
        FramingGuard guard({8192, 1'000'000}, &room);
        guard.feed(with("Content-Length: 50000\r\n"));
        guard.feed(chunk);
        EXPECT_EQ(guard.phase(), Phase::kComplete);
        EXPECT_EQ(room.out, 50'000U);
        guard.next();
        EXPECT_EQ(room.out, 0U) << "the next request";
        guard.feed(with("Content-Length: 90000\r\n"));
        guard.feed(chunk);
        EXPECT_GT(room.out, 0U);
    }
    EXPECT_EQ(room.out, 0U) << "the connection is gone";
}

TEST(FramingGuardTest, GivesFieldsAsSentAndInOrder) {
    FramingGuard guard(kLimits);
    guard.feed("GET / HTTP/1.1\r\nHost: x\r\nsG-Signature:  a b \r\nX:\r\n\r\n");
    ASSERT_EQ(guard.phase(), Phase::kComplete);
    const std::vector<FramingGuard::Field> expected{
        {"Host", "x"}, {"sG-Signature", "a b"}, {"X", ""}};
    EXPECT_EQ(guard.fields(), expected);
}

TEST(FramingGuardTest, RefusesMoreFieldsThanAnyoneNeeds) {
    FramingGuard guard({64UL * 1024, 0});
    std::string head = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 200; ++i) {
        head += "X: y\r\n";
    }
    guard.feed(head + "\r\n");
    EXPECT_EQ(guard.phase(), Phase::kRefused);
    EXPECT_EQ(guard.refusal(), 431);
}

}  // namespace
}  // namespace gatehouse::edge
