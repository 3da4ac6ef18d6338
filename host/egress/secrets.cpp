#include "egress/secrets.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "egress/ascii.hpp"
#include "egress/reference_filler.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::size_t kKeyBytes = 16;

// An opening brace at `at`, as it is or as JSON may write it: how many bytes it has.
std::size_t brace_at(std::string_view text, std::size_t at) {
    if (text.substr(at, 1) == "{") return 1;
    std::size_t end = at;
    while (end < text.size() && text[end] == '\\')
        ++end;
    constexpr std::string_view kCode = "u007b";
    return end > at && equal_without_case(text.substr(end, kCode.size()), kCode)
               ? end + kCode.size() - at
               : 0;
}

}  // namespace

Secrets::Secrets(Values values, Random& random, const std::vector<Secret>& untold) {
    auto book = std::make_shared<Book>();
    std::vector<Strike::Text> texts;
    texts.reserve(untold.size() + 2 * values.size());
    for (const Secret& secret : untold)
        texts.push_back({secret});
    for (const auto& [name, value] : values)
        texts.push_back({value});
    book->first_key = texts.size();
    for (const auto& [name, value] : values) {
        const std::string key = to_hex(random.bytes(kKeyBytes));
        // With its colon, so that what is left is the reference as people know it.
        texts.push_back({Secret(key + ":"), ""});
        book->keys.emplace(name, key);
        book->names.push_back(name);
    }
    book->strike = Strike(texts);
    book->values = std::move(values);
    book_ = std::move(book);
}

const Secret* Secrets::named(std::string_view name) const {
    if (!book_) return nullptr;
    const auto found = book_->values.find(std::string(name));
    return found == book_->values.end() ? nullptr : &found->second;
}

std::string Secrets::reference(std::string_view name) const {
    if (!book_) return {};
    const auto key = book_->keys.find(name);
    if (key == book_->keys.end()) return {};
    return std::string(kReference) + key->second + ":" + std::string(name) + "}}";
}

Result<void> Secrets::fill_in(HttpCall& call) const {
    return ReferenceFiller(*this).fill(call);
}

std::string Secrets::struck(std::string text) const {
    return book_ ? book_->strike.out_of(std::move(text)) : text;
}

std::string Secrets::referred_in(std::string_view text) const {
    const auto found = book_ ? book_->strike.find_in(text, book_->first_key) : std::nullopt;
    return found ? book_->names[*found - book_->first_key] : std::string();
}

std::string without_references(std::string json) {
    std::string kept;
    std::size_t done = 0;
    for (std::size_t at = json.find_first_of("{\\"); at != std::string::npos;
         at = json.find_first_of("{\\", at)) {
        const std::size_t first = brace_at(json, at);
        if (first > 0 && at + first < json.size() && brace_at(json, at + first) > 0) {
            kept.append(json, done, at + first - done);
            kept += ' ';
            done = at + first;
        }
        at += std::max<std::size_t>(first, 1);
    }
    if (done == 0) return json;
    return kept.append(json, done);
}

}  // namespace gatehouse::egress
