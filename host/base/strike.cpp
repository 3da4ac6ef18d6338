#include "base/strike.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"

namespace gatehouse {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kNowhere = std::string_view::npos;
constexpr std::size_t kMinBase64 = 4;
// So many readings of a text's beginning are followed at once; more there are only in nonsense.
constexpr std::size_t kMaxReadings = 8;
// A text in a text in a text: so many times one may have been escaped.
constexpr int kMaxTimes = 4;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_base64(char c) {
    return is_word(c) || c == '+' || c == '/' || c == '-' || c == '_';
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// What a piece of text stands for: some bytes, and where it ends.
struct Piece {
    std::array<char, 4> bytes{};
    std::size_t size = 0;  // 0 = it is no escape
    std::size_t end = 0;
};

Piece piece_of(char byte, std::size_t end) {
    return {{byte}, 1, end};
}

Piece piece_of_code(std::uint32_t code, std::size_t end) {
    const auto low = [code](int shift) {
        return static_cast<char>(0x80U | ((code >> static_cast<unsigned>(shift)) & 0x3fU));
    };
    if (code < 0x80) return piece_of(static_cast<char>(code), end);
    if (code < 0x800) return {{static_cast<char>(0xc0U | (code >> 6U)), low(0)}, 2, end};
    if (code < 0x10000) {
        return {{static_cast<char>(0xe0U | (code >> 12U)), low(6), low(0)}, 3, end};
    }
    if (code >= 0x110000) return {};
    return {{static_cast<char>(0xf0U | (code >> 18U)), low(12), low(6), low(0)}, 4, end};
}

// The value of `count` hex digits.
std::optional<std::uint32_t> hex_number(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    std::uint32_t number = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        const int digit = hex_value(text[i]);
        if (digit < 0) return std::nullopt;
        number = number * 16 + static_cast<std::uint32_t>(digit);
    }
    return number;
}

// %41, and %2541 as something encoded twice has it.
Piece percent_piece(std::string_view text, std::size_t at) {
    ++at;
    for (int i = 0; i < kMaxTimes && text.substr(at, 2) == "25" && hex_number(text, at + 2, 2); ++i)
        at += 2;
    const auto byte = hex_number(text, at, 2);
    return byte ? piece_of(static_cast<char>(*byte), at + 2) : Piece{};
}

std::size_t after_backslashes(std::string_view text, std::size_t at) {
    const std::string_view run = text.substr(at, std::size_t{1} << unsigned{kMaxTimes});
    return at + std::min(run.find_first_not_of('\\'), run.size());
}

// \n, \/, \u0041, \ud83d\ude00, behind one backslash or more.
Piece json_piece(std::string_view text, std::size_t at) {
    constexpr std::string_view kLetters = "\"/bfnrt";
    constexpr std::string_view kMeaning = "\"/\b\f\n\r\t";
    at = after_backslashes(text, at);
    if (at == text.size()) return {};
    if (text[at] != 'u') {
        const std::size_t letter = kLetters.find(text[at]);
        return letter == kNowhere ? Piece{} : piece_of(kMeaning[letter], at + 1);
    }
    const auto code = hex_number(text, at + 1, 4);
    if (!code) return {};
    const std::size_t end = at + 5;
    if (*code < 0xd800 || *code >= 0xdc00) return piece_of_code(*code, end);
    const std::size_t second = after_backslashes(text, end);
    const auto low = second > end && second < text.size() && text[second] == 'u'
                         ? hex_number(text, second + 1, 4)
                         : std::nullopt;
    if (!low || *low < 0xdc00 || *low >= 0xe000) return {};
    return piece_of_code(0x10000 + ((*code - 0xd800) << 10U) + (*low - 0xdc00), second + 5);
}

Piece html_piece(std::string_view text, std::size_t at) {
    constexpr std::array<std::pair<std::string_view, char>, 5> kNames{
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
    for (const auto& [name, meaning] : kNames) {
        if (text.substr(at, name.size()) == name) return piece_of(meaning, at + name.size());
    }
    constexpr std::size_t kMaxDigits = 7;
    if (text.substr(at, 2) != "&#") return {};
    at += 2;
    const bool is_hex = at < text.size() && (text[at] == 'x' || text[at] == 'X');
    at += is_hex ? 1 : 0;
    std::uint32_t code = 0;
    const std::size_t begin = at;
    for (; at < text.size() && at - begin <= kMaxDigits; ++at) {
        const int digit = hex_value(text[at]);
        if (digit < 0 || (!is_hex && digit > 9)) break;
        code = code * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
    }
    if (at == begin || at >= text.size() || text[at] != ';') return {};
    return piece_of_code(code, at + 1);
}

Piece escape_at(std::string_view text, std::size_t at) {
    switch (text[at]) {
        case '%':
            return percent_piece(text, at);
        case '\\':
            return json_piece(text, at);
        case '&':
            return html_piece(text, at);
        case '+':
            return piece_of(' ', at + 1);
        default:
            return {};
    }
}

// Places in a text that one and the same beginning of a needle may reach.
class Readings {
  public:
    void add(std::size_t end) {
        if (size_ < kMaxReadings && std::find(begin(), this->end(), end) == this->end()) {
            ends_[size_++] = end;
        }
    }
    bool empty() const { return size_ == 0; }
    const std::size_t* begin() const { return ends_.data(); }
    const std::size_t* end() const { return ends_.data() + size_; }

  private:
    std::array<std::size_t, kMaxReadings> ends_{};
    std::size_t size_ = 0;
};

char common_base64(char c) {
    return c == '-' ? '+' : c == '_' ? '/' : c;
}

char lower_hex(char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Whether `c` begins no escape, and is no line break.
bool is_just_itself(char c) {
    return c != '\\' && c != '%' && c != '&' && c != '+' && c != '\r' && c != '\n';
}

std::size_t pair_of(char first, char second) {
    constexpr std::size_t kPairs = 4096;
    return (static_cast<unsigned char>(first) * std::size_t{61} +
            static_cast<unsigned char>(second)) %
           kPairs;
}

// How a needle's byte may stand in a text without an escape, and whatever an escape begins with.
std::string spellings(char c, bool is_second) {
    std::string all = is_second ? "\\%&+\r\n" : "";
    all += c;
    if (c == '+') all += '-';
    if (c == '/') all += '_';
    if (c >= 'a' && c <= 'f') all += static_cast<char>(c - ('a' - 'A'));
    return all;
}

}  // namespace

Strike::Strike(const std::vector<Text>& texts) {
    for (std::size_t i = 0; i < texts.size() && i < kNone; ++i) {
        masks_.push_back(texts[i].mask);
        const std::string& value = texts[i].value.reveal();
        if (value.size() < kMinBytes) continue;
        const bool is_number = std::all_of(value.begin(), value.end(), is_digit);
        add(value, i, Form::kPlain, value.size() < kMinBytesWithin && !is_number, is_number);
        add(to_hex(value), i, Form::kHex, false, false);
        add_base64(value, i);
    }
    std::fill(first_.begin(), first_.end(), kNone);
    for (std::size_t i = 0; i < needles_.size() && i < kNone; ++i) {
        std::uint16_t& first =
            first_[static_cast<unsigned char>(bytes_.reveal()[needles_[i].begin])];
        needles_[i].next = std::exchange(first, static_cast<std::uint16_t>(i));
        for (const char one : spellings(bytes_.reveal()[needles_[i].begin], false)) {
            for (const char two : spellings(bytes_.reveal()[needles_[i].begin + 1], true))
                pairs_.set(pair_of(one, two));
        }
    }
}

void Strike::add(std::string_view bytes, std::size_t text, Form form, bool is_apart,
                 bool is_number) {
    const std::string& before = bytes_.reveal();
    needles_.push_back({static_cast<std::uint32_t>(before.size()),
                        static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint16_t>(text),
                        kNone, form, is_apart, is_number});
    std::string all;
    all.reserve(before.size() + bytes.size());
    all.append(before).append(bytes);
    bytes_ = Secret(std::move(all));
}

// Three bytes are four characters, so there are three ways in which it can lie in what was encoded.
// Characters at the edges that hold neighbours' bits as well are left out.
void Strike::add_base64(std::string_view value, std::size_t text) {
    for (std::size_t before = 0; before < 3; ++before) {
        const std::string encoded = to_base64(std::string(before, '\0') + std::string(value));
        const std::size_t begin = (before * 8 + 5) / 6;
        const std::size_t end = (before + value.size()) * 8 / 6;
        if (end - begin < kMinBase64) continue;
        add(std::string_view(encoded).substr(begin, end - begin), text, Form::kBase64, false,
            false);
    }
}

std::string Strike::out_of(std::string text) const {
    if (empty()) return text;
    std::optional<Hit> hit = next(text, 0, 0);
    if (!hit) return text;
    std::string kept;
    std::size_t done = 0;
    for (; hit; hit = next(text, done, 0)) {
        if (hit->needle->form == Form::kBase64) {  // the neighbours' share of its bits
            if (hit->begin > done && is_base64(text[hit->begin - 1])) --hit->begin;
            if (hit->end < text.size() && is_base64(text[hit->end])) ++hit->end;
        }
        kept.append(text, done, hit->begin - done);
        kept += hit->needle->form == Form::kPlain ? masks_[hit->needle->text] : kMask;
        done = hit->end;
    }
    return kept.append(text, done);
}

std::optional<std::size_t> Strike::find_in(std::string_view text, std::size_t from) const {
    if (empty()) return std::nullopt;
    const auto hit = next(text, 0, from);
    return hit ? std::optional<std::size_t>(hit->needle->text) : std::nullopt;
}

std::optional<Strike::Hit> Strike::next(std::string_view text, std::size_t at,
                                        std::size_t from) const {
    for (; at < text.size(); ++at) {
        const char c = text[at];
        const char then = at + 1 < text.size() ? text[at + 1] : '\0';
        if (is_just_itself(c) && !pairs_.test(pair_of(c, then))) continue;
        if (c == '\\' || c == '%' || c == '&' || c == '+') {
            const Piece piece = escape_at(text, at);
            if (piece.size > 0 && first_[static_cast<unsigned char>(piece.bytes[0])] != kNone) {
                if (auto hit = match(text, at, piece.bytes[0], from)) return hit;
            }
        }
        for (const char first : {c, lower_hex(common_base64(c))}) {
            if (first_[static_cast<unsigned char>(first)] != kNone) {
                if (auto hit = match(text, at, first, from)) return hit;
            }
            if (first == lower_hex(common_base64(c))) break;
        }
    }
    return std::nullopt;
}

std::optional<Strike::Hit> Strike::match(std::string_view text, std::size_t at, char first,
                                         std::size_t from) const {
    std::optional<Hit> longest;
    for (std::uint16_t i = first_[static_cast<unsigned char>(first)]; i != kNone;
         i = needles_[i].next) {
        const Needle& needle = needles_[i];
        if (needle.text < from) continue;
        const Hit hit{at, end_of(needle, text, at), &needle};
        if (hit.end == kNowhere || (longest && longest->end >= hit.end)) continue;
        if (stands_alone(needle, text, hit)) longest = hit;
    }
    return longest;
}

// Where the needle ends that begins at `at`; kNowhere if none does.
std::size_t Strike::end_of(const Needle& needle, std::string_view text, std::size_t at) const {
    const std::string_view wanted =
        std::string_view(bytes_.reveal()).substr(needle.begin, needle.size);
    const auto plain = [&](char c) {
        return needle.form == Form::kBase64 ? common_base64(c)
               : needle.form == Form::kHex  ? lower_hex(c)
                                            : c;
    };
    std::array<Readings, 5> ahead;  // by how many bytes further on; an escape gives up to four
    ahead[0].add(at);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        Readings& now = ahead[i % ahead.size()];
        for (std::size_t place : now) {
            while (needle.form == Form::kBase64 && place < text.size() &&
                   (text[place] == '\r' || text[place] == '\n') && i > 0) {
                ++place;
            }
            if (place >= text.size()) continue;
            const char c = plain(text[place]);
            if (c == wanted[i]) ahead[(i + 1) % ahead.size()].add(place + 1);
            if (wanted[i] == '\\' && c == '\\') {  // each of them written as two, four or eight
                const std::size_t run = after_backslashes(text, place) - place;
                for (std::size_t count = 2; count <= 8; count *= 2) {
                    if (run >= count) ahead[(i + 1) % ahead.size()].add(place + count);
                }
            }
            const Piece piece = escape_at(text, place);
            if (piece.size > 0 &&
                wanted.substr(i, piece.size) == std::string_view(piece.bytes.data(), piece.size)) {
                ahead[(i + piece.size) % ahead.size()].add(piece.end);
            }
        }
        now = {};
        const bool is_dead = std::all_of(ahead.begin(), ahead.end(),
                                         [](const Readings& one) { return one.empty(); });
        if (is_dead) return kNowhere;
    }
    const Readings& ends = ahead[wanted.size() % ahead.size()];
    return ends.empty() ? kNowhere : *std::max_element(ends.begin(), ends.end());
}

// %204829 is a blank and a PIN, not a longer number.
bool Strike::stands_alone(const Needle& needle, std::string_view text, const Hit& hit) const {
    if (!needle.is_apart && !needle.is_number) return true;
    const auto goes_on = [&](char c) { return needle.is_number ? is_digit(c) : is_word(c); };
    if (hit.end < text.size() && goes_on(text[hit.end])) return false;
    if (hit.begin == 0 || !goes_on(text[hit.begin - 1])) return true;
    const bool is_behind_percent = hit.begin >= 3 && text[hit.begin - 3] == '%' &&
                                   hex_number(text, hit.begin - 2, 2).has_value();
    const bool is_behind_letter = hit.begin >= 2 && text[hit.begin - 2] == '\\';
    const bool is_behind_code = hit.begin >= 6 && text.substr(hit.begin - 6, 2) == "\\u" &&
                                hex_number(text, hit.begin - 4, 4).has_value();
    return is_behind_percent || is_behind_letter || is_behind_code;
}

}  // namespace gatehouse
