// SMS by Twilio's Messages API: POST /2010-04-01/Accounts/{sid}/Messages.json, 201.
#include <cstdint>
#include <string>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/notify.hpp"
#include "phone/phone.hpp"

namespace {

using namespace gatehouse::sdk;

constexpr std::size_t kMaxCharacters = 1'600;  // Twilio's error 21617 above
constexpr std::uint64_t kDefaultDelayMs = 1'000;
constexpr std::uint64_t kQueueDelayMs = 60'000;

std::string cut(std::string text) {
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
        if (begins && ++characters > kMaxCharacters) {
            text.resize(i);
            break;
        }
    }
    return text;
}

class Form {
  public:
    void add(const char* name, const std::string& value) {
        body_ += (body_.empty() ? "" : "&") + std::string(name) + "=" + percent_encode(value);
    }
    std::string take() { return std::move(body_); }

  private:
    std::string body_;
};

class Sms final : public gatehouse::Plugin, public NotifyFeature {
    void start() override {
        if (setting("from").empty() == setting("messaging_service_sid").empty()) {
            throw Error("one of from and messaging_service_sid must be set",
                        {{"from", "or messaging_service_sid"}});
        }
        country_ = country_of_settings();
    }

    Json notify(const Json& request) override {
        const Notification notification = notification_from(request);
        Form form;
        form.add("To", receiver(notification));
        if (const std::string from = setting("from"); !from.empty()) {
            form.add("From", from);
        } else {
            form.add("MessagingServiceSid", setting("messaging_service_sid"));
        }
        form.add("Body", cut(notification.text()));
        HttpRequest post{.method = "POST",
                         .url = base_url("https://api.twilio.com") + "/2010-04-01/Accounts/" +
                                setting("account_sid") + "/Messages.json",
                         .body = form.take()};
        post.header("Content-Type", "application/x-www-form-urlencoded")
            .header("Authorization", "Basic {{base64:" + setting("account_sid") + ":" +
                                         setting("auth_token") + "}}");
        const HttpReply reply = http().send(post);
        if (!reply.is_ok()) throw failure(reply);
        return notified("accepted as " + one_line(text_at(reply.json(), "sid", "a message"), 40));
    }

    std::string receiver(const Notification& notification) const {
        std::string written = notification.said("to");
        if (written.empty()) {
            const auto renter = notification.facts.find("renter");
            if (renter != notification.facts.end()) written = text_at(*renter, "phone");
        }
        if (written.empty()) {
            throw Error("no phone number to send to", {{"to", "is empty"}});
        }
        return gatehouse::phone::to_e164(written, country_, "to");
    }

    // default_country, or that of the older country_code, which is its calling code.
    std::string country_of_settings() const {
        std::string country = setting("default_country");
        const std::string code = setting("country_code");
        if (code.empty()) {
            if (country.empty() || gatehouse::phone::is_known_country(country)) return country;
            throw Error("default_country " + country + " is no country that has phone numbers",
                        {{"default_country", "unknown"}});
        }
        if (!country.empty()) {
            throw Error("default_country and country_code say the same: keep default_country",
                        {{"country_code", "is one too many"}});
        }
        const auto known = gatehouse::phone::country_of_code(code);
        if (!known) {
            throw Error("country_code " + code + " is no country's: set default_country, as GB",
                        {{"country_code", "unknown"}});
        }
        return *known;
    }

    // Of one sender's number, for up to ten hours of messages; of a messaging service.
    static bool is_queue_full(std::int64_t code) { return code == 21611 || code == 30001; }

    // Twilio's list of errors (twilio.com/docs/api/errors). A 400 does not say that time cannot
    // help: a full queue answers so, too.
    static Kind kind_of(int status, std::int64_t code) {
        if (is_queue_full(code)) return Kind::kRateLimited;
        switch (code) {
            case 20003:  // authentication
                return Kind::kAuth;
            case 14107:  // SMS send rate limit exceeded
            case 20429:  // too many requests
                return Kind::kRateLimited;
            case 20500:  // internal error at Twilio
            case 20503:  // service unavailable
                return Kind::kUnavailable;
            case 21408:  // no permission for this region
                return Kind::kForbidden;
            case 21211:  // invalid To
            case 21610:  // the receiver said STOP
            case 21614:  // no mobile number
                return Kind::kInvalid;
            default:
                return kind_of_status(status);
        }
    }

    // Twilio's own words may quote the number: they stay out.
    static Error failure(const HttpReply& reply) {
        const Json document = reply.json();
        std::int64_t code = 0;
        if (document.is_object() && document.contains("code") &&
            document["code"].is_number_integer()) {
            code = document["code"].get<std::int64_t>();
        }
        const Kind kind = kind_of(reply.status, code);
        return {kind,
                "Twilio answered " + std::to_string(reply.status) +
                    (code == 0 ? "" : ", error " + std::to_string(code)),
                delay_ms(reply, kind, is_queue_full(code) ? kQueueDelayMs : kDefaultDelayMs)};
    }

    std::string country_;  // of numbers without a country code; empty = none
};

}  // namespace

GATEHOUSE_PLUGIN(Sms, "sms", "1.0.0")
