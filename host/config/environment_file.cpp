#include "config/environment_file.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/encoding.hpp"
#include "config/sources.hpp"

namespace gatehouse::config {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1024} * 1024;
constexpr std::size_t kMaxShown = 64;

bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || is_line_end(c);
}

bool is_name(std::string_view name) {
    return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
           std::ranges::all_of(name, [](char c) {
               return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
           });
}

// Tabs and line ends may stand in a value that is in quotes; nothing else that cannot be seen.
bool is_value(std::string_view value) {
    return is_utf8(value) && std::ranges::none_of(value, [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return (byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7F;
           });
}

// Walks over the text as systemd does (src/basic/env-file.c): a name, '=', then pieces of text, in
// quotes or not, until the line ends.
class Reader {
  public:
    Reader(std::string_view text, const std::string& file, Variables& variables, Problems& problems)
        : text_(text), file_(file), variables_(variables), problems_(problems) {}

    void read() {
        while (skip_blanks()) {
            if (text_[at_] == '#' || text_[at_] == ';') {
                skip_comment();
            } else {
                read_assignment();
            }
        }
    }

  private:
    bool is_over() const { return at_ >= text_.size(); }

    char next() {
        const char c = text_[at_++];
        if (c == '\n') ++line_;
        return c;
    }

    bool skip_blanks() {
        while (!is_over() && is_blank(text_[at_]))
            next();
        return !is_over();
    }

    // A backslash before the line's end takes the next line in before version 254 only.
    void skip_comment() {
        const int line = line_;
        char last = ' ';
        while (!is_over() && !is_line_end(text_[at_]))
            last = next();
        if (last == '\\') {
            add(line,
                "a comment ends with a backslash: some versions of systemd take the next line "
                "into it",
                "remove the backslash", Problem::Severity::kError);
        }
    }

    void read_assignment() {
        const int line = line_;
        std::string name;
        while (!is_over() && text_[at_] != '=' && !is_line_end(text_[at_]))
            name += next();
        if (is_over() || text_[at_] != '=') {
            add(line, "this line is no assignment and is passed over", "write NAME=value",
                Problem::Severity::kWarning);
            return;
        }
        next();
        while (!name.empty() && is_blank(name.back()))
            name.pop_back();
        keep(line, name, read_value());
    }

    // Blanks at the end of a bare piece are no part of the value, those in quotes are.
    std::string read_value() {
        std::string value;
        while (!is_over() && !is_line_end(text_[at_])) {
            const char c = text_[at_];
            if (c == '\'') {
                next();
                read_single_quoted(value);
            } else if (c == '"') {
                next();
                read_double_quoted(value);
            } else if (is_blank(c)) {
                next();
            } else {
                read_bare(value);
                return value;
            }
        }
        return value;
    }

    // From here on quotes are text like any other.
    void read_bare(std::string& value) {
        std::optional<std::size_t> blanks_from;
        while (!is_over() && !is_line_end(text_[at_])) {
            const char c = next();
            if (c == '\\') {
                blanks_from.reset();
                if (is_over()) break;
                const char escaped = next();
                if (!is_line_end(escaped)) value += escaped;
                continue;
            }
            if (!is_blank(c)) {
                blanks_from.reset();
            } else if (!blanks_from) {
                blanks_from = value.size();
            }
            value += c;
        }
        if (blanks_from) value.resize(*blanks_from);
    }

    void read_single_quoted(std::string& value) {
        const int line = line_;
        while (!is_over()) {
            const char c = next();
            if (c == '\'') return;
            value += c;
        }
        add_unclosed(line);
    }

    void read_double_quoted(std::string& value) {
        const int line = line_;
        while (!is_over()) {
            const char c = next();
            if (c == '"') return;
            if (c != '\\' || is_over()) {
                value += c;
                continue;
            }
            const char escaped = next();
            constexpr std::string_view kEscapable = "\"\\`$";
            if (escaped == '\n') continue;
            if (kEscapable.find(escaped) == std::string_view::npos) value += '\\';
            value += escaped;
        }
        add_unclosed(line);
    }

    void add_unclosed(int line) {
        add(line, "a quote is not closed: all that follows is in it", "",
            Problem::Severity::kError);
    }

    void keep(int line, const std::string& name, std::string value) {
        if (!is_name(name)) {
            const bool is_export = name.starts_with("export ");
            add(line,
                "'" + shorten(name, kMaxShown) + "' names no variable: the line is passed over",
                is_export ? "remove 'export', which only a shell knows" : "write NAME=value",
                Problem::Severity::kWarning);
        } else if (!is_value(value)) {
            add(line, "the value of " + name + " holds bytes that are no text: it is passed over",
                "", Problem::Severity::kWarning);
        } else {
            variables_.insert_or_assign(name, Secret(std::move(value)));
        }
    }

    void add(int line, std::string message, std::string suggestion, Problem::Severity severity) {
        problems_.push_back(
            {{file_, line, 1}, std::move(message), std::move(suggestion), severity});
    }

    const std::string_view text_;
    const std::string& file_;
    Variables& variables_;
    Problems& problems_;
    std::size_t at_ = 0;
    int line_ = 1;
};

}  // namespace

void read_environment_text(std::string_view text, const std::string& file, Variables& variables,
                           Problems& problems) {
    if (text.find('\0') != std::string_view::npos || !is_utf8(text)) {
        problems.push_back({{file, 0, 0}, "the file is not UTF-8 text", ""});
        return;
    }
    Reader(text, file, variables, problems).read();
}

void read_environment_file(const std::filesystem::path& file, Variables& variables,
                           Problems& problems) {
    const auto text = read_regular_file(file, kMaxBytes);
    if (!text) {
        problems.push_back({{file.string(), 0, 0}, text.error().message, ""});
        return;
    }
    read_environment_text(*text, file.string(), variables, problems);
}

}  // namespace gatehouse::config
