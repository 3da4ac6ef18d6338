#include "simulators/nuki_webhooks.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/encoding.hpp"
#include "simulators/announce.hpp"
#include "simulators/nuki_api.hpp"
#include "simulators/webhook_sender.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

constexpr const char* kHeader = "X-Nuki-Signature-SHA256";
constexpr int kUnlock = 1;
constexpr int kKeypadTrigger = 255;
constexpr int kKeypadCodeSource = 1;
constexpr int kSuccess = 0;
constexpr int kInvalidCode = 224;

struct Receiver {
    std::string url, secret;
};

// Gathers the outcomes; answers when the last has come.
struct Gathering {
    json answer;
    std::size_t left = 0;
    Responder respond;

    void add(const Outcome& outcome) {
        answer["deliveries"].push_back(to_json(outcome));
        if (--left == 0) respond(json_reply(answer));
    }
};

std::string new_log_id(NukiModel& model) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "68c555aa6466%012llx",
                        static_cast<unsigned long long>(model.new_id()));
    return text.data();
}

json log_entry(NukiModel& model, const NukiAccount& account, const NukiLock& lock,
               const json& wanted) {
    const UnixMs now_ms = SimClock().now_ms();
    const std::string pin = wanted.at("pin").get<std::string>();
    json entry = {{"id", new_log_id(model)},
                  {"smartlockId", lock.id},
                  {"deviceType", 4},
                  {"name", ""},
                  {"action", wanted.value("action", kUnlock)},
                  {"trigger", kKeypadTrigger},
                  {"state", kInvalidCode},
                  {"autoUnlock", false},
                  {"source", kKeypadCodeSource},
                  {"date", format_utc(now_ms)}};
    for (const NukiOpening& opening : NukiModel::openings(account, pin, now_ms)) {
        if (opening.lock_id != lock.id) continue;
        entry["authId"] = opening.auth_id;
        entry["name"] = opening.auth_name;
        entry["state"] = kSuccess;
    }
    return entry;
}

// The code with its PIN in clear, as Nuki sends it.
json code_with(const NukiLock& lock, const std::string& pin) {
    for (const auto& [id, auth] : lock.held) {
        if (auth.code == pin) return to_json(auth, lock);
    }
    throw std::invalid_argument("no such code on the lock");
}

std::vector<Receiver> receivers(const NukiAccount& account, const json& wanted,
                                const std::string& feature) {
    std::vector<Receiver> all;
    if (wanted.contains("webhook")) {
        const json& one = wanted["webhook"];
        all.push_back({one.at("url").get<std::string>(), one.at("secret").get<std::string>()});
        return all;
    }
    for (const auto& [id, webhook] : account.webhooks) {
        const auto& features = webhook.features;
        if (std::find(features.begin(), features.end(), feature) == features.end()) continue;
        all.push_back({webhook.url, webhook.secret});
    }
    return all;
}

}  // namespace

std::string nuki_signature(std::string_view secret, std::string_view body) {
    return to_hex(from_base64(sign(secret, body)).value_or(""));
}

void control_nuki_event(boost::asio::io_context& io, NukiModel& model, const json& body,
                        const Responder& respond) {
    NukiAccount* account = model.find(body.at("account").get<std::string>());
    if (account == nullptr) throw std::invalid_argument("no such account");
    const auto lock = account->locks.find(body.at("lock_id").get<NukiId>());
    if (lock == account->locks.end()) throw std::invalid_argument("no such lock");
    const std::string feature = body.value("feature", "DEVICE_LOGS");
    json event = {{"feature", feature}};
    auto gathering = std::make_shared<Gathering>();
    gathering->respond = respond;
    gathering->answer = {{"deliveries", json::array()}};
    if (feature == "DEVICE_AUTHS") {
        event["smartlockAuth"] = code_with(lock->second, body.at("pin").get<std::string>());
    } else if (feature == "DEVICE_STATUS") {
        event["smartlockId"] = lock->second.id;
        event["state"] = to_json(lock->second, *account)["state"];
    } else {
        event["smartlockLog"] = log_entry(model, *account, lock->second, body);
        gathering->answer["opened"] = event["smartlockLog"]["state"] == kSuccess;
        account->log.insert(account->log.begin(), event["smartlockLog"]);
    }
    gathering->answer["body"] = event;
    const std::vector<Receiver> all = receivers(*account, body, feature);
    gathering->left = all.size();
    if (all.empty()) return respond(json_reply(gathering->answer));
    const std::string text = event.dump();
    for (const Receiver& one : all) {
        const auto url = parse_url(one.url);
        if (!url) throw std::invalid_argument(url.error().message);
        DeliveryRules rules;
        rules.headers = {{kHeader, nuki_signature(one.secret, text)}};
        make_link(io, *url)->deliver(text, "", rules,
                                     [gathering](const Outcome& done) { gathering->add(done); });
    }
}

}  // namespace gatehouse::simulators
