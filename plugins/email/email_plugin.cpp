// Mail by SMTP. The host speaks SMTP (docs/egress.md); here the message is made.
#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/notify.hpp"
#include "mail.hpp"

namespace {

using namespace gatehouse::sdk;
using gatehouse::email::Mail;

constexpr std::size_t kMaxReceivers = 50;

// RFC 5321, section 4.2.2, and RFC 4954 for the 53x ones.
Kind kind_of(int status) {
    switch (status) {
        case 530:
        case 534:
        case 535:
        case 538:
            return Kind::kAuth;
        default:
            break;
    }
    return status >= 500 ? Kind::kInvalid : Kind::kUnavailable;
}

class Email final : public gatehouse::Plugin, public NotifyFeature {
    void start() override {
        if (base_url("").empty()) {
            throw Error("the connection needs a base_url: smtps://host or smtp://host",
                        {{"base_url", "is missing"}});
        }
        if (setting("username").empty() != setting("password").empty()) {
            throw Error("username and password belong together", {{"username", "or password"}});
        }
    }

    Json notify(const Json& request) override {
        const Notification notification = notification_from(request);
        const Mail mail = mail_of(notification);
        HttpRequest post{
            .method = "POST", .url = base_url(""), .body = gatehouse::email::to_message(mail)};
        post.header("Mail-From", mail.from);
        for (const std::string& address : mail.to)
            post.header("Rcpt-To", address);
        if (!setting("username").empty()) {
            post.header("Mail-User", setting("username"))
                .header("Mail-Password", setting("password"));
        }
        const HttpReply reply = http().send(post);
        if (!reply.is_ok()) {
            throw Error(kind_of(reply.status),
                        "the mail server answered " + std::to_string(reply.status));
        }
        return notified("mailed to " + std::to_string(mail.to.size()));
    }

    Mail mail_of(const Notification& notification) const {
        Mail mail;
        mail.at_ms = host().now_ms();
        mail.from = setting("from");
        mail.from_name = one_line(setting("from_name"));
        mail.reply_to = setting("reply_to");
        mail.to = receivers(notification);
        mail.id = notification.id + "@" + gatehouse::email::domain_of(mail.from);
        for (const char* name : {"subject", "title"}) {
            if (mail.subject.empty()) mail.subject = one_line(notification.said(name), 400);
        }
        if (mail.subject.empty()) {
            mail.subject = one_line(notification.event_type + " (" + notification.business + ")");
        }
        mail.text = notification.text() + "\n";
        return mail;
    }

    // Those of the message, a text or a list of texts; else those of the settings.
    std::vector<std::string> receivers(const Notification& notification) const {
        const Json& message = notification.message;
        const Json wanted = message.contains("to") ? message["to"] : settings().value("to", Json());
        std::string list;
        if (wanted.is_string()) list = wanted.get<std::string>();
        for (const Json& item : wanted.is_array() ? wanted : Json::array()) {
            list += (item.is_string() ? item.get<std::string>() : "?") + ",";
        }
        const auto addresses = gatehouse::email::addresses_in(list);
        if (!addresses || addresses->empty() || addresses->size() > kMaxReceivers) {
            throw Error(
                "no address to send to",
                {{"to", addresses && addresses->empty() ? "is empty" : "is no list of addresses"}});
        }
        return *addresses;
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Email, "email", "1.0.0")
