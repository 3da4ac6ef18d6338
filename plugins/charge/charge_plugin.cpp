// Adds one charge to a rental through the Storeganise API. How charges are added there is not
// proven (README.md), so paths and members are settings.
#include <cmath>
#include <cstdlib>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/notify.hpp"

namespace {

using namespace gatehouse::sdk;

constexpr double kMaxAmount = 1'000'000;
constexpr std::size_t kMaxTitleBytes = 120;
constexpr std::size_t kMarkDigits = 12;

// "12.50", "-3"; nothing with a currency, a comma or an exponent.
double amount_from(const std::string& written) {
    const Error refusal("the charge has no usable amount", {{"amount", "must be like 12.50"}});
    if (written.empty() || written.size() > 16 ||
        written.find_first_not_of("-0123456789.") != std::string::npos) {
        throw refusal;
    }
    char* end = nullptr;
    const double amount = std::strtod(written.c_str(), &end);
    const bool is_whole = end == written.c_str() + written.size();
    if (!is_whole || !std::isfinite(amount) || amount == 0 || std::fabs(amount) > kMaxAmount) {
        throw refusal;
    }
    return amount;
}

std::string rental_of(const Notification& notification) {
    const auto rental = notification.facts.find("rental");
    std::string id = rental == notification.facts.end() ? "" : text_at(*rental, "id");
    if (id.empty()) id = text_at(notification.data, "unitRentalId");
    if (id.empty() || id == "." || id == "..") {
        throw Error("no rental to charge", {{"rental", "fetch it in the route"}});
    }
    return id;
}

// Ends a charge's title, so that it is found again: "[gh 5d0c2e0f8b1a]".
std::string mark_of(const Notification& notification) {
    const std::size_t begin = notification.id.find('_') + 1;
    if (notification.id.size() < begin + kMarkDigits) {
        throw Error(Kind::kUnsupported, "this host gives messages no id: charges could double");
    }
    return "[gh " + notification.id.substr(begin, kMarkDigits) + "]";
}

Error failure(const HttpReply& reply, const std::string& what) {
    const Kind kind = kind_of_status(reply.status);
    return {kind, "Storeganise answered " + what + " with " + std::to_string(reply.status),
            delay_ms(reply, kind, 1'000)};
}

class Charge final : public gatehouse::Plugin, public NotifyFeature {
    void start() override {
        if (base_url("").empty()) {
            throw Error("the connection needs a base_url: https://<business>.storeganise.com/api",
                        {{"base_url", "is missing"}});
        }
    }

    Json notify(const Json& request) override {
        const Notification notification = notification_from(request);
        const std::string rental = rental_of(notification);
        const std::string mark = mark_of(notification);
        const double amount = amount_from(notification.said("amount"));
        std::string title = one_line(notification.said("title"), kMaxTitleBytes);
        if (title.empty()) throw Error("the charge has no title", {{"title", "is empty"}});
        title += " " + mark;

        if (is_there(rental, mark)) return notified("charged already " + mark);
        HttpRequest post{
            .method = "POST",
            .url = url(setting("charges_path", "/v1/admin/unit-rentals/{rental}/charges"), rental)};
        post.json({{setting("title_field", "title"), title},
                   {setting("amount_field", "amount"), amount}});
        const HttpReply reply = ask(post);
        if (!reply.is_ok()) throw failure(reply, "the charge");
        return notified("charged " + notification.said("amount") + " " + mark);
    }

    // Looks before adding: an answer may have been lost last time.
    bool is_there(const std::string& rental, const std::string& mark) const {
        const HttpReply reply =
            ask({.url = url(setting("rental_path", "/v1/admin/unit-rentals/{rental}"), rental)});
        if (!reply.is_ok()) throw failure(reply, "the rental");
        const Json document = reply.json();
        if (text_at(document, "id") != rental) {
            throw Error(Kind::kUnavailable, "Storeganise's answer is not of this rental");
        }
        const auto charges = document.find(setting("list_field", "charges"));
        if (charges == document.end() || !charges->is_array()) {
            throw Error(Kind::kUnsupported,
                        "the rental lists no charges: one could double. See list_field");
        }
        for (const Json& charge : *charges) {
            const std::string title = text_at(charge, setting("title_field", "title").c_str());
            if (title.find(mark) != std::string::npos) return true;
        }
        return false;
    }

    std::string url(std::string path, const std::string& rental) const {
        const std::string hole = "{rental}";
        path.replace(path.find(hole), hole.size(), percent_encode(rental));
        return base_url("") + path;
    }

    HttpReply ask(HttpRequest request) const {
        request.header("Authorization", "ApiKey " + setting("api_key"));
        return http().send(request);
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Charge, "charge", "1.0.0")
