#include "edge/webhooks/envelope.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::edge {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxTypeBytes = 128;

// Kisi says "type", Seam "event_type", Unloc "action", Nuki "feature".
constexpr std::array<std::string_view, 4> kTypeNames{"type", "event_type", "action", "feature"};

// Ids and types are words of ASCII.
bool is_plain(std::string_view text, std::size_t max_bytes) {
    return text.size() <= max_bytes && std::all_of(text.begin(), text.end(), [](char c) {
               return c >= ' ' && c <= '~' && c != '"' && c != '\\';
           });
}

std::string text_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_number_integer() ? value.dump() : std::string();
}

// What the pointer names, through objects only; empty if nothing.
std::string text_at(const json& document, std::string_view pointer) {
    const json* value = pointer.starts_with('/') ? &document : nullptr;
    while (value != nullptr && !pointer.empty()) {
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        value = member(*value, pointer.substr(0, end));
        pointer.remove_prefix(end);
    }
    return value == nullptr ? std::string() : text_of(*value);
}

}  // namespace

bool is_usable_id(std::string_view id) {
    return !id.empty() && is_plain(id, kMaxSenderIdBytes);
}

Result<Envelope> read_storeganise_envelope(std::string_view body) {
    const Result<json> event = parse_json(body);
    if (!event) {
        return tl::unexpected(event.error());
    }
    std::string type = string_member(*event, "type").value_or("");
    if (type.empty() || !is_plain(type, kMaxTypeBytes)) {
        return fail(ErrorKind::kInvalid, "the event has no usable type");
    }
    std::string id = string_member(*event, "id").value_or("");
    return Envelope{is_usable_id(id) ? std::move(id) : std::string(), std::move(type)};
}

Envelope envelope_of(const json& event, std::string_view id_pointer) {
    Envelope envelope{text_at(event, id_pointer), "vendor.event"};
    if (!is_usable_id(envelope.id)) envelope.id.clear();
    for (const std::string_view name : kTypeNames) {
        const std::string type = string_member(event, name).value_or("");
        if (!type.empty() && is_plain(type, kMaxTypeBytes)) {
            envelope.type = type;
            break;
        }
    }
    return envelope;
}

std::string id_of_bytes(std::string_view body) {
    return "sha256:" + to_hex(sha256(body));
}

}  // namespace gatehouse::edge
