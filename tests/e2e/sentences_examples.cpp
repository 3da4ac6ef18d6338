// The businesses of config/examples/, used exactly as they are shipped: the host reaches the
// simulators under the vendors' real names, over TLS with certificates for these names.
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

#include "e2e/sentences.hpp"
#include "support/http_peer.hpp"
#include "support/mail_server.hpp"
#include "support/throwaway_certificate.hpp"

namespace gatehouse::e2e {
namespace {

using test::GatehouseHost;

constexpr const char* kSlackToken = "slack-token-of-the-example";
constexpr const char* kMailPassword = "mail-password-of-the-example";
constexpr const char* kSlack = "hooks.slack.com";
constexpr const char* kMail = "mail.quayside.example";

struct Example {
    std::string vendor;     // as cases name it
    std::string business;   // in the example's file
    std::string site_code;  // of the site that the case plays at
    // What the file takes from the environment.
    std::map<std::string, std::string> environment;
};

std::map<std::string, std::string> storeganise_environment(const std::string& prefix) {
    return {{prefix + "_API_KEY", GatehouseHost::api_key(World::kBusiness)},
            {prefix + "_WEBHOOK_SECRET", GatehouseHost::webhook_secret(World::kBusiness)}};
}

Example make_example(const std::string& name) {
    if (name == "kisi") {
        Example example{"Kisi", "harbour", "lon1", storeganise_environment("HARBOUR")};
        example.environment["HARBOUR_KISI_KEY"] = GatehouseHost::kisi_key(World::kBusiness);
        example.environment["HARBOUR_KISI_SIGNATURE_KEY"] = "kisi-signature-key";
        return example;
    }
    if (name == "unloc") {
        const std::string project = "d45031c2-be07-4d20-adbe-4e51e6ad0fed";
        Example example{"Unloc", "fjord", "osl1", storeganise_environment("FJORD")};
        example.environment["FJORD_UNLOC_CLIENT_ID"] = "unloc-client-" + project;
        example.environment["FJORD_UNLOC_CLIENT_SECRET"] = "unloc-secret-" + project;
        example.environment["FJORD_UNLOC_WEBHOOK"] = "unloc:quietword";
        return example;
    }
    if (name == "nuki") {
        Example example{"Nuki", "quayside", "ams1", storeganise_environment("QUAYSIDE")};
        example.environment["QUAYSIDE_NUKI_TOKEN"] = "nuki-token-acme";
        example.environment["QUAYSIDE_NUKI_WEBHOOK_SECRET"] = "nuki-webhook-secret-of-acme";
        example.environment["QUAYSIDE_SLACK_TOKEN"] = kSlackToken;
        example.environment["QUAYSIDE_MAIL_PASSWORD"] = kMailPassword;
        return example;
    }
    throw std::runtime_error("no example " + name + " is known");
}

// Every name of the real world that an example uses, and the simulator that answers to it.
std::map<std::string, std::string> real_names(const std::string& business) {
    return {{business + ".storeganise.com:443", "storeganise"},
            {"api.kisi.io:443", "kisi"},
            {"api.unloc.app:443", "unloc"},
            {"api.nuki.io:443", "nuki"}};
}

// Slack's incoming webhooks and a mail server, for the example that has both.
void use_messages(Scene& scene, const test::Certificate& certificate) {
    const std::string path = std::string("/services/T0QUAYSIDE/B0DESK/") + kSlackToken;
    scene.slack = std::make_shared<test::HttpPeer>(
        [path](const test::PeerRequest& request) {
            return request.target == path ? test::PeerAnswer{200, "ok"}
                                          : test::PeerAnswer{404, "no_service"};
        },
        certificate);
    scene.mail = std::make_shared<test::MailServer>(test::MailServer::Options{
        false, true, "gatehouse@quayside.example", kMailPassword, {kMail}});
    test::HostOptions& options = scene.options;
    options.ca_pem += scene.mail->ca_pem();
    const std::string mail = "127.0.0.1:" + std::to_string(scene.mail->port());
    options.real_names[std::string(kSlack) + ":443"] = scene.slack->authority();
    options.real_names[std::string(kMail) + ":465"] = mail;
    options.allow_private = {scene.slack->authority(), mail};
}

void expect_slack(Scene& scene, const std::string& text) {
    for (std::size_t seen = 1;; ++seen) {
        if (!scene.slack->await_requests(seen)) {
            throw std::runtime_error("Slack was not told \"" + text + "\"");
        }
        for (const test::PeerRequest& request : scene.slack->requests()) {
            if (request.body.find(text) != std::string::npos) return;
        }
    }
}

void use_example(Scene& scene, const std::string& name) {
    const Example example = make_example(name);
    scene.vendor = example.vendor;
    scene.site_code = example.site_code;
    test::HostOptions& options = scene.options;
    options.businesses = {example.business};
    options.business_files = std::filesystem::path(GATEHOUSE_EXAMPLES) / name / "businesses.d";
    options.environment = example.environment;
    options.real_names = real_names(example.business);
    std::vector<std::string> names;
    for (const auto& [authority, service] : options.real_names) {
        names.push_back(authority.substr(0, authority.find(':')));
    }
    names.emplace_back(kSlack);
    const test::Certificate certificate = test::make_certificate("localhost", names);
    options.ca_pem = certificate.certificate_pem;
    if (name == "nuki") use_messages(scene, certificate);
    const auto folder = std::make_shared<test::TempDir>();
    std::ofstream(*folder / "certificate.pem") << certificate.certificate_pem;
    std::ofstream(*folder / "key.pem") << certificate.key_pem;
    scene.simulator_arguments = {"--tls-certificate", (*folder / "certificate.pem").string(),
                                 "--tls-key", (*folder / "key.pem").string()};
    scene.companions.push_back(folder);
}

}  // namespace

std::vector<Sentence> sentences_of_examples() {
    return {
        say("given the example (\\w+) exactly as shipped",
            [](Scene& scene, const std::smatch& m) { use_example(scene, m[1]); }),
        say("then Slack is told \"(.*)\"",
            [](Scene& scene, const std::smatch& m) { expect_slack(scene, m[1]); }),
    };
}

}  // namespace gatehouse::e2e
