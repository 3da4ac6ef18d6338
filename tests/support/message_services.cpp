#include "support/message_services.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/encoding.hpp"

namespace gatehouse::test {
namespace {

using nlohmann::json;

std::string percent_decode(const std::string& text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            decoded += from_hex(text.substr(i + 1, 2)).value_or("?");
            i += 2;
        } else {
            decoded += text[i] == '+' ? ' ' : text[i];
        }
    }
    return decoded;
}

std::map<std::string, std::string> form_of(const std::string& body) {
    std::map<std::string, std::string> form;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t end = std::min(body.find('&', at), body.size());
        const std::string pair = body.substr(at, end - at);
        const std::size_t equals = pair.find('=');
        form[pair.substr(0, equals)] = percent_decode(pair.substr(equals + 1));
        at = end + 1;
    }
    return form;
}

PeerAnswer twilio_error(int status, int code) {
    return {status, json{{"code", code}, {"message", "refused"}, {"status", status}}.dump()};
}

}  // namespace

MessageServices::MessageServices()
    : peer_([this](const PeerRequest& request) { return answer(request); }) {}

void MessageServices::fail_next(const std::string& path, int status, int count) {
    const std::lock_guard lock(mutex_);
    faults_.push_back({path, status, count});
}

void MessageServices::end_faults() {
    const std::lock_guard lock(mutex_);
    faults_.clear();
}

PeerAnswer MessageServices::answer(const PeerRequest& request) {
    const std::lock_guard lock(mutex_);
    for (Fault& fault : faults_) {
        if (fault.remaining > 0 && request.target.starts_with(fault.path)) {
            --fault.remaining;
            return {fault.status, "fault"};
        }
    }
    if (request.target.starts_with("/api/")) return charges_of_rental(request);
    if (request.method != "POST") return {405, ""};
    if (request.target.starts_with("/services/")) return slack(request);
    if (request.target.starts_with("/2010-04-01/")) return twilio(request);
    if (!request.target.starts_with("/hooks/")) return {404, ""};
    received_.push_back(request);
    return {204, ""};
}

PeerAnswer MessageServices::slack(const PeerRequest& request) {
    if (request.target != std::string("/services/T0ACME/B0ACME/") + kSlackToken) {
        return {404, "no_service"};
    }
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object()) return {400, "invalid_payload"};
    if (body.value("text", "").empty()) return {400, "no_text"};
    slack_texts_.push_back(body["text"]);
    return {200, "ok"};
}

PeerAnswer MessageServices::twilio(const PeerRequest& request) {
    const std::string expected =
        "Basic " + to_base64(std::string(kTwilioAccount) + ":" + kTwilioToken);
    const auto authorization = request.headers.find("authorization");
    if (authorization == request.headers.end() || authorization->second != expected) {
        return twilio_error(401, 20003);
    }
    if (request.target !=
        std::string("/2010-04-01/Accounts/") + kTwilioAccount + "/Messages.json") {
        return twilio_error(404, 20404);
    }
    auto form = form_of(request.body);
    static const std::regex kNumber("\\+[1-9][0-9]{6,14}");
    if (!std::regex_match(form["To"], kNumber)) return twilio_error(400, 21211);
    if (form["From"].empty() && form["MessagingServiceSid"].empty()) {
        return twilio_error(400, 21603);
    }
    if (form["Body"].empty()) return twilio_error(400, 21602);
    sms_.push_back({form["To"], form["Body"]});
    return {201, R"({"sid": "SM0123456789abcdef0123456789abcdef", "status": "queued"})"};
}

PeerAnswer MessageServices::charges_of_rental(const PeerRequest& request) {
    const auto authorization = request.headers.find("authorization");
    if (authorization == request.headers.end() ||
        authorization->second != std::string("ApiKey ") + kChargeKey) {
        return {401, ""};
    }
    const std::string rental = "/api/v1/admin/unit-rentals/r1";
    if (request.method == "GET" && request.target == rental) {
        return {200, json{{"id", "r1"}, {"charges", charges_}}.dump()};
    }
    if (request.method != "POST" || request.target != rental + "/charges") return {404, ""};
    charges_.push_back(json::parse(request.body));
    // The first answer is lost on the way.
    return {charges_.size() == 1 ? 504 : 200, "{}"};
}

std::vector<std::string> MessageServices::charges() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> titles;
    for (const json& charge : charges_)
        titles.push_back(charge.value("title", ""));
    return titles;
}

std::vector<std::string> MessageServices::slack_texts() const {
    const std::lock_guard lock(mutex_);
    return slack_texts_;
}

std::vector<MessageServices::Sms> MessageServices::sms() const {
    const std::lock_guard lock(mutex_);
    return sms_;
}

std::vector<PeerRequest> MessageServices::received() const {
    const std::lock_guard lock(mutex_);
    return received_;
}

}  // namespace gatehouse::test
