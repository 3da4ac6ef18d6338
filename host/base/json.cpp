#include "base/json.hpp"

#include "gatehouse/sdk/json_text.hpp"

namespace gatehouse {
namespace {

// nlohmann's parser does not recurse, but a document's destructor and printer do: depth is bounded
// before anything is built.
bool is_within_depth(std::string_view text, std::size_t max_depth) {
    std::size_t depth = 0;
    bool is_in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_in_string) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                is_in_string = false;
            }
        } else if (c == '"') {
            is_in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > max_depth) return false;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return true;
}

// Where a strict reader stops in `text`, counted from 1.
std::size_t fault_at(std::string_view text) {
    try {
        [[maybe_unused]] const auto value = nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& problem) {
        return problem.byte;
    } catch (const std::exception&) {
        return 0;
    }
    return 0;
}

// Of the text as it came: the mended one is longer.
std::string where(std::string_view text, const std::string& mended) {
    const std::size_t at = fault_at(mended);
    if (at == 0) return "";
    if (at > mended.size()) return ": it ends at byte " + std::to_string(text.size());
    return " at byte " + std::to_string(sdk::unmended_offset(text, at));
}

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text, std::size_t max_depth) {
    if (!is_within_depth(text, max_depth)) {
        return fail(ErrorKind::kInvalid, "JSON is nested too deeply");
    }
    nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
    if (!value.is_discarded()) {
        return value;
    }
    const std::string mended = sdk::mend_json(text);
    value = nlohmann::json::parse(mended, nullptr, false);
    if (value.is_discarded()) {
        return fail(ErrorKind::kInvalid, "not JSON" + where(text, mended));
    }
    return value;
}

const nlohmann::json* member(const nlohmann::json& value, std::string_view key) {
    if (!value.is_object()) {
        return nullptr;
    }
    const auto found = value.find(key);
    return found == value.end() ? nullptr : &*found;
}

std::optional<std::string> string_member(const nlohmann::json& value, std::string_view key) {
    const nlohmann::json* found = member(value, key);
    if (found == nullptr || !found->is_string()) {
        return std::nullopt;
    }
    return found->get<std::string>();
}

std::optional<bool> bool_member(const nlohmann::json& value, std::string_view key) {
    const nlohmann::json* found = member(value, key);
    if (found == nullptr || !found->is_boolean()) {
        return std::nullopt;
    }
    return found->get<bool>();
}

std::optional<std::int64_t> int_member(const nlohmann::json& value, std::string_view key) {
    const nlohmann::json* found = member(value, key);
    // An unsigned number past INT64_MAX would wrap.
    if (found == nullptr || !found->is_number_integer() ||
        (found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX)) {
        return std::nullopt;
    }
    return found->get<std::int64_t>();
}

std::string dump_json(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace gatehouse
