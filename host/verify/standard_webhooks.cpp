#include "verify/standard_webhooks.hpp"

#include <algorithm>
#include <charconv>

#include "base/encoding.hpp"

namespace gatehouse::verify {
namespace {

constexpr std::string_view kVersion = "v1,";
constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kMaxTimestampDigits = 12;
constexpr std::int64_t kSecondMs = 1'000;

}  // namespace

std::vector<std::string> read_signatures(std::string_view header) {
    std::vector<std::string> signatures;
    while (!header.empty() && signatures.size() < kMaxSignatures) {
        const std::size_t end = std::min(header.find(' '), header.size());
        std::string_view part = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        if (!part.starts_with(kVersion)) continue;
        part.remove_prefix(kVersion.size());
        if (auto bytes = from_base64(part); bytes && !bytes->empty()) {
            signatures.push_back(std::move(*bytes));
        }
    }
    return signatures;
}

std::optional<UnixMs> read_timestamp(std::string_view header) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (header.empty() || header.size() > kMaxTimestampDigits ||
        !std::all_of(header.begin(), header.end(), is_digit)) {
        return std::nullopt;
    }
    std::int64_t seconds = 0;
    std::from_chars(header.data(), header.data() + header.size(), seconds);
    return seconds * kSecondMs;
}

Secret standard_webhooks_key(const Secret& secret) {
    std::string_view text = secret.reveal();
    if (text.starts_with(kSecretPrefix)) text.remove_prefix(kSecretPrefix.size());
    return Secret(from_base64(text).value_or(""));
}

}  // namespace gatehouse::verify
