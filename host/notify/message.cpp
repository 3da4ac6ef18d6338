#include "notify/message.hpp"

#include <algorithm>
#include <exception>
#include <kainjow/mustache.hpp>
#include <set>

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::notify {
namespace {

namespace mustache = kainjow::mustache;
using nlohmann::json;

constexpr int kMaxDepth = 40;  // parse_json allows 32
constexpr std::size_t kMaxValueBytes = 8'192;
constexpr std::size_t kMaxTexts = 200;
constexpr int kMaxLookups = 5'000;  // bounds sections within sections over long lists
constexpr std::size_t kMaxMissing = 20;

std::string cut(std::string text, std::size_t max_bytes) {
    if (text.size() <= max_bytes) return text;
    std::size_t end = max_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    text.resize(end);
    return text;
}

// What is empty, false or null counts as false in a section and shows nothing.
mustache::data to_data(const json& value, int depth) {
    if (depth > kMaxDepth) return false;
    if (value.is_object()) {
        mustache::data object;
        for (const auto& [name, item] : value.items())
            object.set(name, to_data(item, depth + 1));
        return object;
    }
    if (value.is_array()) {
        mustache::data list(mustache::data::type::list);
        for (const json& item : value)
            list.push_back(to_data(item, depth + 1));
        return list;
    }
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        return text.empty() ? mustache::data(false) : mustache::data(cut(text, kMaxValueBytes));
    }
    if (value.is_null() || (value.is_boolean() && !value.get<bool>())) return false;
    return mustache::data(dump_json(value));
}

struct Tag {
    char mark = 0;  // of "#^/!>&{=", if one stands before the name
    std::string name;
};

std::vector<Tag> tags_in(std::string_view text) {
    constexpr std::string_view kMarks = "#^/!>&{=";
    std::vector<Tag> tags;
    for (std::size_t at = text.find("{{"); at != std::string_view::npos;
         at = text.find("{{", at + 2)) {
        Tag tag;
        std::size_t begin = text.find_first_not_of(" \t", at + 2);
        if (begin == std::string_view::npos) break;
        if (kMarks.find(text[begin]) != std::string_view::npos) tag.mark = text[begin++];
        begin = text.find_first_not_of(" \t", begin);
        const std::size_t end = text.find_first_of(" \t}", begin);
        if (begin == std::string_view::npos || end == std::string_view::npos) break;
        tag.name = text.substr(begin, end - begin);
        tags.push_back(std::move(tag));
    }
    return tags;
}

// The names that stand in {{#name}} and {{^name}}: asking whether something is there is no fault.
std::set<std::string> section_names(std::string_view text) {
    std::set<std::string> names;
    for (Tag& tag : tags_in(text)) {
        if (tag.mark == '#' || tag.mark == '^') names.insert(std::move(tag.name));
    }
    return names;
}

struct TooMuch : std::exception {};

// Notes what is not there, gives no partials and ends what would not end soon.
class WatchedContext final : public mustache::context<std::string> {
  public:
    WatchedContext(const mustache::data& data, std::set<std::string> sections)
        : context(&data), sections_(std::move(sections)) {}

    const mustache::data* get(const std::string& name) const override {
        if (++lookups_ > kMaxLookups) throw TooMuch();
        const mustache::data* found = context::get(name);
        if (found == nullptr && !sections_.contains(name)) missing_.insert(name);
        return found;
    }

    const mustache::data* get_partial(const std::string& name) const override {
        missing_.insert("> " + name);
        return nullptr;
    }

    const std::set<std::string>& missing() const { return missing_; }

  private:
    std::set<std::string> sections_;
    mutable std::set<std::string> missing_;
    mutable int lookups_ = 0;
};

class Filler {
  public:
    // The analyzer loses sight of the pointers when the library moves them.
    explicit Filler(const json& data)
        : data_(to_data(data, 0)) {}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks)

    Result<json> fill_all(const json& templates, int depth) {
        if (depth > kMaxDepth) return fail(ErrorKind::kInvalid, "the message nests too deep");
        if (templates.is_string()) return fill_one(templates.get_ref<const std::string&>());
        if (!templates.is_structured()) return templates;
        json filled = templates;
        for (json& part : filled) {
            Result<json> done = fill_all(part, depth + 1);
            if (!done) return done;
            part = std::move(*done);
        }
        return filled;
    }

    Message take(json content) {
        Message message;
        message.content = std::move(content);
        message.missing.assign(missing_.begin(), missing_.end());
        message.is_cut = is_cut_;
        return message;
    }

  private:
    Result<json> fill_one(const std::string& text) {
        if (++texts_ > kMaxTexts)
            return fail(ErrorKind::kInvalid, "the message has too many texts");
        try {
            mustache::mustache parsed(text);
            if (!parsed.is_valid()) return fail(ErrorKind::kInvalid, parsed.error_message());
            parsed.set_custom_escape([](const std::string& plain) { return plain; });
            WatchedContext context(data_, section_names(text));
            std::string filled = parsed.render(context);
            for (const std::string& name : context.missing()) {
                if (missing_.size() < kMaxMissing) missing_.insert(shorten(name, 64));
            }
            is_cut_ = is_cut_ || filled.size() > kMaxTextBytes;
            return json(cut(std::move(filled), kMaxTextBytes));
        } catch (const std::exception&) {
            return fail(ErrorKind::kInvalid, "a template repeats itself too often");
        }
    }

    const mustache::data data_;
    std::set<std::string> missing_;
    std::size_t texts_ = 0;
    bool is_cut_ = false;
};

}  // namespace

std::string fault_in_template(std::string_view text) {
    if (text.size() > kMaxTemplateBytes) return "is longer than 8192 bytes";
    try {
        const mustache::mustache parsed{std::string(text)};
        return parsed.is_valid() ? "" : "is no template: " + parsed.error_message();
    } catch (const std::exception&) {
        return "is no template";
    }
}

std::vector<std::string> names_in(std::string_view text) {
    constexpr std::string_view kAsking = "#^&{";
    std::vector<std::string> names;
    for (Tag& tag : tags_in(text)) {
        const bool is_asked = tag.mark == 0 || kAsking.find(tag.mark) != std::string_view::npos;
        if (is_asked) names.push_back(std::move(tag.name));
    }
    return names;
}

Result<Message> fill(const json& templates, const json& data) {
    Filler filler(data);
    Result<json> content = filler.fill_all(templates, 0);
    if (!content) return tl::unexpected(content.error());
    return filler.take(std::move(*content));
}

}  // namespace gatehouse::notify
