#include "config/yaml_reader.hpp"

#include <algorithm>
#include <tuple>

#include "base/encoding.hpp"
#include "config/rules.hpp"
#include "config/suggest.hpp"
#include "config/yaml_tree.hpp"
#include "config/yaml_values.hpp"

namespace gatehouse::config {
namespace {

class MapReader final : public Fields {
  public:
    MapReader(const YamlNode& map, ReadContext& context)
        : map_(map), context_(context), values_(context) {}

    using Fields::text;

    void text(const std::string& key, std::string& out, const About& about,
              const TextRule& rule) override {
        if (const YamlNode* node = find(key, about)) {
            if (auto value = values_.text(*node, named(key), rule)) out = std::move(*value);
        }
    }

    void texts(const std::string& key, std::vector<std::string>& out, const About& about,
               const TextRule& rule) override {
        const YamlNode* node = find(key, about, YamlNode::Kind::kSequence);
        if (node == nullptr) return;
        out.clear();
        for (const YamlNode& item : node->items) {
            auto value = values_.text(item, "an item of " + named(key), rule);
            if (!value) continue;
            if (std::find(out.begin(), out.end(), *value) != out.end()) {
                values_.refuse(item, "an item of " + named(key) + " stands there twice");
                continue;
            }
            out.push_back(std::move(*value));
        }
    }

    void boolean(const std::string& key, bool& out, const About& about) override {
        if (const YamlNode* node = find(key, about)) {
            out = values_.boolean(*node, named(key)).value_or(out);
        }
    }

    void integer(const std::string& key, std::int64_t& out, const About& about, std::int64_t least,
                 std::int64_t most) override {
        if (const YamlNode* node = find(key, about)) {
            out = values_.integer(*node, named(key), least, most).value_or(out);
        }
    }

    void number(const std::string& key, double& out, const About& about, double least,
                double most) override {
        if (const YamlNode* node = find(key, about)) {
            out = values_.number(*node, named(key), least, most).value_or(out);
        }
    }

    void duration(const std::string& key, std::int64_t& out_ms, const About& about,
                  std::int64_t least_ms, std::int64_t most_ms) override {
        if (const YamlNode* node = find(key, about)) {
            out_ms = values_.duration_ms(*node, named(key), least_ms, most_ms).value_or(out_ms);
        }
    }

    void size(const std::string& key, std::int64_t& out_bytes, const About& about,
              std::int64_t least, std::int64_t most) override {
        if (const YamlNode* node = find(key, about)) {
            out_bytes = values_.size_bytes(*node, named(key), least, most).value_or(out_bytes);
        }
    }

    void path(const std::string& key, std::filesystem::path& out, const About& about) override {
        if (const YamlNode* node = find(key, about)) {
            if (auto value = values_.text(*node, named(key), {})) out = context_.folder / *value;
        }
    }

    void secret(const std::string& key, LabelledSecret& out, const About& about) override {
        if (const YamlNode* node = find(key, about)) {
            if (auto value = values_.secret(*node, named(key))) out = std::move(*value);
        }
    }

    void secrets(const std::string& key, std::vector<LabelledSecret>& out,
                 const About& about) override {
        const YamlNode* node = find(key, about, YamlNode::Kind::kSequence);
        if (node == nullptr) return;
        for (const YamlNode& item : node->items) {
            if (auto value = values_.secret(item, "an item of " + named(key))) {
                out.push_back(std::move(*value));
            }
        }
        if (node->items.empty()) values_.refuse(*node, named(key) + " is empty");
    }

    void any(const std::string& key, RawSettings& out, const About& about) override {
        if (const YamlNode* node = find(key, about)) out.value = values_.any(*node, "", out);
    }

    void map(const std::string& key, const About& about, const Fill& fill) override {
        if (const YamlNode* node = find(key, about, YamlNode::Kind::kMap)) read(*node, fill);
    }

    void maps(const std::string& key, const About& about, const Fill& fill) override {
        const YamlNode* node = find(key, about, YamlNode::Kind::kSequence);
        if (node == nullptr) return;
        for (const YamlNode& item : node->items) {
            if (values_.expect(item, YamlNode::Kind::kMap, "an item of " + named(key))) {
                read(item, fill);
            }
        }
    }

