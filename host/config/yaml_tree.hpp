// YamlNode: one YAML document as it was written, each part with its place. The only file that
// calls the YAML library is yaml_tree.cpp.
//
// A subset on purpose, so that what a reviewer reads is what the host reads: one document, no
// anchors, no aliases, no tags, no merge keys, keys are plain words. At most 1 MiB, 32 levels and
// 100,000 nodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.hpp"

namespace gatehouse::config {

struct YamlNode {
    enum class Kind { kNull, kScalar, kSequence, kMap };

    Kind kind = Kind::kNull;
    bool is_quoted = false;  // kScalar: never anything but text
    int line = 0;            // from 1, of the value
    int column = 0;
    std::string text;  // kScalar
    std::string key;   // of a map's item
    int key_line = 0;
    int key_column = 0;
    std::vector<YamlNode> items;  // kSequence and kMap
};

constexpr std::size_t kMaxYamlBytes = std::size_t{1024} * 1024;

// Adds what is wrong to `problems`, `file` being the name in their places. Nothing if no tree could
// be made; a key that stands twice is a problem, but its first value is kept. Messages hold keys,
// never values. [any thread]
std::optional<YamlNode> parse_yaml(std::string_view text, const std::string& file,
                                   Problems& problems);

}  // namespace gatehouse::config
