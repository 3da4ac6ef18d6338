#include "access/fields.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::access {
namespace {

constexpr std::size_t kMaxStatusBytes = 250;
constexpr const char* kBlanks = " \t\r\n";

// Adds `code` unless it already says so. A code that was not sent may exist all the same.
void add_change(FieldChanges& changes, const CustomFields& fields, const std::string& code,
                const std::string& value, const std::string& value_when_empty) {
    const auto found = fields.find(code);
    const std::optional<std::string> now = found == fields.end() ? std::nullopt : found->second;
    if (now.value_or(value_when_empty) != value) {
        changes[code] = value;
    }
}

}  // namespace

std::string field_text(const CustomFields& fields, const std::string& code) {
    const auto found = fields.find(code);
    if (found == fields.end() || !found->second) {
        return "";
    }
    const std::string& text = *found->second;
    const std::size_t begin = text.find_first_not_of(kBlanks);
    return begin == std::string::npos
               ? ""
               : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

FieldChanges changes_of(const Facts& facts, const std::string& prefix, const FieldValues& values) {
    FieldChanges changes = status_change(facts, prefix, values.status);
    // An empty box and an unticked one say the same.
    add_change(changes, facts.rental_fields, prefix + "_overlocked",
               values.is_overlocked ? "true" : "false", "false");
    const std::string pin_code = prefix + "_pinCode";
    if (values.is_pin_cleared && !field_text(facts.rental_fields, pin_code).empty()) {
        changes[pin_code] = std::nullopt;
    }
    changes.merge(resync_change(facts, prefix));
    return changes;
}

bool is_resync_asked(const Facts& facts, const std::string& prefix) {
    return field_text(facts.rental_fields, prefix + "_resync") == "true";
}

FieldChanges resync_change(const Facts& facts, const std::string& prefix) {
    if (!is_resync_asked(facts, prefix)) {
        return {};
    }
    return {{prefix + "_resync", "false"}};
}

FieldChanges status_change(const Facts& facts, const std::string& prefix,
                           const std::string& status) {
    FieldChanges changes;
    add_change(changes, facts.rental_fields, prefix + "_status", shorten(status, kMaxStatusBytes),
               "");
    return changes;
}

FieldChanges without_status(FieldChanges changes, const std::string& prefix) {
    changes.erase(prefix + "_status");
    return changes;
}

std::string remember_fields(const std::string& fields_json, const FieldChanges& changes) {
    nlohmann::json known = parse_json(fields_json).value_or(nlohmann::json::object());
    if (!known.is_object()) {
        known = nlohmann::json::object();
    }
    for (const auto& [code, value] : changes) {
        known[code] = value ? nlohmann::json(*value) : nlohmann::json(nullptr);
    }
    return dump_json(known);
}

std::optional<std::string> remembered_field(const std::string& fields_json,
                                            const std::string& code) {
    const Result<nlohmann::json> known = parse_json(fields_json);
    return known ? string_member(*known, code) : std::nullopt;
}

}  // namespace gatehouse::access
