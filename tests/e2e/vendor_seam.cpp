#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "base/clock.hpp"
#include "e2e/vendor.hpp"
#include "egress/egress.hpp"
#include "support/child_process.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kEventTime = "2026-11-22T10:00:00.000Z";
constexpr int kFirstDoor = 101;
constexpr int kDevices = 2;  // of the fake's seed

std::string run(const std::vector<std::string>& arguments) {
    test::ChildProcess process({"/usr/bin/env", arguments, {}, false});
    if (process.wait(std::chrono::minutes(3)) != 0) throw std::runtime_error(process.output());
    std::string output = process.output();
    while (!output.empty() && output.back() == '\n') {
        output.pop_back();
    }
    return output;
}

// The folder, with what npm installs for it.
std::string installed(const std::string& folder) {
    run({"bash", std::string(GATEHOUSE_TESTS_FOLDER) + "/node-setup", folder});
    return folder;
}

// Seam's own fake, whose devices do at once what is asked of them. It tells nobody what happens at
// a door: its webhooks are made here and signed by the library that Seam names.
class Seam final : public Vendor {
  public:
    Seam()
        : fake_({"/usr/bin/env",
                 {"node", installed(GATEHOUSE_FAKE_SEAM) + "/fake.mjs", "--prompt"},
                 {},
                 false}),
          authority_("127.0.0.1:" + std::to_string(port_of(fake_))),
          client_(egress::make_curl_client({{authority_}, ""})),
          signer_(installed(std::string(GATEHOUSE_TESTS_FOLDER) + "/e2e/standard-webhooks")) {}

    std::string id() const override { return "seam"; }

    std::string connections() const override {
        return "  doors:\n    plugin: seam\n    base_url: http://" + authority_ +
               "\n    settings: {api_key: seam_apikey1_token}\n    webhook_secrets: [" + kSecret +
               "]\n";
    }

    std::vector<std::string> authorities() const override { return {authority_}; }

    void make_account(const test::Simulators& simulators) override {
        const json codes{
            {"units", {"seam_id"}},
            {"rentals", {"seam_pinCode", "seam_overlocked", "seam_status", "seam_resync"}}};
        const json business{{"business", "acme"}, {"field_codes", codes}};
        must(simulators.post("seed", {{"storeganise", json::array({business})}}), "seed");
    }

    std::string add_door(const test::Simulators& /*simulators*/, const std::string& /*unit*/,
                         const std::string& door, int number) override {
        if (number - kFirstDoor >= kDevices) throw std::runtime_error("Seam's fake has two doors");
        const std::string device = "august_device_" + std::to_string(number - kFirstDoor + 1);
        doors_[device] = door;
        return "device:" + device;
    }

    std::vector<std::string> open_doors(const test::Simulators& /*simulators*/,
                                        const Person& person) override {
        std::set<std::string> open;
        for (const json& code : codes()) {
            const auto pin = code.at("code").get<std::string>();
            const bool is_theirs = std::ranges::find(person.pins, pin) != person.pins.end();
            if (is_theirs && code.at("status") == "set") open.insert(doors_.at(code["device_id"]));
        }
        return {open.begin(), open.end()};
    }

    void type_pin(const test::Simulators& /*simulators*/, test::GatehouseHost& host,
                  const std::string& target, const std::string& pin) override {
        const json code = code_with(target, pin);
        json event = {{"event_type", code.is_null() ? "lock.access_denied" : "lock.unlocked"},
                      {"method", "keycode"}};
        if (!code.is_null()) event["access_code_id"] = code.at("access_code_id");
        tell(host, target, event);
    }

    void send_pin(const test::Simulators& /*simulators*/, test::GatehouseHost& host,
                  const std::string& target, const std::string& pin) override {
        const json code = code_with(target, pin);
        if (code.is_null()) throw std::runtime_error("no code of the device has the PIN");
        tell(host, target,
             {{"event_type", "access_code.set_on_device"},
              {"access_code_id", code.at("access_code_id")},
              {"code", pin}});
    }

  private:
    static int port_of(test::ChildProcess& fake) {
        const auto line = fake.wait_for_line(
            [](const std::string& text) { return text.starts_with("{\"port\""); });
        if (!line) throw std::runtime_error("Seam's fake: " + fake.output());
        return json::parse(*line).at("port").get<int>();
    }

    json codes() {
        egress::HttpCall call;
        call.url = "http://" + authority_ + "/_device/codes";
        const auto reply = client_->send(call);
        if (!reply) throw std::runtime_error(reply.error().message);
        return json::parse(reply->body);
    }

    // Null if there is none.
    json code_with(const std::string& target, const std::string& pin) {
        for (const json& code : codes()) {
            const bool is_there = target == "device:" + code.at("device_id").get<std::string>();
            if (is_there && code.at("code") == pin) return code;
        }
        return nullptr;
    }

    void tell(test::GatehouseHost& host, const std::string& target, json event) {
        const std::string id = "msg_" + std::to_string(++last_message_);
        event.update({{"event_id", "event-" + id},
                      {"device_id", target.substr(target.find(':') + 1)},
                      {"occurred_at", kEventTime}});
        const std::string body = event.dump();
        const std::string at = std::to_string(SystemClock().now_ms() / 1000);
        const std::string signature = run({"node", signer_ + "/sign.mjs", kSecret, id, at, body});
        const auto reply = host.post_webhook(body,
                                             {{"Content-Type", "application/json"},
                                              {"svix-id", id},
                                              {"svix-timestamp", at},
                                              {"svix-signature", signature}},
                                             "acme", "doors");
        if (!reply) throw std::runtime_error(reply.error().message);
        if (reply->status != 200) throw std::runtime_error("the webhook was not taken");
    }

    test::ChildProcess fake_;
    std::string authority_;
    std::unique_ptr<egress::HttpClient> client_;
    std::string signer_;                        // the folder of sign.mjs
    std::map<std::string, std::string> doors_;  // their names by device
    int last_message_ = 0;
};

}  // namespace

std::unique_ptr<Vendor> make_seam() {
    return std::make_unique<Seam>();
}

}  // namespace gatehouse::e2e