    void named_maps(const std::string& key, const About& about, const FillNamed& fill) override {
        const YamlNode* node = find(key, about, YamlNode::Kind::kMap);
        if (node == nullptr) return;
        for (const YamlNode& item : node->items) {
            if (!rules::name().accepts(item.key)) {
                problem(key_place(item),
                        named(item.key) + " is not " + std::string(rules::name().expected), "",
                        Severity::kError);
            } else if (values_.expect(item, YamlNode::Kind::kMap, named(item.key))) {
                read(item, [&](Fields& fields) { fill(fields, item.key); });
            }
        }
    }

    bool has(const std::string& key) const override { return at(key) != nullptr; }

    Place place(const std::string& key) const override {
        const YamlNode* node = at(key);
        return node == nullptr ? place() : values_.place(*node);
    }

    Place place() const override { return values_.place(map_); }

    void problem(const Place& place, std::string message, std::string suggestion,
                 Severity severity) override {
        context_.problems.push_back({place, std::move(message), std::move(suggestion), severity});
    }

    void report_unknown() {
        std::string heading;  // the known key without a value that stands before
        for (const YamlNode& item : map_.items) {
            if (std::find(known_.begin(), known_.end(), item.key) != known_.end()) {
                heading = item.kind == YamlNode::Kind::kNull ? item.key : "";
                continue;
            }
            problem(key_place(item), "unknown key " + named(item.key),
                    heading.empty() ? did_you_mean(item.key, known_)
                                    : "indent it, if it belongs below " + named(heading),
                    Severity::kError);
        }
    }

  private:
    static std::string named(const std::string& key) { return '\'' + shorten(key, 64) + '\''; }

    Place key_place(const YamlNode& item) const {
        return {context_.file, item.key_line, item.key_column};
    }

    const YamlNode* at(const std::string& key) const {
        const auto found = std::find_if(map_.items.begin(), map_.items.end(),
                                        [&](const YamlNode& item) { return item.key == key; });
        return found == map_.items.end() ? nullptr : &*found;
    }

    const YamlNode* find(const std::string& key, const About& about) {
        known_.push_back(key);
        const YamlNode* node = at(key);
        if (node == nullptr && about.is_required) {
            problem(place(), "required key " + named(key) + " is missing", "", Severity::kError);
        }
        return node;
    }

    const YamlNode* find(const std::string& key, const About& about, YamlNode::Kind kind) {
        const YamlNode* node = find(key, about);
        return node != nullptr && values_.expect(*node, kind, named(key)) ? node : nullptr;
    }

    void read(const YamlNode& map, const Fill& fill) {
        MapReader reader(map, context_);
        fill(reader);
        reader.report_unknown();
    }

    const YamlNode& map_;
    ReadContext& context_;
    YamlValues values_;
    std::vector<std::string> known_;
};

void sort_by_place(Problems& problems, std::size_t from) {
    std::stable_sort(problems.begin() + static_cast<std::ptrdiff_t>(from), problems.end(),
                     [](const Problem& a, const Problem& b) {
                         return std::tie(a.place.line, a.place.column) <
                                std::tie(b.place.line, b.place.column);
                     });
}

}  // namespace

bool read_yaml_text(std::string_view text, const std::filesystem::path& file, Sources* sources,
                    Problems& problems, const Fields::Fill& fill) {
    const std::size_t before = problems.size();
    ReadContext context{problems, sources, file.string(), file.parent_path()};
    const auto root = parse_yaml(text, context.file, problems);
    if (root && YamlValues(context).expect(*root, YamlNode::Kind::kMap, "the file")) {
        MapReader reader(*root, context);
        fill(reader);
        reader.report_unknown();
    }
    sort_by_place(problems, before);
    return std::none_of(
        problems.begin() + static_cast<std::ptrdiff_t>(before), problems.end(),
        [](const Problem& problem) { return problem.severity == Problem::Severity::kError; });
}

bool read_yaml_file(const std::filesystem::path& file, Sources* sources, Problems& problems,
                    const Fields::Fill& fill) {
    const auto text = sources != nullptr
                          ? sources->read_file(file, file.filename().string(), kMaxYamlBytes)
                          : read_regular_file(file, kMaxYamlBytes);
    if (!text) {
        problems.push_back({{file.string(), 0, 0}, text.error().message, ""});
        return false;
    }
    return read_yaml_text(*text, file, sources, problems, fill);
}

}  // namespace gatehouse::config
