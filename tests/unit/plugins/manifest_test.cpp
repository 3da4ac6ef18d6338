#include "plugins/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::plugins {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr const char* kFull = R"(plugin: kisi
version: 1.0.0
library: libgatehouse_kisi.so
sha256: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
abi: {major: 1, min_host_minor: 0}
features: [gatehouse.access/1, gatehouse.inbound/1]
egress: {hosts: [api.kisi.io], requests_per_second: 4, burst: 1}
settings:
  required: [api_key]
  properties:
    api_key: {type: string, secret: true}
    zone: {type: string}
targets: [{kind: group, id: number}, {kind: zone}]
renter_key: [email]
credentials: [{kind: pin, chosen_by: host, digits: [4, 9]}]
suspend: {unit: native}
inbound:
  signature: {scheme: hmac-sha256, header: X-Signature, prefix: "sha256=", encoding: hex}
  event_id: /uuid
  strike: [code, keypadCode]
limits: {call_ms: 15000, memory_mib: 128, concurrency: 3}
)";

constexpr const char* kLeast = R"(plugin: kisi
version: 1.0.0
library: libgatehouse_kisi.so
abi: {major: 1}
features: [gatehouse.access/1]
)";

struct Read {
    std::optional<Manifest> manifest;
    std::vector<std::string> problems;
};

Read read(const std::string& text) {
    config::Problems problems;
    Read result;
    result.manifest = read_manifest_text(text, "/plugins/kisi/plugin.yaml", problems);
    for (const auto& problem : problems)
        result.problems.push_back(config::to_string(problem));
    return result;
}

TEST(ManifestTest, EverythingIsRead) {
    const Read result = read(kFull);
    ASSERT_TRUE(result.manifest) << result.problems.front();
    const Manifest& manifest = *result.manifest;
    EXPECT_EQ(manifest.plugin, "kisi");
    EXPECT_EQ(manifest.library, "/plugins/kisi/libgatehouse_kisi.so");
    EXPECT_EQ(manifest.sha256, std::string(64, 'a'));
    EXPECT_EQ(manifest.features.size(), 2U);
    EXPECT_EQ(manifest.egress_hosts, std::vector<std::string>{"api.kisi.io"});
    EXPECT_EQ(manifest.requests_per_second, 4);
    EXPECT_EQ(manifest.settings_schema["required"][0], "api_key");
    EXPECT_EQ(manifest.credentials[0]["digits"][1], 9);
    ASSERT_EQ(manifest.targets.size(), 2U);
    EXPECT_EQ(manifest.targets[0].kind, "group");
    EXPECT_EQ(manifest.targets[0].id, TargetKind::Id::kNumber);
    EXPECT_EQ(manifest.targets[1].id, TargetKind::Id::kText);
    EXPECT_EQ(manifest.suspend_unit, "native");
    EXPECT_EQ(manifest.inbound_signature->prefix, "sha256=");
    EXPECT_EQ(manifest.inbound_event_id, "/uuid");
    EXPECT_EQ(manifest.inbound_struck, (std::vector<std::string>{"code", "keypadCode"}));
    EXPECT_EQ(manifest.concurrency, 3);
}

TEST(ManifestTest, TheRestHasDefaults) {
    const Read result = read(kLeast);
    ASSERT_TRUE(result.manifest) << result.problems.front();
    EXPECT_EQ(result.manifest->call_ms, 15'000);
    EXPECT_EQ(result.manifest->sha256, "");
    EXPECT_FALSE(result.manifest->inbound_signature);
}

struct Mistake {
    std::string name;
    std::string more;
    std::string said;
};

class MistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsSaidWithItsPlace) {
    const Read result = read(kLeast + GetParam().more);
    EXPECT_FALSE(result.manifest);
    EXPECT_THAT(result.problems, Contains(HasSubstr(GetParam().said)));
    EXPECT_THAT(result.problems, Contains(HasSubstr("plugin.yaml:")));
}

