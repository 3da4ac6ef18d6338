#include "mail.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include "gatehouse/sdk/text.hpp"

namespace gatehouse::email {
namespace {

constexpr std::string_view kSpecials = "<>()[]\\,;:\"@";
constexpr std::size_t kMaxAddressBytes = 254;
constexpr std::size_t kWordBytes = 39;  // 52 in base64; with frame and "Subject: " below 78
constexpr std::size_t kLineBytes = 57;  // 76 in base64
constexpr std::size_t kMaxSubjectBytes = 500;

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = (group << 8U) | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            text += k <= count ? kDigits[(group >> (18U - 6U * k)) & 63U] : '=';
        }
    }
    return text;
}

// At most `max_bytes` of the text, cut between characters.
std::size_t piece_of(std::string_view text, std::size_t max_bytes) {
    if (text.size() <= max_bytes) return text.size();
    std::size_t end = max_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return end > 0 ? end : max_bytes;
}

// Encoded words, one a line: whatever the bytes are, they stay in this header.
std::string encoded(std::string_view text) {
    std::string words;
    while (!text.empty()) {
        const std::size_t size = piece_of(text, kWordBytes);
        words +=
            (words.empty() ? "" : "\r\n ") + ("=?utf-8?B?" + base64(text.substr(0, size))) + "?=";
        text.remove_prefix(size);
    }
    return words;
}

std::string date(std::int64_t at_ms) {
    constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto at_s = static_cast<std::time_t>(at_ms / 1'000);
    std::tm parts{};
    gmtime_r(&at_s, &parts);
    std::array<char, 64> text{};
    const int size =
        std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d +0000",
                      kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                      kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                      parts.tm_hour, parts.tm_min, parts.tm_sec);
    return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

// One to a line, since fifty would be too long for one.
std::string listed(const std::vector<std::string>& addresses) {
    std::string list;
    for (const std::string& address : addresses)
        list += (list.empty() ? "" : ",\r\n ") + address;
    return list;
}

}  // namespace

std::string domain_of(std::string_view address) {
    return std::string(address.substr(address.rfind('@') + 1));
}

bool is_address(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos || at == 0 || text.size() > kMaxAddressBytes) return false;
    const std::string_view local = text.substr(0, at);
    const std::string_view domain = text.substr(at + 1);
    const auto is_local = [](char c) {
        return c > 0x20 && c < 0x7f && kSpecials.find(c) == std::string_view::npos;
    };
    const auto is_host = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.';
    };
    return !domain.empty() && domain.front() != '.' && domain.back() != '.' &&
           std::all_of(local.begin(), local.end(), is_local) &&
           std::all_of(domain.begin(), domain.end(), is_host);
}

std::optional<std::vector<std::string>> addresses_in(std::string_view text) {
    std::vector<std::string> found;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        const std::string_view part = sdk::trim_unseen(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (part.empty()) continue;
        std::string address = sdk::pasted_email(part);
        if (!is_address(address)) return std::nullopt;
        found.push_back(std::move(address));
    }
    return found;
}

std::string to_message(const Mail& mail) {
    std::string message = "Date: " + date(mail.at_ms) + "\r\n";
    message += "From: ";
    if (!mail.from_name.empty()) message += encoded(mail.from_name) + "\r\n ";
    message += "<" + mail.from + ">\r\n";
    message += "To: " + listed(mail.to) + "\r\n";
    if (!mail.reply_to.empty()) message += "Reply-To: " + mail.reply_to + "\r\n";
    message += "Message-ID: <" + mail.id + ">\r\n";
    const std::string_view subject = mail.subject;
    message +=
        "Subject: " + encoded(subject.substr(0, piece_of(subject, kMaxSubjectBytes))) + "\r\n";
    // So that holiday notes stay silent (RFC 3834).
    message += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
    message += "Content-Type: text/plain; charset=utf-8\r\n";
    message += "Content-Transfer-Encoding: base64\r\n\r\n";
    const std::string_view text = mail.text;
    for (std::size_t i = 0; i < text.size(); i += kLineBytes)
        message += base64(text.substr(i, kLineBytes)) + "\r\n";
    return message;
}

}  // namespace gatehouse::email
