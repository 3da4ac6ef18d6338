// The parts of the Standard Webhooks scheme, which Svix and Seam use: headers webhook-id,
// webhook-timestamp and webhook-signature (or the same with svix-), HMAC-SHA256 over
// "id.timestamp.body". Source: standardwebhooks.com, npm standardwebhooks 1.0.0. Pure. [any thread]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"

namespace gatehouse::verify {

// How far a sender's timestamp may be from this host's clock, either way.
constexpr std::int64_t kToleranceMs = 300'000;

// A header with more signatures than this is cut: each costs a comparison for each secret.
constexpr std::size_t kMaxSignatures = 16;

// The raw bytes of every "v1,<base64>" of the header; other versions and rubbish are passed over.
std::vector<std::string> read_signatures(std::string_view header);

// Seconds since 1970 in decimal digits, as milliseconds; nothing if it is not that.
std::optional<UnixMs> read_timestamp(std::string_view header);

// The key of a secret "whsec_<base64>", the prefix optional; empty if it cannot be read.
Secret standard_webhooks_key(const Secret& secret);

}  // namespace gatehouse::verify
