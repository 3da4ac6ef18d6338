#include "config/rules.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace gatehouse::config {
namespace {

// The check and the schema's pattern must agree on each of these.
void expect(const TextRule& rule, bool is_accepted, std::initializer_list<std::string> texts) {
    const std::regex pattern{std::string(rule.pattern)};
    for (const std::string& text : texts) {
        EXPECT_EQ(rule.accepts(text), is_accepted) << text;
        EXPECT_EQ(std::regex_search(text, pattern), is_accepted) << text;
    }
}

TEST(Rules, Name) {
    expect(rules::name(), true, {"a", "acme", "acme-2", "24storage", std::string(63, 'a')});
    expect(rules::name(), false,
           {"", "-a", "a-", "Acme", "a b", "a_b", "a/b", "..", std::string(64, 'a'), "\xc3\xa4"});
}

TEST(Rules, Target) {
    expect(rules::target(), true, {"group:4711", "lock:6f1e-aa", "zone_2:A.b~c"});
    expect(rules::target(), false, {"group", "group:", ":1", "a:b:c", "group: 1", "group:1,2", ""});
}

TEST(Rules, HostAndPort) {
    expect(rules::connect_to(), true, {"api.kisi.io:443=127.0.0.1:9090", "[::1]:80=a.b:1"});
    expect(rules::connect_to(), false, {"", "a:1", "a:1=", "a=b:1", "a:1=b:1=c:1", "a:1=b"});
    expect(rules::host_and_port(), true, {"127.0.0.1:9090", "[::1]:80", "locks.local:443"});
    expect(rules::host_and_port(), false, {"127.0.0.1", ":80", "a b:80", "http://a:80", "a:", ""});
    EXPECT_FALSE(rules::host_and_port().accepts("a:0"));
    EXPECT_FALSE(rules::host_and_port().accepts("a:65536"));
    EXPECT_FALSE(rules::host_and_port().accepts("[::g]:1"));
}

TEST(Rules, Url) {
    expect(rules::url(), true,
           {"https://acme.storeganise.com/api", "http://127.0.0.1:9090", "https://[::1]:1/",
            "HTTPS://a"});
    expect(rules::url(), false,
           {"", "https://", "ftp://a", "acme.com", "https://u@a", "https://u:p@a/", "https://a/?q",
            "https://a/#f", "https://a b", "//a", "https:/a", "https://a:/"});
}

TEST(Rules, SiteFieldPrefixAndEventType) {
    expect(rules::site(), true, {"*", "B1", "5bf48bd975970f170a8e42b7", "north-2"});
    expect(rules::site(), false, {"", "**", "a b", "*a"});
    expect(rules::field_prefix(), true, {"kisi", "unloc_2"});
    expect(rules::field_prefix(), false, {"", "ki si", "kisi-2"});
    expect(rules::addon_id(), true, {"5bf540e8d986a91cd713affe", "door-sync_1.0"});
    expect(rules::addon_id(), false, {"", "a|b", "a b", "{{secret:x}}", std::string(65, 'a')});
    expect(rules::vendor_url(), true,
           {"https://a.example/x", "smtps://mail.example", "smtp://mail.example:2525"});
    expect(rules::vendor_url(), false, {"smtp://mail.example/x", "ftp://a.example", "smtp:a"});
    expect(rules::url(), false, {"smtp://mail.example"});
    expect(rules::event_pattern(), true, {"job.unit_moveIn.created", "invoice.*", "*"});
    expect(rules::event_pattern(), false, {"", "a b", "a?", "a/b"});
    expect(rules::site_name(), true, {"lon1", "5bf4.A_b-c"});
    expect(rules::site_name(), false, {"", "*", "a b"});
}

TEST(Rules, UrlHeadNamesTheAddress) {
    EXPECT_EQ(url_head("http://Sims.local/api")->host_and_port, "sims.local:80");
    EXPECT_EQ(url_head("https://a:8443")->host_and_port, "a:8443");
    EXPECT_TRUE(url_head("https://[::1]/x")->is_tls);
    EXPECT_EQ(url_head("https://[::1]/x")->host_and_port, "[::1]:443");
}

}  // namespace
}  // namespace gatehouse::config
