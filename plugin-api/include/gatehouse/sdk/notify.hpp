// The document of gatehouse.notify/1 as a value, and what messaging plugins share: texts, and the
// statuses and delays of http_status.hpp. Include it beside gatehouse/plugin.hpp.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "gatehouse/sdk/error.hpp"
#include "gatehouse/sdk/http_status.hpp"

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

}  // namespace gatehouse::sdk
