// Manifest: what a plugin's author says of it, beside its library. Format: docs/plugin-manifest.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/problem.hpp"

namespace gatehouse::plugins {

struct Signature {
    std::string scheme;  // "hmac-sha256", "basic" or "standard-webhooks"
    std::string header;
    std::string prefix;    // stripped when there
    std::string encoding;  // "hex" or "base64"
};

// The PINs that a plugin takes, where the host chooses them.
struct PinRule {
    int least_digits = 4;
    int most_digits = 4;
    std::string alphabet = "0123456789";
    std::vector<std::string> forbidden_prefixes = {};
};

// One kind of the targets that a plugin opens, "group" of "group:4711".
struct TargetKind {
    enum class Id { kText, kNumber, kUuid };

    std::string kind;
    Id id = Id::kText;
};

struct Manifest {
    std::string plugin;
    std::string version;
    std::filesystem::path library;  // absolute
    std::string sha256;             // lower-case hex; empty = not pinned
    int abi_major = 1;
    int min_host_minor = 0;
    std::vector<std::string> features;  // "gatehouse.access/1"
    std::vector<std::string> egress_hosts;
    double requests_per_second = 0;
    int burst = 1;
    nlohmann::json settings_schema = nlohmann::json::object();
    std::optional<nlohmann::json> message_schema;  // of a route's message; nothing = any members
    std::vector<TargetKind> targets;               // empty = not said: any
    std::vector<std::string> renter_key;           // "email", "phone"
    nlohmann::json credentials = nlohmann::json::array();
    std::optional<PinRule> pin;  // of the credential {kind: pin, chosen_by: host}
    std::string suspend_unit = "revoke_and_regrant";
    std::optional<Signature> inbound_signature;
    std::string inbound_event_id;             // JSON pointer
    std::vector<std::string> inbound_struck;  // members of webhooks whose values are not kept
    int call_ms = 15'000;
    int memory_mib = 128;
    int concurrency = 2;
    config::Place place;
};

// Reads one manifest file strictly: an unknown key, a wrong type or an impossible value is added to
// `problems`. Nothing when there is an error.
std::optional<Manifest> read_manifest(const std::filesystem::path& file,
                                      config::Problems& problems);

// The same for text in hand; `file` names it in places and is where the library is looked for.
std::optional<Manifest> read_manifest_text(std::string_view text, const std::filesystem::path& file,
                                           config::Problems& problems);

}  // namespace gatehouse::plugins
