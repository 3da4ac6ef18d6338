// Envelope: the little that the edge reads of a webhook: which event it is, and of what type.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::edge {

// Longest sender id that is kept as it is; a longer one is replaced by its hash.
constexpr std::size_t kMaxSenderIdBytes = 128;

struct Envelope {
    std::string id;  // empty if the sender gave none that can be stored
    std::string type;
};

// Storeganise's {"id", "type"}. kInvalid: not JSON, or without a usable type.
Result<Envelope> read_storeganise_envelope(std::string_view body);

// A vendor's event: its id by the manifest's JSON pointer, which may be empty, and its type under
// one of the names that vendors use, else "vendor.event".
Envelope envelope_of(const nlohmann::json& event, std::string_view id_pointer);

// An id of its own for a delivery without one: the same bytes are the same event.
std::string id_of_bytes(std::string_view body);

// Whether an id may be stored and shown as it is, also between quotes.
bool is_usable_id(std::string_view id);

}  // namespace gatehouse::edge