INSTANTIATE_TEST_SUITE_P(
    All, MistakeTest,
    testing::Values(
        Mistake{"UnknownKey", "limit: {}\n", "did you mean 'limits'?"},
        Mistake{"UnknownInnerKey", "egress: {host: [a.b]}\n", "did you mean 'hosts'?"},
        Mistake{"SecondKey", "version: 2.0.0\n", "version"},
        Mistake{"WrongType", "limits: {call_ms: soon}\n", "call_ms"},
        Mistake{"OutOfRange", "limits: {concurrency: 0}\n", "concurrency"},
        Mistake{"BadChecksum", "sha256: abc\n", "64 lower-case hex digits"},
        Mistake{"BadHost", "egress: {hosts: ['https://a.b']}\n", "a host"},
        Mistake{"NoSchema", "settings: [1]\n", "must be a JSON Schema of an object"},
        Mistake{"BadSchema", "settings: {properties: {a: {type: 7}}}\n", "is no JSON Schema"},
        Mistake{"SecretNumber", "settings: {properties: {a: {type: integer, secret: true}}}\n",
                "only a string can be"},
        Mistake{"InnerSecret",
                "settings: {properties: {a: {type: object, properties: {b: {type: string, secret: "
                "true}}}}}\n",
                "only settings at the top"},
        Mistake{"BadTargetKind", "targets: [{kind: 'a b'}]\n", "letters, digits"},
        Mistake{"BadTargetId", "targets: [{kind: door, id: hex}]\n", "id"},
        Mistake{"BadSuspend", "suspend: {unit: maybe}\n", "unit"},
        Mistake{"SignatureWithoutHeader", "inbound: {signature: {scheme: hmac-sha256}}\n",
                "needs its header"},
        Mistake{"BadDigits", "credentials: [{kind: pin, digits: [9, 4]}]\n", "[least, most]"},
        Mistake{"HostPinWithoutDigits", "credentials: [{kind: pin, chosen_by: host}]\n", "digits"},
        Mistake{"LettersInAPin",
                "credentials: [{kind: pin, chosen_by: host, digits: [4, 4], alphabet: abc}]\n",
                "alphabet"},
        Mistake{"AlphabetOfALink", "credentials: [{kind: link, alphabet: '12'}]\n", "for PINs"}),
    [](const auto& one) { return one.param.name; });

TEST(ManifestTest, APathIsNoLibrary) {
    const Read result = read(
        "plugin: kisi\nversion: 1.0.0\nlibrary: ../../evil.so\nabi: {major: 2}\n"
        "features: [gatehouse.acces/1]\n");
    EXPECT_FALSE(result.manifest);
    EXPECT_THAT(result.problems, Contains(HasSubstr("beside the manifest")));
    EXPECT_THAT(result.problems, Contains(HasSubstr("major")));
    EXPECT_THAT(result.problems, Contains(HasSubstr("gatehouse.access/1")));
}

TEST(ManifestTest, TheSchemaOfMessagesIsForThoseThatTakeThem) {
    const std::string message = "message:\n  properties:\n    text: {type: string}\n";
    std::string notifies = kLeast;
    notifies.replace(notifies.find("access/1"), 8, "notify/1");
    EXPECT_FALSE(read(notifies).manifest->message_schema);
    const Read result = read(notifies + message);
    ASSERT_TRUE(result.manifest) << result.problems.front();
    EXPECT_EQ((*result.manifest->message_schema)["properties"]["text"]["type"], "string");
    EXPECT_THAT(read(kLeast + message).problems,
                Contains(HasSubstr("'message' is for plugins that offer gatehouse.notify/1")));
    EXPECT_THAT(
        read(notifies + "message: {properties: {text: {type: string, secret: true}}}\n").problems,
        Contains(HasSubstr("'message' may mark nothing as secret")));
}

TEST(ManifestTest, AMistypedWordOfASchemaIsFound) {
    const auto problems_of = [](const std::string& settings) {
        return read(std::string(kLeast) + "settings: " + settings + "\n").problems;
    };
    EXPECT_THAT(problems_of("{requierd: [zone], properties: {zone: {type: string}}}"),
                Contains(HasSubstr("'settings' uses 'requierd', which JSON Schema does not know "
                                   "(did you mean 'required'?)")));
    EXPECT_THAT(problems_of("{properties: {zone: {type: array, items: {patern: x}}}}"),
                Contains(HasSubstr("uses 'patern'")));
    EXPECT_THAT(problems_of("{anyOf: [{properties: {zone: {typ: string}}}]}"),
                Contains(HasSubstr("uses 'typ'")));
    EXPECT_THAT(problems_of("{properties: {patern: {enum: [{typ: x}]}}}"), testing::IsEmpty());
}

}  // namespace
}  // namespace gatehouse::plugins
