#include "base/json.hpp"

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

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text, std::size_t max_depth) {
    if (!is_within_depth(text, max_depth)) {
        return fail(ErrorKind::kInvalid, "JSON is nested too deeply");
    }
    nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded()) {
        return fail(ErrorKind::kInvalid, "not JSON");
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
