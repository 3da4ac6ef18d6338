#include "verify/verify.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "support/webhook_signature.hpp"

namespace gatehouse::verify {
namespace {

constexpr UnixMs kNow = 1'790'000'000'000;

// The body of Storeganise's own example.
constexpr std::string_view kBody =
    R"({"id":"5bf48bd975970f170a8e42b7","created":"2021-11-21T11:26:32.105Z",)"
    R"("type":"job.unit_moveIn.created","data":{"jobId":"5bf540e8d986a91cd713affe"}})";

std::vector<config::LabelledSecret> secrets() {
    return {{Secret("old"), "env:OLD"}, {Secret("new"), "env:NEW"}};
}

// The label of the secret that matched.
std::optional<std::string> verified(const SignatureScheme& scheme, std::string_view value,
                                    std::string_view body,
                                    const std::vector<config::LabelledSecret>& keys) {
    const Result<std::string> label = verify(scheme, {value, body}, keys, kNow);
    return label ? std::optional(*label) : std::nullopt;
}

TEST(VerifyTest, KnowsAFixedVector) {
    // RFC 4231, test case 2.
    const SignatureScheme scheme =
        make_scheme("hmac-sha256", "X-Signature", "sha256=", "hex").value();
    const std::vector<config::LabelledSecret> keys{{Secret("Jefe"), "k"}};
    EXPECT_EQ(
        verified(scheme, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                 "what do ya want for nothing?", keys),
        "k");
}

TEST(VerifyTest, TellsWhichOfSeveralSecretsMatched) {
    const SignatureScheme scheme = storeganise_scheme();
    EXPECT_EQ(verified(scheme, to_base64(test::hmac_sha256("old", kBody)), kBody, secrets()),
              "env:OLD");
    EXPECT_EQ(verified(scheme, to_base64(test::hmac_sha256("new", kBody)), kBody, secrets()),
              "env:NEW");
    EXPECT_EQ(verified(scheme, to_base64(test::hmac_sha256("other", kBody)), kBody, secrets()),
              std::nullopt);
}

TEST(VerifyTest, TheRawBytesCount) {
    const std::string spaced = std::string(kBody) + " ";
    EXPECT_EQ(verified(storeganise_scheme(), to_base64(test::hmac_sha256("old", kBody)), spaced,
                       secrets()),
              std::nullopt);
}

TEST(VerifyTest, TheCaseOfASchemesNameDoesNotCount) {
    const SignatureScheme scheme = make_scheme("basic", "", "", "").value();
    const std::vector<config::LabelledSecret> keys{{Secret("user:password"), "k"}};
    const std::string coded = to_base64("user:password");
    for (const std::string name : {"Basic ", "basic ", "BASIC ", "Basic  "}) {
        EXPECT_EQ(verified(scheme, name + coded, kBody, keys), "k") << name;
    }
    for (const std::string name : {"", "Basic", "Basics ", "Bearer ", " Basic "}) {
        EXPECT_EQ(verified(scheme, name + coded, kBody, keys), std::nullopt) << name;
    }
}

TEST(VerifyTest, APrefixMayBeInCapitalsAndFollowedByBlanks) {
    const SignatureScheme scheme =
        make_scheme("hmac-sha256", "X-Signature", "sha256=", "hex").value();
    const std::string mac = to_hex(test::hmac_sha256("old", kBody));
    for (const std::string prefix : {"sha256=", "SHA256=", "sha256= ", ""}) {
        EXPECT_EQ(verified(scheme, prefix + mac, kBody, secrets()), "env:OLD") << prefix;
    }
}

TEST(VerifyTest, MoreWorkChangesNoOutcome) {
    const std::string right = to_base64(test::hmac_sha256("old", kBody));
    for (const std::size_t least : {0U, 1U, 5U}) {
        EXPECT_EQ(verify(storeganise_scheme(), {right, kBody}, secrets(), kNow, least).value(),
                  "env:OLD");
        EXPECT_FALSE(verify(storeganise_scheme(), {right, kBody}, {}, kNow, least).has_value());
    }
}

TEST(VerifyTest, PrefixIsOptionalAndHexOfEitherCase) {
    const SignatureScheme scheme =
        make_scheme("hmac-sha256", "X-Signature", "sha256=", "hex").value();
    std::string upper = to_hex(test::hmac_sha256("old", kBody));
    for (char& c : upper) {
        c = static_cast<char>(std::toupper(c));
    }
    EXPECT_EQ(verified(scheme, upper, kBody, secrets()), "env:OLD");
    EXPECT_EQ(verified(scheme, "sha256=" + upper, kBody, secrets()), "env:OLD");
    EXPECT_EQ(verified(scheme, "sha512=" + upper, kBody, secrets()), std::nullopt);
}

TEST(VerifyTest, BasicComparesTheDecodedCredentials) {
    const SignatureScheme scheme = make_scheme("basic", "", "", "").value();
    const std::vector<config::LabelledSecret> keys{{Secret("myuser:mypassword"), "k"}};
    EXPECT_EQ(verified(scheme, "Basic bXl1c2VyOm15cGFzc3dvcmQ=", kBody, keys), "k");
    EXPECT_EQ(verified(scheme, "Basic bXl1c2VyOm15cGFzc3dvb3Jk", kBody, keys), std::nullopt);
    EXPECT_EQ(verified(scheme, "bXl1c2VyOm15cGFzc3dvcmQ=", kBody, keys), std::nullopt);
}

TEST(VerifyTest, NothingPassesWithoutASecretOrWithAnEmptyOne) {
    const std::vector<config::LabelledSecret> none;
    const std::vector<config::LabelledSecret> empty{{Secret(), "k"}};
    for (const auto& keys : {none, empty}) {
        EXPECT_EQ(
            verified(storeganise_scheme(), to_base64(test::hmac_sha256("", kBody)), kBody, keys),
            std::nullopt);
        EXPECT_EQ(verified(storeganise_scheme(), "", kBody, keys), std::nullopt);
    }
}

TEST(VerifyTest, UnknownSchemesCannotBeMade) {
    EXPECT_FALSE(make_scheme("hmac-md5", "X", "", "hex").has_value());
    EXPECT_FALSE(make_scheme("", "X", "", "hex").has_value());
    EXPECT_FALSE(make_scheme("hmac-sha256", "X", "", "base32").has_value());
    EXPECT_FALSE(make_scheme("hmac-sha256", "", "", "hex").has_value());
}

class RubbishSignatureTest : public testing::TestWithParam<std::string> {};

TEST_P(RubbishSignatureTest, IsRefused) {
    EXPECT_EQ(verified(storeganise_scheme(), GetParam(), kBody, secrets()), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Cases, RubbishSignatureTest,
                         testing::Values("", "=", "====", "not base64!", std::string(44, 'A'),
                                         std::string("\0\0\0\0", 4), std::string(100'000, 'x'),
                                         to_base64(test::hmac_sha256("old", kBody)).substr(0, 40),
                                         to_base64(test::hmac_sha256("old", kBody)) + "AAAA"));

}  // namespace
}  // namespace gatehouse::verify
