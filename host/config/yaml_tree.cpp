#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <istream>
#include <set>
#include <streambuf>

#include "base/encoding.hpp"

namespace gatehouse::config {
namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 100'000;
constexpr std::size_t kMaxKeyBytes = 128;

// Reads from memory that somebody else owns: a file's text is not copied once more.
class ViewBuffer final : public std::streambuf {
  public:
    explicit ViewBuffer(std::string_view text) {
        char* begin = const_cast<char*>(text.data());
        setg(begin, begin, begin + text.size());
    }
};

// Ends the parse from inside the library's callbacks; never leaves this file.
struct Refused {
    YAML::Mark mark;
    std::string message;
    std::string suggestion;
};

class TreeBuilder final : public YAML::EventHandler {
  public:
    TreeBuilder(const std::string& file, Problems& problems) : file_(file), problems_(problems) {}

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        check(mark, "", anchor);
        if (wants_key()) return take_key(mark, "");
        add(make(YamlNode::Kind::kNull, mark));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        throw Refused{mark, "aliases are not allowed", "write the value out"};
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check(mark, tag, anchor);
        if (wants_key()) return take_key(mark, value);
        YamlNode node = make(YamlNode::Kind::kScalar, mark);
        node.is_quoted = tag == "!";
        node.text = value;
        add(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(YamlNode::Kind::kSequence, mark, tag, anchor);
    }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(YamlNode::Kind::kMap, mark, tag, anchor);
    }

    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

    YamlNode take_root() { return std::move(root_); }

  private:
    // A collection under construction, and the key that its next value belongs to.
    struct Open {
        YamlNode node;
        bool has_key = false;
        std::string key;
        YAML::Mark key_mark;
        std::set<std::string> keys;
    };

    static YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark) {
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        return node;
    }

    void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) {
            throw Refused{mark, "anchors are not allowed", "write the value out where it is used"};
        }
        if (!tag.empty() && tag != "?" && tag != "!") {
            throw Refused{mark, "tags are not allowed", "put the value in quotes to make it text"};
        }
        if (++nodes_ > kMaxNodes) {
            throw Refused{mark, "too many values in one file", "at most 100,000"};
        }
    }

    bool wants_key() const {
        return !open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap &&
               !open_.back().has_key;
    }

    void take_key(const YAML::Mark& mark, const std::string& key) {
        if (key.empty() || key.size() > kMaxKeyBytes) {
            throw Refused{mark, "a key must be a word of 1 to 128 bytes", ""};
        }
        open_.back().has_key = true;
        open_.back().key = key;
        open_.back().key_mark = mark;
    }

    void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor) {
        check(mark, tag, anchor);
        if (wants_key()) {
            throw Refused{mark, "a key must be a plain word", "quote a value with braces in it"};
        }
        if (open_.size() >= kMaxDepth) {
            throw Refused{mark, "nested too deeply", "at most 32 levels"};
        }
        Open entry;
        entry.node = make(kind, mark);
        open_.push_back(std::move(entry));
    }

    void close() {
        YamlNode node = std::move(open_.back().node);
        open_.pop_back();
        add(std::move(node));
    }

    void add(YamlNode node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == YamlNode::Kind::kMap) {
            parent.has_key = false;
            node.key = std::move(parent.key);
            node.key_line = parent.key_mark.line + 1;
            node.key_column = parent.key_mark.column + 1;
            if (!parent.keys.insert(node.key).second) return report_twice(node);
        }
        parent.node.items.push_back(std::move(node));
    }

    void report_twice(const YamlNode& node) {
        problems_.push_back({{file_, node.key_line, node.key_column},
                             "key '" + shorten(node.key, kMaxKeyBytes) + "' stands here twice",
                             "keep one of them"});
    }

    const std::string& file_;
    Problems& problems_;
    std::vector<Open> open_;
    YamlNode root_;
    std::size_t nodes_ = 0;
};

// The library's own words, but for those that quote from the file.
std::string describe(const YAML::Exception& error) {
    const bool quotes = error.msg.starts_with(YAML::ErrorMsg::INVALID_ESCAPE) ||
                        error.msg.starts_with(YAML::ErrorMsg::INVALID_UNICODE) ||
                        error.msg.starts_with(YAML::ErrorMsg::YAML_VERSION);
    return "not YAML: " + (quotes ? error.msg.substr(0, error.msg.find(':')) : error.msg);
}

bool check_bytes(std::string_view text, const std::string& file, Problems& problems) {
    if (text.size() > kMaxYamlBytes) {
        problems.push_back({{file, 0, 0}, "the file is larger than 1 MiB", ""});
        return false;
    }
    const auto is_refused = [](char c) {
        return (c >= 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
    };
    const auto control = std::find_if(text.begin(), text.end(), is_refused);
    if (control != text.end()) {
        const auto line = 1 + std::count(text.begin(), control, '\n');
        problems.push_back(
            {{file, static_cast<int>(line), 1}, "a control character stands here", ""});
        return false;
    }
    if (!is_utf8(text)) {
        problems.push_back({{file, 0, 0}, "the file is not UTF-8", ""});
        return false;
    }
    return true;
}

}  // namespace

std::optional<YamlNode> parse_yaml(std::string_view text, const std::string& file,
                                   Problems& problems) {
    if (!check_bytes(text, file, problems)) return std::nullopt;
    const auto refuse = [&](const YAML::Mark& mark, std::string message, std::string suggestion) {
        problems.push_back(
            {{file, mark.line + 1, mark.column + 1}, std::move(message), std::move(suggestion)});
        return std::nullopt;
    };
    try {
        ViewBuffer buffer(text);
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        TreeBuilder builder(file, problems);
        if (!parser.HandleNextDocument(builder)) {
            problems.push_back({{file, 0, 0}, "the file is empty", ""});
            return std::nullopt;
        }
        YamlNode root = builder.take_root();
        TreeBuilder second(file, problems);
        if (parser.HandleNextDocument(second)) {
            problems.push_back({{file, 0, 0}, "more than one document in the file", ""});
            return std::nullopt;
        }
        return root;
    } catch (const Refused& refused) {
        return refuse(refused.mark, refused.message, refused.suggestion);
    } catch (const YAML::Exception& error) {
        return refuse(error.mark, describe(error), "check indentation, quotes and colons");
    } catch (const std::exception&) {
        return refuse(YAML::Mark(), "not YAML", "");
    }
}

}  // namespace gatehouse::config
