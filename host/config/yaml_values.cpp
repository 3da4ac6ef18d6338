#include "config/yaml_values.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "config/scalar.hpp"
#include "config/secret_doubt.hpp"
#include "config/suggest.hpp"

namespace gatehouse::config {
namespace {

constexpr std::size_t kMaxTextBytes = 4096;

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string_view kind_word(YamlNode::Kind kind) {
    switch (kind) {
        case YamlNode::Kind::kNull:
            return "nothing";
        case YamlNode::Kind::kScalar:
            return "a single value";
        case YamlNode::Kind::kSequence:
            return "a list";
        case YamlNode::Kind::kMap:
            return "a map";
    }
    return "";
}

std::string_view type_word(ScalarType type) {
    switch (type) {
        case ScalarType::kNull:
            return "nothing";
        case ScalarType::kBoolean:
            return "true or false";
        case ScalarType::kInteger:
        case ScalarType::kNumber:
            return "a number";
        case ScalarType::kText:
            return "text";
    }
    return "";
}

std::vector<std::string> strings(const std::vector<std::string_view>& views) {
    return {views.begin(), views.end()};
}

std::string child_pointer(const std::string& pointer, std::string_view key) {
    std::string child = pointer + '/';
    for (const char c : key) {
        if (c == '~') {
            child += "~0";
        } else if (c == '/') {
            child += "~1";
        } else {
            child += c;
        }
    }
    return child;
}

}  // namespace

std::optional<std::string> YamlValues::text(const YamlNode& node, const std::string& name,
                                            const TextRule& rule) {
    const auto found = word(node, name, "text");
    if (!found) return std::nullopt;
    const std::string& value = found->text.reveal();
    if (found->label.empty() && !found->is_quoted && scalar_type(value) != ScalarType::kText) {
        refuse(node, name + " must be text, not " + std::string(type_word(scalar_type(value))),
               "put it in quotes");
        return std::nullopt;
    }
    if (value.empty() || value.size() > kMaxTextBytes || has_control(value)) {
        refuse(node, name + " must be text of 1 to 4096 bytes on one line");
        return std::nullopt;
    }
    const auto& words = rule.one_of;
    if (!words.empty() && std::find(words.begin(), words.end(), value) == words.end()) {
        refuse(node, name + " is none of the known words",
               did_you_mean(found->label.empty() ? value : "", strings(words)));
        return std::nullopt;
    }
    if (rule.accepts != nullptr && !rule.accepts(value)) {
        refuse(node, name + " must be " + std::string(rule.expected));
        return std::nullopt;
    }
    return value;
}

std::optional<bool> YamlValues::boolean(const YamlNode& node, const std::string& name) {
    const auto found = word(node, name, "true or false");
    if (!found) return std::nullopt;
    const auto value = found->is_quoted ? std::nullopt : parse_boolean(found->text.reveal());
    if (!value) refuse(node, name + " must be true or false", "written without quotes");
    return value;
}

std::optional<std::int64_t> YamlValues::integer(const YamlNode& node, const std::string& name,
                                                std::int64_t least, std::int64_t most) {
    const auto found = word(node, name, "a whole number");
    if (!found) return std::nullopt;
    const auto value = found->is_quoted ? std::nullopt : parse_integer(found->text.reveal());
    if (!value || *value < least || *value > most) {
        refuse(node,
               name + " must be a whole number from " + std::to_string(least) + " to " +
                   std::to_string(most),
               found->is_quoted ? "remove the quotes" : "");
        return std::nullopt;
    }
    return value;
}

std::optional<double> YamlValues::number(const YamlNode& node, const std::string& name,
                                         double least, double most) {
    const auto found = word(node, name, "a number");
    if (!found) return std::nullopt;
    const auto value = found->is_quoted ? std::nullopt : parse_number(found->text.reveal());
    if (!value || *value < least || *value > most) {
        refuse(
            node,
            name + " must be a number from " + format_number(least) + " to " + format_number(most),
            found->is_quoted ? "remove the quotes" : "");
        return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> YamlValues::duration_ms(const YamlNode& node, const std::string& name,
                                                    std::int64_t least, std::int64_t most) {
    const auto found = word(node, name, "a duration");
    if (!found) return std::nullopt;
    const auto value = parse_duration_ms(found->text.reveal());
    if (!value) {
        refuse(node, name + " must be a whole number and its unit",
               "write 500ms, 30s, 5m, 1h or 7d");
        return std::nullopt;
    }
    if (*value < least || *value > most) {
        refuse(node,
               name + " must be from " + format_duration(least) + " to " + format_duration(most));
        return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> YamlValues::size_bytes(const YamlNode& node, const std::string& name,
                                                   std::int64_t least, std::int64_t most) {
    const auto found = word(node, name, "a size");
    if (!found) return std::nullopt;
    const auto value = parse_size_bytes(found->text.reveal());
    if (!value) {
        refuse(node, name + " must be a number of bytes or a number with its unit",
               "write 512, 8KiB or 1MiB");
        return std::nullopt;
    }
    if (*value < least || *value > most) {
        refuse(node, name + " must be from " + format_size(least) + " to " + format_size(most));
        return std::nullopt;
    }
    return value;
}

std::optional<LabelledSecret> YamlValues::secret(const YamlNode& node, const std::string& name) {
    auto found = word(node, name, "text");
    if (!found) return std::nullopt;
    const std::string& value = found->text.reveal();
    const bool is_plain = found->label.empty();
    if (is_plain && !found->is_quoted && scalar_type(value) != ScalarType::kText) {
        refuse(node, name + " must be text", "put it in quotes");
        return std::nullopt;
    }
    if (value.empty() || value.size() > kMaxTextBytes || has_control(value)) {
        refuse(node, name + " must be 1 to 4096 bytes on one line");
        return std::nullopt;
    }
    if (is_plain && context_.sources != nullptr && looks_like_mistaken_reference(value)) {
        refuse(node, name + " is written like a reference and is none",
               "write ${env:NAME} or ${file:/path}");
        return std::nullopt;
    }
    if (const auto doubt = doubt_in_secret(value); doubt && context_.sources != nullptr) {
        context_.problems.push_back({place(node), name + ' ' + doubt->message, doubt->suggestion,
                                     Problem::Severity::kWarning});
    }
    if (is_plain && context_.sources != nullptr) {
        context_.problems.push_back({place(node), name + " is a secret in plain text",
                                     "use ${env:NAME} or ${file:/path}",
                                     Problem::Severity::kWarning});
    }
    warn_if_exposed(node, *found);
    const std::string file_name = std::filesystem::path(context_.file).filename().string();
    return LabelledSecret{std::move(found->text),
                          is_plain ? file_name + ':' + std::to_string(node.line) : found->label};
}

nlohmann::json YamlValues::any(const YamlNode& node, const std::string& pointer, RawSettings& out) {
    out.places[pointer] = place(node);
    switch (node.kind) {
        case YamlNode::Kind::kNull:
            return nullptr;
        case YamlNode::Kind::kScalar:
            return any_scalar(node, pointer, out);
        case YamlNode::Kind::kSequence: {
            auto list = nlohmann::json::array();
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                list.push_back(any(node.items[i], pointer + '/' + std::to_string(i), out));
            }
            return list;
        }
        case YamlNode::Kind::kMap: {
            auto object = nlohmann::json::object();
            for (const YamlNode& item : node.items) {
                object[item.key] = any(item, child_pointer(pointer, item.key), out);
            }
            return object;
        }
    }
    return nullptr;
}

bool YamlValues::expect(const YamlNode& node, YamlNode::Kind kind, const std::string& name) {
    if (node.kind == kind) return true;
    if (node.kind == YamlNode::Kind::kNull) {
        refuse(node, name + " has no value", "give one or remove the key");
    } else {
        refuse(node, name + " must be " + std::string(kind_word(kind)) + ", not " +
                         std::string(kind_word(node.kind)));
    }
    return false;
}

void YamlValues::refuse(const YamlNode& node, std::string message, std::string suggestion) {
    context_.problems.push_back({place(node), std::move(message), std::move(suggestion)});
}

std::optional<YamlValues::Word> YamlValues::word(const YamlNode& node, const std::string& name,
                                                 std::string_view expected) {
    if (context_.sources != nullptr && node.kind == YamlNode::Kind::kScalar &&
        looks_like_reference(node.text)) {
        return resolve(node, name);
    }
    return plain(node, name, expected);
}

std::optional<YamlValues::Word> YamlValues::resolve(const YamlNode& node, const std::string& name) {
    auto resolved = context_.sources->resolve(node.text, context_.folder);
    if (!resolved) {
        refuse(node, name + ": " + resolved.error().message,
               resolved.error().message == "not a whole reference"
                   ? "the whole value must be ${env:NAME} or ${file:/path}"
                   : "");
        return std::nullopt;
    }
    return Word{std::move(resolved->value), false, std::move(resolved->label),
                resolved->is_readable_by_others};
}

std::optional<YamlValues::Word> YamlValues::plain(const YamlNode& node, const std::string& name,
                                                  std::string_view expected) {
    const bool is_nothing = node.kind == YamlNode::Kind::kNull ||
                            (node.kind == YamlNode::Kind::kScalar && !node.is_quoted &&
                             scalar_type(node.text) == ScalarType::kNull);
    if (is_nothing) {
        refuse(node, name + " has no value", "give one or remove the key");
        return std::nullopt;
    }
    if (node.kind != YamlNode::Kind::kScalar) {
        refuse(node, name + " must be " + std::string(expected) + ", not " +
                         std::string(kind_word(node.kind)));
        return std::nullopt;
    }
    return Word{Secret(node.text), node.is_quoted, "", false};
}

void YamlValues::warn_if_exposed(const YamlNode& node, const Word& found) {
    if (!found.is_readable_by_others) return;
    context_.problems.push_back({place(node), found.label + " may be read by every user",
                                 "chmod o-r", Problem::Severity::kWarning});
}

nlohmann::json YamlValues::any_scalar(const YamlNode& node, const std::string& pointer,
                                      RawSettings& out) {
    const std::string name = pointer.empty() ? "the value" : '\'' + pointer.substr(1) + '\'';
    if (context_.sources != nullptr && looks_like_reference(node.text)) {
        const auto found = resolve(node, name);
        if (!found) {
            out.refused.insert(pointer);
            return nullptr;
        }
        warn_if_exposed(node, *found);
        out.labels[pointer] = found->label;
        return found->text.reveal();
    }
    const ScalarType type = node.is_quoted ? ScalarType::kText : scalar_type(node.text);
    if (type == ScalarType::kNull) return nullptr;
    if (type == ScalarType::kBoolean) return *parse_boolean(node.text);
    if (type == ScalarType::kInteger) {
        if (const auto value = parse_integer(node.text)) return *value;
    } else if (type == ScalarType::kNumber) {
        if (const auto value = parse_number(node.text)) return *value;
    } else {
        return node.text;
    }
    refuse(node, name + " is a number that does not fit", "put it in quotes to make it text");
    out.refused.insert(pointer);
    return nullptr;
}

}  // namespace gatehouse::config
