#include "egress/url.hpp"

#include <gtest/gtest.h>

namespace gatehouse::egress {
namespace {

TEST(UrlTest, ReadsHostPortAndTarget) {
    const auto url = parse_url("HTTPS://API.Kisi.io/users?email=a%40b.c");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->is_tls);
    EXPECT_EQ(url->host, "api.kisi.io");
    EXPECT_EQ(url->port, 443);
    EXPECT_EQ(url->target, "/users?email=a%40b.c");
    EXPECT_EQ(url->path(), "/users");
    EXPECT_EQ(url->authority(), "api.kisi.io");
    EXPECT_EQ(url->host_and_port(), "api.kisi.io:443");
    EXPECT_EQ(url->text(), "https://api.kisi.io/users?email=a%40b.c");
}

TEST(UrlTest, FillsInWhatIsImplied) {
    EXPECT_EQ(parse_url("http://a.example")->text(), "http://a.example/");
    EXPECT_EQ(parse_url("http://a.example:8080")->text(), "http://a.example:8080/");
    EXPECT_EQ(parse_url("https://a.example?x=1")->target, "/?x=1");
    EXPECT_EQ(parse_url("http://[::1]:90/x")->host_and_port(), "[::1]:90");
    EXPECT_EQ(parse_url("http://[::1]/x")->port, 80);
}

TEST(UrlTest, ReadsMailServers) {
    const auto submissions = parse_url("SMTPS://Mail.a.example");
    ASSERT_TRUE(submissions);
    EXPECT_TRUE(submissions->is_mail);
    EXPECT_TRUE(submissions->is_tls);
    EXPECT_EQ(submissions->host_and_port(), "mail.a.example:465");
    EXPECT_EQ(submissions->text(), "smtps://mail.a.example/");
    const auto submission = parse_url("smtp://mail.a.example:2525");
    ASSERT_TRUE(submission);
    EXPECT_FALSE(submission->is_tls);
    EXPECT_EQ(submission->scheme(), "smtp");
    EXPECT_EQ(parse_url("smtp://mail.a.example")->port, 587);
    EXPECT_FALSE(parse_url("smtp://mail.a.example/inbox"));
    EXPECT_FALSE(parse_url("smtp://mail.a.example?x=1"));
    EXPECT_TRUE(names("smtps://mail.a.example", *submissions));
    EXPECT_TRUE(names("smtps://mail.a.example:465", *submissions));
    EXPECT_FALSE(names("smtp://mail.a.example:465", *submissions));
    EXPECT_FALSE(names("mail.a.example:465", *submissions));
    EXPECT_FALSE(names("smtps://", *submissions));
    EXPECT_FALSE(names("smtps://a.example", *parse_url("https://a.example")));
    EXPECT_FALSE(parse_url("https://a.example")->is_mail);
}

class BadUrlTest : public testing::TestWithParam<std::string> {};

TEST_P(BadUrlTest, IsInvalidAndNotQuoted) {
    const auto url = parse_url(GetParam());
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(url.error().message.find("example"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadUrlTest,
    testing::Values("", "example", "ftp://a.example/", "file:///etc/example", "https://",
                    "https:///example", "https://user:pw@a.example/", "https://a.example@b/",
                    "https://a.example:0/", "https://a.example:65536/", "https://a.example:/",
                    "https://a.example:80x/", "https://a.example/a b", "https://a.example/\r\nX: 1",
                    "https://a.example/#f", "https://a.example/\\b", "https://a.example\\@b/",
                    "https://a.example/a/../b", "https://a.example/..", "https://a.example/./x",
                    "https://\xc3\xa4.example/", "https://a%2eexample/", "https://[::1/example",
                    "https://[fe80::1%25eth0]/example", "https://[::1]x:80/example",
                    std::string("https://a.example/\0x", 20),
                    "https://a.example/" + std::string(9000, 'a')));

TEST(UrlTest, EntryWithoutPortMeansTheSchemesOwn) {
    const Url tls = *parse_url("https://api.kisi.io/x");
    const Url plain = *parse_url("http://api.kisi.io/x");
    const Url other = *parse_url("https://api.kisi.io:8443/x");
    EXPECT_TRUE(names("api.kisi.io", tls));
    EXPECT_TRUE(names("API.KISI.IO:443", tls));
    EXPECT_TRUE(names("api.kisi.io", plain));
    EXPECT_FALSE(names("api.kisi.io:443", plain));
    EXPECT_FALSE(names("api.kisi.io", other));
    EXPECT_TRUE(names("api.kisi.io:8443", other));
    EXPECT_FALSE(names("kisi.io", tls));
    EXPECT_FALSE(names("", tls));
}

}  // namespace
}  // namespace gatehouse::egress
