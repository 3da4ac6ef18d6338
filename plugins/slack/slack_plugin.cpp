// Slack by an incoming webhook: POST {"text": ...}, 200 "ok".
#include <cstdint>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/notify.hpp"

namespace {

using namespace gatehouse::sdk;

constexpr std::uint64_t kDefaultDelayMs = 1'000;  // one message a second

// Slack's own three: everything else is text. Links and mentions begin with '<', so nobody outside
// can write one.
std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '&') {
            result += "&amp;";
        } else if (c == '<') {
            result += "&lt;";
        } else if (c == '>') {
            result += "&gt;";
        } else {
            result += c;
        }
    }
    return result;
}

// The answers that Slack names in plain text.
Kind kind_of(const HttpReply& reply) {
    if (reply.body == "invalid_token" || reply.body == "no_service" || reply.body == "no_team") {
        return Kind::kAuth;  // the webhook was taken back or disabled
    }
    if (reply.body == "channel_is_archived") return Kind::kInvalid;
    return kind_of_status(reply.status);
}

class Slack final : public gatehouse::Plugin, public NotifyFeature {
    Json notify(const Json& request) override {
        const Notification notification = notification_from(request);
        std::string text = escaped(notification.text());
        if (const std::string title = notification.said("title"); !title.empty()) {
            text = "*" + escaped(one_line(title)) + "*\n" + text;
        }
        HttpRequest post{.method = "POST",
                         .url = base_url("https://hooks.slack.com") + "/services/" +
                                setting("workspace") + "/" + setting("webhook") + "/" +
                                setting("token")};
        post.json({{"text", text}});
        const HttpReply reply = http().send(post);
        if (!reply.is_ok()) throw failure(reply);
        return notified("posted to webhook " + setting("webhook"));
    }

    static Error failure(const HttpReply& reply) {
        const Kind kind = kind_of(reply);
        return {kind,
                "Slack answered " + std::to_string(reply.status) + ": " + one_line(reply.body),
                delay_ms(reply, kind, kDefaultDelayMs)};
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Slack, "slack", "1.0.0")
