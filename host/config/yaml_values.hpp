// YamlValues: turns one node into one value, or adds the reason why not to the problems. Part of
// the reader (yaml_reader.hpp); nothing else uses it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.hpp"
#include "config/sources.hpp"
#include "config/yaml_tree.hpp"

namespace gatehouse::config {

struct ReadContext {
    Problems& problems;
    Sources* sources;  // null = no references
    std::string file;
    std::filesystem::path folder;
};

// `name` is what the value is called in messages: "'port'". [one thread]
class YamlValues {
  public:
    explicit YamlValues(ReadContext& context) : context_(context) {}

    std::optional<std::string> text(const YamlNode& node, const std::string& name,
                                    const TextRule& rule);
    std::optional<bool> boolean(const YamlNode& node, const std::string& name);
    std::optional<std::int64_t> integer(const YamlNode& node, const std::string& name,
                                        std::int64_t least, std::int64_t most);
    std::optional<double> number(const YamlNode& node, const std::string& name, double least,
                                 double most);
    std::optional<std::int64_t> duration_ms(const YamlNode& node, const std::string& name,
                                            std::int64_t least, std::int64_t most);
    std::optional<std::int64_t> size_bytes(const YamlNode& node, const std::string& name,
                                           std::int64_t least, std::int64_t most);
    std::optional<LabelledSecret> secret(const YamlNode& node, const std::string& name);

    // The node and everything below it, at JSON pointer `pointer` of `out`.
    nlohmann::json any(const YamlNode& node, const std::string& pointer, RawSettings& out);

    // Whether the node is of this kind; if not, a problem says what it is instead.
    bool expect(const YamlNode& node, YamlNode::Kind kind, const std::string& name);

    Place place(const YamlNode& node) const { return {context_.file, node.line, node.column}; }
    void refuse(const YamlNode& node, std::string message, std::string suggestion = "");

  private:
    // A scalar after its reference, if it is one, was resolved.
    struct Word {
        Secret text;
        bool is_quoted = false;
        std::string label;  // of the reference; empty = written out
        bool is_readable_by_others = false;
    };

    std::optional<Word> word(const YamlNode& node, const std::string& name,
                             std::string_view expected);
    std::optional<Word> resolve(const YamlNode& node, const std::string& name);
    std::optional<Word> plain(const YamlNode& node, const std::string& name,
                              std::string_view expected);
    void warn_if_exposed(const YamlNode& node, const Word& found);
    nlohmann::json any_scalar(const YamlNode& node, const std::string& pointer, RawSettings& out);

    ReadContext& context_;
};

}  // namespace gatehouse::config
