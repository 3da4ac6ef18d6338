#include "plugins/manifest.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "config/rules.hpp"
#include "config/yaml_reader.hpp"
#include "plugins/documents.hpp"

namespace gatehouse::plugins {
namespace {

using config::Fields;
using config::RawSettings;
using config::TextRule;
using nlohmann::json;

constexpr std::size_t kMaxStruckNames = 32;

bool is_version(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == '+';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_file_name(std::string_view text) {
    return !text.empty() && text.size() <= 255 && text.find('/') == std::string_view::npos &&
           text != "." && text != "..";
}

bool is_sha256(std::string_view text) {
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == 64 && std::all_of(text.begin(), text.end(), is_hex);
}

bool is_host(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
               c == ':' || c == '[' || c == ']';
    };
    return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_pointer(std::string_view text) {
    return text.size() > 1 && text.front() == '/';
}

bool is_member_name(std::string_view text) {
    return !text.empty() && text.size() <= 64;
}

bool is_kind(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), allowed);
}

const TextRule version_rule{"a version like 1.0.0", is_version, "^[0-9A-Za-z.+-]{1,64}$"};
const TextRule file_name_rule{"a file's name, beside the manifest", is_file_name, "^[^/]+$"};
const TextRule sha256_rule{"64 lower-case hex digits", is_sha256, "^[0-9a-f]{64}$"};
const TextRule host_rule{"a host in lower case, with its port if it is not 443", is_host};
const TextRule pointer_rule{"a JSON pointer like /uuid", is_pointer, "^/.+$"};
const TextRule member_rule{"the name of a member, at most 64 bytes", is_member_name};
const TextRule kind_rule{"letters, digits, '_' and '-', at most 32", is_kind,
                         "^[A-Za-z0-9_-]{1,32}$"};
const TextRule feature_rule{
    "a feature of ABI 1.1",
    nullptr,
    {},
    {"gatehouse.access/1", "gatehouse.targets/1", "gatehouse.inventory/1", "gatehouse.inbound/1",
     "gatehouse.events/1", "gatehouse.notify/1", "gatehouse.describe/1"}};
const TextRule renter_key_rule{"email or phone", nullptr, {}, {"email", "phone"}};
const TextRule suspend_rule{"how a unit is suspended",
                            nullptr,
                            {},
                            {"native", "revoke_and_regrant", "end_date", "not_enforceable"}};

void abi_fields(Fields& fields, Manifest& out) {
    fields.whole("major", out.abi_major, {"the ABI's major version", true}, 1, 1);
    fields.whole("min_host_minor", out.min_host_minor, {"the lowest host minor that will do"}, 0,
                 1000);
}

void egress_fields(Fields& fields, Manifest& out) {
    fields.texts("hosts", out.egress_hosts, {"the hosts that the plugin may ask"}, host_rule);
    const TextRule scheme{"a scheme", nullptr, {}, {"smtp", "smtps"}};
    std::vector<std::string> schemes;
    fields.texts("schemes", schemes, {"of mail servers, which connections name"}, scheme);
    for (const std::string& name : schemes)
        out.egress_hosts.push_back(name + "://");  // names no host, but see bind_connection
    fields.number("requests_per_second", out.requests_per_second,
                  {"for each connection; 0 = no limit"}, 0, 1000);
    fields.whole("burst", out.burst, {"requests at once before the rate holds"}, 1, 1000);
}

void limit_fields(Fields& fields, Manifest& out) {
    fields.whole("call_ms", out.call_ms, {"how long one call may take"}, 10, 300'000);
    fields.whole("memory_mib", out.memory_mib, {"what a runner may use"}, 16, 4096);
    fields.whole("concurrency", out.concurrency, {"calls at once for one connection"}, 1, 16);
}

void inbound_fields(Fields& fields, Manifest& out) {
    fields.map("signature", {"how the vendor signs its webhooks"}, [&out](Fields& inner) {
        Signature signature;
        const TextRule scheme{
            "a scheme", nullptr, {}, {"hmac-sha256", "basic", "standard-webhooks"}};
        const TextRule encoding{"an encoding", nullptr, {}, {"hex", "base64"}};
        inner.text("scheme", signature.scheme, {"the scheme", true}, scheme);
        inner.text("header", signature.header, {"the header with the signature"});
        inner.text("prefix", signature.prefix, {"stripped when there"});
        inner.text("encoding", signature.encoding, {"of the signature"}, encoding);
        if (signature.scheme == "hmac-sha256" && signature.header.empty()) {
            inner.error("header", "an hmac-sha256 signature needs its header");
        }
        if (signature.encoding.empty()) signature.encoding = "hex";
        out.inbound_signature = std::move(signature);
    });
    fields.text("event_id", out.inbound_event_id, {"where the vendor's event id is"}, pointer_rule);
    fields.texts("strike", out.inbound_struck, {"members whose values are not kept: PINs"},
                 member_rule);
    if (out.inbound_struck.size() > kMaxStruckNames) {
        fields.error("strike", "'strike' names at most 32 members");
    }
}

bool is_digits(std::string_view text) {
    return !text.empty() && text.size() <= 10 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "[least, most]"; leaves `out` as it was if it is no range.
void digits_field(Fields& fields, PinRule& out) {
    RawSettings digits;
    fields.any("digits", digits, {"[least, most] digits of a PIN"});
    if (!fields.has("digits")) return;
    const json& range = digits.value;
    const bool is_range = range.is_array() && range.size() == 2 && range[0].is_number_integer() &&
                          range[1].is_number_integer() && range[0].get<std::int64_t>() >= 1 &&
                          range[0].get<std::int64_t>() <= range[1].get<std::int64_t>() &&
                          range[1].get<std::int64_t>() <= 32;
    if (!is_range) {
        fields.error("digits", "'digits' must be [least, most]");
        return;
    }
    out.least_digits = range[0].get<int>();
    out.most_digits = range[1].get<int>();
}

void credential_fields(Fields& fields, Manifest& out) {
    const TextRule kind{"a kind", nullptr, {}, {"pin", "link", "app", "card"}};
    const TextRule chooser{"who chooses it", nullptr, {}, {"host", "vendor"}};
    const TextRule digits{"digits", is_digits, "^[0-9]{1,10}$"};
    std::string kind_word;
    std::string chooser_word = "vendor";
    PinRule rule;
    fields.text("kind", kind_word, {"what the renter gets", true}, kind);
    fields.text("chosen_by", chooser_word, {"who chooses it"}, chooser);
    digits_field(fields, rule);
    fields.text("alphabet", rule.alphabet, {"the digits that a PIN may hold"}, digits);
    fields.texts("forbidden_prefixes", rule.forbidden_prefixes, {"what a PIN may not begin with"},
                 digits);
    json credential = {{"kind", kind_word}, {"chosen_by", chooser_word}};
    if (fields.has("digits")) credential["digits"] = {rule.least_digits, rule.most_digits};
    const bool is_host_pin = kind_word == "pin" && chooser_word == "host";
    for (const char* key : {"digits", "alphabet", "forbidden_prefixes"}) {
        if (fields.has(key) && kind_word != "pin") {
            fields.error(key, std::string("'") + key + "' is for PINs");
        }
    }
    if (is_host_pin && !fields.has("digits")) {
        fields.error("kind", "a PIN that the host chooses needs its 'digits'");
    }
    if (is_host_pin && out.pin) fields.error("kind", "the host chooses one PIN at most");
    if (is_host_pin) out.pin = std::move(rule);
    out.credentials.push_back(std::move(credential));
}

void target_fields(Fields& fields, Manifest& out) {
    const TextRule id{"the form of an id", nullptr, {}, {"number", "uuid", "text"}};
    TargetKind target;
    std::string form = "text";
    fields.text("kind", target.kind, {"what stands before the colon", true}, kind_rule);
    fields.text("id", form, {"what stands after it"}, id);
    if (form == "number") target.id = TargetKind::Id::kNumber;
    if (form == "uuid") target.id = TargetKind::Id::kUuid;
    out.targets.push_back(std::move(target));
}

void settings_field(Fields& fields, Manifest& out) {
    RawSettings settings;
    fields.any("settings", settings, {"JSON Schema of a connection's settings"});
    if (!fields.has("settings")) return;
    if (const std::string fault = fault_in_settings_schema(settings.value); !fault.empty()) {
        fields.error("settings", "'settings' " + fault);
        return;
    }
    out.settings_schema = settings.value;
}

void message_field(Fields& fields, Manifest& out) {
    RawSettings message;
    fields.any("message", message, {"JSON Schema of a route's message"});
    if (!fields.has("message")) return;
    if (const std::string fault = fault_in_message_schema(message.value); !fault.empty()) {
        fields.error("message", "'message' " + fault);
        return;
    }
    if (std::find(out.features.begin(), out.features.end(), "gatehouse.notify/1") ==
        out.features.end()) {
        fields.error("message", "'message' is for plugins that offer gatehouse.notify/1");
        return;
    }
    out.message_schema = std::move(message.value);
}

void manifest_fields(Fields& fields, Manifest& out, const std::filesystem::path& folder) {
    std::string library;
    fields.text("plugin", out.plugin, {"the plugin's id", true}, config::rules::name());
    fields.text("version", out.version, {"the plugin's version", true}, version_rule);
    fields.text("library", library, {"the shared library", true}, file_name_rule);
    fields.text("sha256", out.sha256, {"of the library; absent = not pinned"}, sha256_rule);
    fields.map("abi", {"what it was built for", true}, [&](Fields& f) { abi_fields(f, out); });
    fields.texts("features", out.features, {"what it offers", true}, feature_rule);
    fields.map("egress", {"where it may ask"}, [&](Fields& f) { egress_fields(f, out); });
    settings_field(fields, out);
    message_field(fields, out);
    fields.maps("targets", {"the kinds of what it opens"},
                [&](Fields& f) { target_fields(f, out); });
    fields.texts("renter_key", out.renter_key, {"what a renter must have"}, renter_key_rule);
    fields.maps("credentials", {"what renters get"}, [&](Fields& f) { credential_fields(f, out); });
    fields.map("suspend", {"how suspending works"}, [&](Fields& f) {
        f.text("unit", out.suspend_unit, {"for one unit"}, suspend_rule);
    });
    fields.map("inbound", {"the vendor's webhooks"}, [&](Fields& f) { inbound_fields(f, out); });
    fields.map("limits", {"bounds of its runner"}, [&](Fields& f) { limit_fields(f, out); });

    if (fields.has("features") && out.features.empty()) {
        fields.error("features", "a plugin offers at least one feature");
    }
    out.library = folder / library;
    out.place = fields.place();
}

}  // namespace

std::optional<Manifest> read_manifest(const std::filesystem::path& file,
                                      config::Problems& problems) {
    Manifest manifest;
    std::error_code error;
    std::filesystem::path folder = std::filesystem::absolute(file, error).parent_path();
    if (error) folder = file.parent_path();
    const auto fill = [&](Fields& fields) { manifest_fields(fields, manifest, folder); };
    if (!config::read_yaml_file(file, nullptr, problems, fill)) return std::nullopt;
    return manifest;
}

std::optional<Manifest> read_manifest_text(std::string_view text, const std::filesystem::path& file,
                                           config::Problems& problems) {
    Manifest manifest;
    const auto fill = [&](Fields& fields) {
        manifest_fields(fields, manifest, file.parent_path());
    };
    if (!config::read_yaml_text(text, file, nullptr, problems, fill)) return std::nullopt;
    return manifest;
}

}  // namespace gatehouse::plugins
