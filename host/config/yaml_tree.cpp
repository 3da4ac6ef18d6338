#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <istream>
#include <map>
#include <streambuf>

#include "base/encoding.hpp"
#include "config/invisible.hpp"

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
        std::map<std::string, int> keys;  // with the line of the first
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
        if (const auto found = find_invisible(key)) {
            throw Refused{mark, "a key holds " + found->name, "use plain blanks for indentation"};
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
            const auto [first, is_new] = parent.keys.emplace(node.key, node.key_line);
            if (!is_new) return report_twice(node, first->second);
        }
        parent.node.items.push_back(std::move(node));
    }

    void report_twice(const YamlNode& node, int first_line) {
        problems_.push_back(
            {{file_, node.key_line, node.key_column},
             "key '" + shorten(node.key, kMaxKeyBytes) + "' stands here twice",
             "the first is in line " + std::to_string(first_line) + "; keep one of them"});
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

int line_of(std::string_view text, std::size_t at) {
    return 1 + static_cast<int>(
                   std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

// An editor's other way to save text; half of its bytes are NUL.
bool is_utf16(std::string_view text) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
    constexpr std::size_t kLooked = 64;
    const std::string_view begin = text.substr(0, kLooked);
    const auto nuls = static_cast<std::size_t>(std::ranges::count(begin, '\0'));
    return begin.size() >= 4 && nuls * 3 >= begin.size();
}

// The first line that is not UTF-8.
int broken_line(std::string_view text) {
    int line = 1;
    for (std::size_t begin = 0; begin < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        if (!is_utf8(text.substr(begin, end - begin))) return line;
        begin = end + 1;
    }
    return 0;
}

bool check_bytes(std::string_view text, const std::string& file, Problems& problems) {
    const auto refuse = [&](int line, std::string message, std::string suggestion) {
        problems.push_back(
            {{file, line, line == 0 ? 0 : 1}, std::move(message), std::move(suggestion)});
        return false;
    };
    if (text.size() > kMaxYamlBytes) return refuse(0, "the file is larger than 1 MiB", "");
    if (is_utf16(text)) {
        return refuse(0, "the file is UTF-16, not UTF-8", "save it as UTF-8 in the editor");
    }
    if (!is_utf8(text)) {
        return refuse(broken_line(text), "the file is not UTF-8: here stand other bytes",
                      "save it as UTF-8 in the editor");
    }
    const auto is_refused = [](char c) {
        return (c >= 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
    };
    const auto control = std::find_if(text.begin(), text.end(), is_refused);
    if (control == text.end()) return true;
    return refuse(line_of(text, static_cast<std::size_t>(control - text.begin())),
                  "a control character stands here", "");
}

// What a parser says of a file whose indentation is not what it looks like leads nowhere. The last
// such line up to where it broke.
std::optional<Problem> odd_indentation(std::string_view text, const std::string& file,
                                       int broken_at) {
    std::optional<Problem> found;
    int line = 1;
    for (std::size_t begin = 0; begin < text.size() && line <= broken_at; ++line) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view whole = text.substr(begin, end - begin);
        begin = end + 1;
        const std::string_view rest =
            whole.substr(std::min(whole.find_first_not_of(" \t"), whole.size()));
        const auto invisible = find_invisible(rest);
        if (!invisible || invisible->at != 0 || (line == 1 && rest.size() == whole.size()))
            continue;
        const int column = static_cast<int>(whole.size() - rest.size()) + 1;
        found = Problem{{file, line, column},
                        "the indentation holds " + invisible->name,
                        "use plain blanks for indentation"};
    }
    return found;
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
        if (auto odd = odd_indentation(text, file, error.mark.line + 1)) {
            problems.push_back(std::move(*odd));
            return std::nullopt;
        }
        return refuse(error.mark, describe(error), "check indentation, quotes and colons");
    } catch (const std::exception&) {
        return refuse(YAML::Mark(), "not YAML", "");
    }
}

}  // namespace gatehouse::config
