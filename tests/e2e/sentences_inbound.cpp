// What vendors tell of their doors, and how they are kept telling it.
#include <stdexcept>

#include "e2e/sentences.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

constexpr const char* kSignatureKey = "kisi-signature-key-acme";
constexpr const char* kLog = "/v1/businesses/acme/access-log";

// The host's port is known only when it listens: Kisi is told a name, and the simulator where that
// name is.
constexpr const char* kPublicUrl = "https://gatehouse.test";

void let_vendors_tell(Scene& scene) {
    scene.options.public_url = kPublicUrl;
    scene.options.dispatch = "{care: 3s}";
    scene.options.environment["ACME_KISI_SIGNATURE_KEY"] = kSignatureKey;
    scene.options.connections =
        "  doors:\n"
        "    plugin: kisi\n"
        "    base_url: {url:kisi}\n"
        "    settings: {api_key: \"${env:{BUSINESS}_KISI_KEY}\"}\n"
        "    webhook_secrets: [\"${env:{BUSINESS}_KISI_SIGNATURE_KEY}\"]\n";
}

// Something happens at a door. `more` as the control API takes it (docs/simulators.md).
json happen(World& world, const std::string& renter, const std::string& door, const json& more) {
    json event = {{"organization", World::kBusiness}, {"lock_name", door}};
    if (!renter.empty()) event["email"] = world.email(renter);
    event.update(more);
    return must(world.simulators().post("kisi_event", event), "event at a door");
}

json heard(World& world) {
    return {{"to", "https://127.0.0.1:" + std::to_string(world.host().port())}};
}

void expect_registered(World& world) {
    world.start_host();
    world.await([&]() -> std::string {
        const json kisi = world.simulators().get("state").at("kisi").at(World::kBusiness);
        for (const json& one : kisi.at("integrations")) {
            const bool is_on =
                one.at("enabled") == true && one.at("disabled_due_to_error") == false;
            if (is_on && one.at("url") == std::string(kPublicUrl) + "/v1/webhooks/acme/doors") {
                return "";
            }
        }
        return "no webhook of ours is on: " + kisi.at("integrations").dump();
    });
}

void expect_entries(World& world, std::size_t count) {
    world.await([&]() -> std::string {
        const json log = world.host().admin(kLog);
        const std::size_t found = log.value("access_events", json::array()).size();
        return found == count ? "" : "the access log has " + std::to_string(found) + " entries";
    });
}

// Some vendors name a door by its target alone.
bool is_at_door(const World& world, const json& event, const std::string& door) {
    const std::string target = world.target_of_door(door);
    return event.at("target_name") == door || (!target.empty() && event.at("target") == target);
}

// `renter` "" = nobody knows who it was.
void expect_entry(World& world, const std::string& renter, const std::string& kind,
                  const std::string& door, const std::string& unit) {
    const std::string renter_id = renter.empty() ? "" : world.renter_id(renter);
    world.await([&]() -> std::string {
        const json log = world.host().admin(kLog);
        for (const json& event : log.value("access_events", json::array())) {
            if (event.at("kind") == kind && is_at_door(world, event, door) &&
                event.at("rental") == world.rental_of(unit) && event.at("renter") == renter_id) {
                return "";
            }
        }
        return "the access log is " + log.dump(1);
    });
}

void expect_alert(World& world, const std::string& text) {
    world.await([&]() -> std::string {
        const std::string alerts = world.host().admin("/v1/alerts?business=acme").dump();
        return alerts.find(text) != std::string::npos ? "" : "the alerts are " + alerts;
    });
}

void expect_forgery_refused(World& world) {
    world.start_host();
    const auto reply = world.host().post_webhook(
        R"({"uuid":"forged","type":"lock.unlock","object_type":"Lock","object_id":1101})",
        {{"Content-Type", "application/json"}, {"X-Signature", "sha256=" + std::string(64, '0')}},
        World::kBusiness, "doors");
    if (!reply || reply->status != 401) {
        throw std::runtime_error("a forged event was answered " +
                                 (reply ? std::to_string(reply->status) : reply.error().message));
    }
}

}  // namespace

std::vector<Sentence> sentences_of_inbound() {
    return {
        say("given Kisi may tell of its doors",
            [](Scene& scene, const std::smatch&) { let_vendors_tell(scene); }),
        say("then Kisi sends its events to gatehouse",
            [](Scene& scene, const std::smatch&) { expect_registered(scene.get()); }),
        say("when (\\w+) opens \"([^\"]+)\"(?:, told (\\d+) times)?",
            [](Scene& scene, const std::smatch& m) {
                json more = heard(scene.get());
                more["copies"] = m[3].matched ? std::stoi(m[3]) : 1;
                happen(scene.get(), m[1], m[2], more);
            }),
        say("when (\\w+) opens \"([^\"]+)\", signed without a prefix",
            [](Scene& scene, const std::smatch& m) {
                json more = heard(scene.get());
                more["bare"] = true;
                happen(scene.get(), m[1], m[2], more);
            }),
        say("when (\\w+) is refused at \"([^\"]+)\"",
            [](Scene& scene, const std::smatch& m) {
                json more = heard(scene.get());
                more.update({{"success", false}, {"error_code", "fad001"}});
                happen(scene.get(), m[1], m[2], more);
            }),
        say("when (\\w+) opens \"([^\"]+)\" and nobody is told",
            [](Scene& scene, const std::smatch& m) {
                happen(scene.get(), m[1], m[2], {{"deliver", false}});
            }),
        say("when Kisi switches the webhook off",
            [](Scene& scene, const std::smatch&) {
                must(scene.get().simulators().post("kisi_disable_webhooks",
                                                   {{"organization", World::kBusiness}}),
                     "switch off");
            }),
        say("then the access log has (\\d+) entr(?:y|ies)",
            [](Scene& scene, const std::smatch& m) {
                expect_entries(scene.get(), static_cast<std::size_t>(std::stoi(m[1])));
            }),
        say("then the access log says that \"([^\"]+)\" was (\\w+) by (\\w+) for (\\w+)",
            [](Scene& scene, const std::smatch& m) {
                expect_entry(scene.get(), m[3], m[2], m[1], m[4]);
            }),
        say("then the access log says that \"([^\"]+)\" was (\\w+) by somebody at (\\w+)",
            [](Scene& scene, const std::smatch& m) {
                expect_entry(scene.get(), "", m[2], m[1], m[3]);
            }),
        say("then an alert says \"([^\"]+)\"",
            [](Scene& scene, const std::smatch& m) { expect_alert(scene.get(), m[1]); }),
        say("then a forged event of a door is refused",
            [](Scene& scene, const std::smatch&) { expect_forgery_refused(scene.get()); }),
        say("when gatehouse is killed",
            [](Scene& scene, const std::smatch&) { scene.get().host().kill(); }),
        say("when gatehouse starts again",
            [](Scene& scene, const std::smatch&) { scene.get().host().start(); }),
    };
}

}  // namespace gatehouse::e2e
