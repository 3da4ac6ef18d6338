// Fields: the keys of one YAML map, named once and used twice. A function that lists a map's keys
// against this interface reads a file through the reader (yaml_reader.hpp) and writes the JSON
// Schema through the schema writer (schema.hpp), so the two cannot differ:
//
//   void listen_fields(Fields& fields, Listen& out) {
//       fields.text("address", out.address, {"the address to listen on"}, rules::address());
//       fields.whole("port", out.port, {"the TCP port"}, 1, 65535);
//   }
//
// What `out` holds before the call is the default; a mistake is added to the problems and leaves
// it as it was. Keys that were not named are unknown, and are reported with a suggestion.
// Everything but the strings of About and TextRule may go after the call. [one thread]
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace gatehouse::config {

struct About {
    std::string_view meaning;  // for the schema
    bool is_required = false;
};

// What a text may be. The default allows any text of 1 to 4096 bytes without control characters.
struct TextRule {
    std::string_view expected = {};               // "a host name", for the message
    bool (*accepts)(std::string_view) = nullptr;  // null = any
    std::string_view pattern = {};                // the same for the schema; empty = none
    std::vector<std::string_view> one_of = {};    // a closed list instead; empty = any
};

class Fields {
  public:
    using Fill = std::function<void(Fields&)>;
    using FillNamed = std::function<void(Fields&, const std::string& name)>;
    using Severity = Problem::Severity;

    virtual ~Fields() = default;

    virtual void text(const std::string& key, std::string& out, const About& about,
                      const TextRule& rule) = 0;
    void text(const std::string& key, std::string& out, const About& about) {
        text(key, out, about, TextRule{});
    }
    virtual void texts(const std::string& key, std::vector<std::string>& out, const About& about,
                       const TextRule& rule) = 0;
    virtual void boolean(const std::string& key, bool& out, const About& about) = 0;
    virtual void integer(const std::string& key, std::int64_t& out, const About& about,
                         std::int64_t least, std::int64_t most) = 0;
    virtual void number(const std::string& key, double& out, const About& about, double least,
                        double most) = 0;
    virtual void duration(const std::string& key, std::int64_t& out_ms, const About& about,
                          std::int64_t least_ms, std::int64_t most_ms) = 0;
    virtual void size(const std::string& key, std::int64_t& out_bytes, const About& about,
                      std::int64_t least, std::int64_t most) = 0;

    // A relative path starts at the folder of the file that it stands in.
    virtual void path(const std::string& key, std::filesystem::path& out, const About& about) = 0;

    // Plain text is taken, with a warning.
    virtual void secret(const std::string& key, LabelledSecret& out, const About& about) = 0;
    virtual void secrets(const std::string& key, std::vector<LabelledSecret>& out,
                         const About& about) = 0;

    // Any YAML, as JSON, with the place of each part.
    virtual void any(const std::string& key, RawSettings& out, const About& about) = 0;

    // A map, a list of maps, a map of maps whose keys are names (rule: rules::name() in rules.hpp).
    virtual void map(const std::string& key, const About& about, const Fill& fill) = 0;
    virtual void maps(const std::string& key, const About& about, const Fill& fill) = 0;
    virtual void named_maps(const std::string& key, const About& about, const FillNamed& fill) = 0;

    // Whether the key stands in the file; false for the schema.
    virtual bool has(const std::string& key) const = 0;

    // Of the key's value, or of the map if the key is absent.
    virtual Place place(const std::string& key) const = 0;
    virtual Place place() const = 0;

    // Adds a problem of your own; the schema ignores it.
    virtual void problem(const Place& place, std::string message, std::string suggestion,
                         Severity severity) = 0;
    void error(const std::string& key, std::string message, std::string suggestion = "") {
        problem(place(key), std::move(message), std::move(suggestion), Severity::kError);
    }
    void warning(const std::string& key, std::string message, std::string suggestion = "") {
        problem(place(key), std::move(message), std::move(suggestion), Severity::kWarning);
    }

    // integer(), duration() and size() for any integral type; `most` must fit it.
    template <std::integral T>
    void whole(const std::string& key, T& out, const About& about, std::int64_t least,
               std::int64_t most) {
        auto wide = static_cast<std::int64_t>(out);
        integer(key, wide, about, least, most);
        out = static_cast<T>(wide);
    }
    template <std::integral T>
    void lasting(const std::string& key, T& out_ms, const About& about, std::int64_t least_ms,
                 std::int64_t most_ms) {
        auto wide = static_cast<std::int64_t>(out_ms);
        duration(key, wide, about, least_ms, most_ms);
        out_ms = static_cast<T>(wide);
    }
    template <std::integral T>
    void sized(const std::string& key, T& out_bytes, const About& about, std::int64_t least,
               std::int64_t most) {
        auto wide = static_cast<std::int64_t>(out_bytes);
        size(key, wide, about, least, most);
        out_bytes = static_cast<T>(wide);
    }
};

}  // namespace gatehouse::config
