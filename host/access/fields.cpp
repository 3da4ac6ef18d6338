#include "access/fields.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace gatehouse::access {
namespace {

constexpr std::size_t kMaxStatusBytes = 250;

}  // namespace

std::string field_text(const CustomFields& fields, const std::string& code) {
    const auto found = fields.find(code);
    if (found == fields.end() || !found->second) {
        return "";
    }
    return std::string(trim_unseen(*found->second));
}

bool is_ticked(const CustomFields& fields, const std::string& code) {
    static constexpr std::array<std::string_view, 4> kYes{"true", "yes", "on", "1"};
    std::string text = field_text(fields, code);
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return std::ranges::find(kYes, text) != kYes.end();
}

FieldChanges changes_of(const Facts& facts, const std::string& prefix, const FieldValues& values) {
    FieldChanges changes = status_change(facts, prefix, values.status);
    const std::string box = prefix + "_overlocked";
    if (is_ticked(facts.rental_fields, box) != values.is_overlocked) {
        changes[box] = values.is_overlocked ? "true" : "false";
    }
    const std::string pin_code = prefix + "_pinCode";
    if (values.is_pin_cleared && !field_text(facts.rental_fields, pin_code).empty()) {
        changes[pin_code] = std::nullopt;
    }
    changes.merge(resync_change(facts, prefix));
    return changes;
}

bool is_resync_asked(const Facts& facts, const std::string& prefix) {
    return is_ticked(facts.rental_fields, prefix + "_resync");
}

FieldChanges resync_change(const Facts& facts, const std::string& prefix) {
    if (!is_resync_asked(facts, prefix)) {
        return {};
    }
    return {{prefix + "_resync", "false"}};
}

FieldChanges status_change(const Facts& facts, const std::string& prefix,
                           const std::string& status) {
    const std::string code = prefix + "_status";
    const std::string text = shorten(status, kMaxStatusBytes);
    const auto found = facts.rental_fields.find(code);
    // A code that was not sent may exist all the same.
    const bool is_there = found != facts.rental_fields.end() && found->second;
    if ((is_there ? *found->second : "") == text) {
        return {};
    }
    return {{code, text}};
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
