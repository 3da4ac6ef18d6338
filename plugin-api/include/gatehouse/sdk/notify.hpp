// The document of gatehouse.notify/1 as a value, and what messaging plugins share: texts, statuses
// and delays. Include it beside gatehouse/plugin.hpp.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "gatehouse/sdk/error.hpp"
#include "gatehouse/sdk/http.hpp"

namespace gatehouse::sdk {

struct Notification {
    std::string id;  // the same whenever this message is sent again; empty from a host before 1.1
    std::string event_id;
    std::string event_type;
    std::string created_at;  // as sent; may be empty
    std::string business;
    Json data = Json::object();     // the event's
    Json facts = Json::object();    // rental, unit, renter, ...; those that the route fetched
    Json message = Json::object();  // the route's texts, filled in

    std::string said(const char* name) const { return text_at(message, name); }

    // The message's text; without one the alert's, or what happened and where.
    std::string text() const {
        if (std::string written = said("text"); !written.empty()) return written;
        if (std::string alert = text_at(data, "text"); !alert.empty()) return alert;
        return event_type + " (" + business + ")";
    }
};

inline Notification notification_from(const Json& document) {
    const auto object = [&document](const char* name) {
        const auto found = document.find(name);
        return found != document.end() && found->is_object() ? *found : Json::object();
    };
    const Json event = object("event");
    Notification notification;
    notification.id = text_at(document, "id");
    notification.event_id = text_at(event, "id");
    notification.event_type = text_at(event, "type");
    notification.created_at = text_at(event, "created_at");
    notification.business = text_at(document, "business");
    if (event.contains("data") && event["data"].is_object()) notification.data = event["data"];
    notification.facts = object("facts");
    notification.message = object("message");
    return notification;
}

// schemas/notify.send.result.json.
inline Json notified(const std::string& detail) {
    return {{"schema", 1}, {"detail", detail}};
}

// Outside text, fit for one line of a message to people: control characters become '?', and it is
// cut at a character's edge.
inline std::string one_line(std::string text, std::size_t max_bytes = 160) {
    if (text.size() > max_bytes) {
        while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xC0U) == 0x80U) {
            --max_bytes;
        }
        text.resize(max_bytes);
    }
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return text;
}

// Retry-After in seconds as milliseconds, at most an hour; `otherwise` if there is none.
inline std::uint64_t retry_after_ms(const HttpReply& reply, std::uint64_t otherwise) {
    constexpr std::uint64_t kMaxS = 3'600;
    const std::string value = reply.header("retry-after");
    std::uint64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    const bool is_number = error == std::errc() && end == value.data() + value.size();
    return is_number && !value.empty() ? std::min(seconds, kMaxS) * 1'000 : otherwise;
}

// What most vendors mean by a status that is not 2xx.
inline Kind kind_of_status(int status) {
    switch (status) {
        case 401:
            return Kind::kAuth;
        case 403:
            return Kind::kForbidden;
        case 404:
            return Kind::kNotFound;
        case 409:
            return Kind::kConflict;
        case 429:
            return Kind::kRateLimited;
        default:
            break;
    }
    return status >= 400 && status < 500 && status != 408 ? Kind::kInvalid : Kind::kUnavailable;
}

}  // namespace gatehouse::sdk
