#include "inbound/vendor_events.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::inbound {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxTextBytes = 200;

// Outside text, fit for a line of a log.
std::string text_of(const json& event, std::string_view key) {
    return shorten(string_member(event, key).value_or(""), kMaxTextBytes);
}

// The words of docs/access-log.md.
std::string kind_of(const json& event) {
    std::string kind = string_member(event, "kind").value_or("other");
    if (kind == "unlock") {
        return bool_member(event, "success").value_or(true) ? "unlocked" : "denied";
    }
    return kind == "lock" ? "locked" : kind;
}

// For people, when the vendor names nobody: "user_id 17", or the reference as it is.
std::string describe(const json& reference) {
    if (reference.is_string()) return reference.get<std::string>();
    if (reference.is_number_integer()) return reference.dump();
    if (!reference.is_object() || reference.empty()) return {};
    const json& value = reference.begin().value();
    return reference.begin().key() + " " +
           (value.is_string() ? value.get<std::string>() : dump_json(value));
}

std::vector<std::string> grant_targets_of(const json& event, const std::string& target) {
    std::vector<std::string> targets;
    if (!target.empty()) targets.push_back(target);
    const json* more = member(event, "grant_targets");
    if (more == nullptr || !more->is_array()) return targets;
    for (const json& one : *more) {
        if (one.is_string()) targets.push_back(one.get<std::string>());
    }
    return targets;
}

VendorEvent read_event(const json& document, const std::string& business,
                       const std::string& connection, UnixMs now_ms) {
    VendorEvent read;
    access::AccessEvent& event = read.event;
    event.business = business;
    event.connection = connection;
    event.vendor_id = text_of(document, "id");
    event.kind = kind_of(document);
    event.target = text_of(document, "target");
    event.target_name = text_of(document, "target_name");
    event.success = bool_member(document, "success");
    event.reason = text_of(document, "reason");
    event.occurred_ms =
        parse_utc(string_member(document, "occurred_at").value_or("")).value_or(now_ms);
    event.received_ms = now_ms;
    if (const json* reference = member(document, "person_reference")) read.reference = *reference;
    event.person = text_of(document, "person");
    if (event.person.empty()) event.person = shorten(describe(read.reference), kMaxTextBytes);
    read.grant_targets = grant_targets_of(document, event.target);
    return read;
}

}  // namespace

Result<VendorEvents> read_vendor_events(std::string_view document, const std::string& business,
                                        const std::string& connection, UnixMs now_ms) {
    const Result<json> result = parse_json(document);
    const json* list = result ? member(*result, "events") : nullptr;
    if (list == nullptr || !list->is_array()) {
        return fail(ErrorKind::kInternal, "the plugin's events cannot be read");
    }
    VendorEvents read;
    for (const json& one : *list) {
        read.events.push_back(read_event(one, business, connection, now_ms));
    }
    std::stable_sort(read.events.begin(), read.events.end(),
                     [](const VendorEvent& a, const VendorEvent& b) {
                         return a.event.occurred_ms < b.event.occurred_ms;
                     });
    read.next_cursor = string_member(*result, "next_cursor").value_or("");
    return read;
}

}  // namespace gatehouse::inbound
