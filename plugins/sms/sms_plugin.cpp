// SMS by Twilio's Messages API: POST /2010-04-01/Accounts/{sid}/Messages.json, 201.
#include <cstdint>
#include <optional>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/notify.hpp"

namespace {

using namespace gatehouse::sdk;

constexpr std::size_t kMaxCharacters = 1'600;  // Twilio's error 21617 above
constexpr std::uint64_t kDefaultDelayMs = 1'000;
constexpr std::size_t kMinDigits = 7;
constexpr std::size_t kMaxDigits = 15;  // E.164

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// A number as people write it as E.164, "+447700900123"; nothing if it is none.
std::optional<std::string> e164(std::string written, const std::string& country_code) {
    // "+44 (0)7700 900123": a digit for callers at home only.
    const std::size_t trunk = written.find("(0)");
    const bool is_from_abroad = written.starts_with('+') || written.starts_with("00");
    if (is_from_abroad && trunk != std::string::npos) written.erase(trunk, 3);
    std::string digits;
    bool is_international = false;
    for (const char c : written) {
        if (is_digit(c)) {
            digits += c;
        } else if (c == '+' && digits.empty() && !is_international) {
            is_international = true;
        } else if (std::string_view(" -./()").find(c) == std::string_view::npos) {
            return std::nullopt;
        }
    }
    if (!is_international) {
        if (digits.rfind("00", 0) == 0) {
            digits.erase(0, 2);
        } else if (digits.rfind('0', 0) == 0 && !country_code.empty()) {
            digits = country_code + digits.substr(1);
        } else {
            return std::nullopt;
        }
    }
    if (digits.size() < kMinDigits || digits.size() > kMaxDigits || digits.front() == '0') {
        return std::nullopt;
    }
    return "+" + digits;
}

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
        const std::optional<std::string> number = e164(written, setting("country_code"));
        if (!number) {
            throw Error("no phone number to send to",
                        {{"to", written.empty() ? "is empty" : "is no international number"}});
        }
        return *number;
    }

    static Kind kind_of(int status, std::int64_t code) {
        switch (code) {
            case 20003:  // authentication
                return Kind::kAuth;
            case 20429:
            case 14107:  // SMS send rate limit exceeded
                return Kind::kRateLimited;
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
                delay_ms(reply, kind, kDefaultDelayMs)};
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Sms, "sms", "1.0.0")
