// Who is told of what: Slack, SMS and a receiver of webhooks.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/encoding.hpp"
#include "e2e/sentences.hpp"
#include "support/child_process.hpp"
#include "support/mail_server.hpp"
#include "support/message_services.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;
using test::MessageServices;

constexpr const char* kConnections =
    "  doors:\n"
    "    plugin: kisi\n"
    "    base_url: {url:kisi}\n"
    "    settings: {api_key: \"${env:{BUSINESS}_KISI_KEY}\"}\n"
    "  slack:\n"
    "    plugin: slack\n"
    "    base_url: {url of messages}\n"
    "    requests_per_second: 1000\n"
    "    settings: {workspace: T0ACME, webhook: B0ACME, token: \"${env:SLACK_TOKEN}\"}\n"
    "  sms:\n"
    "    plugin: sms\n"
    "    base_url: {url of messages}\n"
    "    requests_per_second: 1000\n"
    "    settings: {account_sid: AC0123456789abcdef0123456789abcdef,\n"
    "      auth_token: \"${env:TWILIO_TOKEN}\", from: \"+15005550006\"}\n"
    "  receiver:\n"
    "    plugin: forward\n"
    "    base_url: {url of messages}/hooks/gatehouse\n"
    "    settings: {signing_secret: \"${env:SIGNING_SECRET}\"}\n"
    "  charges:\n"
    "    plugin: charge\n"
    "    base_url: {url of messages}/api\n"
    "    requests_per_second: 1000\n"
    "    settings: {api_key: \"${env:CHARGE_KEY}\"}\n";

constexpr const char* kMailPassword = "mail-password-of-the-test";

MessageServices& services(Scene& scene) {
    if (!scene.messages) {
        throw std::runtime_error("say first: given messages go to Slack, SMS and a receiver");
    }
    return *scene.messages;
}

void set_up(Scene& scene) {
    scene.messages = std::make_shared<MessageServices>();
    std::string connections = kConnections;
    const std::string mark = "{url of messages}";
    for (std::size_t at = connections.find(mark); at != std::string::npos;
         at = connections.find(mark)) {
        connections.replace(at, mark.size(), scene.messages->url());
    }
    scene.options.connections = connections;
    scene.options.allow_private.push_back(scene.messages->authority());
    scene.options.environment["SLACK_TOKEN"] = MessageServices::kSlackToken;
    scene.options.environment["TWILIO_TOKEN"] = MessageServices::kTwilioToken;
    scene.options.environment["SIGNING_SECRET"] = MessageServices::kSigningSecret;
    scene.options.environment["CHARGE_KEY"] = MessageServices::kChargeKey;
    scene.options.business_sections += "notify:\n";
}

void set_up_mail(Scene& scene) {
    services(scene);
    scene.mail = std::make_shared<test::MailServer>(
        test::MailServer::Options{true, false, "gatehouse", kMailPassword});
    const std::string authority = "127.0.0.1:" + std::to_string(scene.mail->port());
    scene.options.connections += "  mail:\n    plugin: email\n    base_url: smtp://" + authority +
                                 "\n    settings: {from: gatehouse@acme.example, to: "
                                 "[ops@acme.example], username: gatehouse,\n"
                                 "      password: \"${env:MAIL_PASSWORD}\"}\n";
    scene.options.environment["MAIL_PASSWORD"] = kMailPassword;
    scene.options.allow_private.push_back(authority);
    scene.options.ca_pem = scene.mail->ca_pem();
}

// The text of a mail whose only part is base64, as the email plugin writes it.
std::string text_of_mail(const std::string& message) {
    const std::size_t head = message.find("\r\n\r\n");
    std::string body = head == std::string::npos ? "" : message.substr(head);
    std::erase_if(body, [](char c) { return c == '\r' || c == '\n'; });
    return from_base64(body).value_or("");
}

void expect_mail(Scene& scene, const std::string& to, const std::string& text) {
    const json mail = scene.mail->await_mail();
    const bool is_it = mail.value("is_tls", false) && mail.value("is_authenticated", false) &&
                       mail.value("to", json()) == json::array({to}) &&
                       text_of_mail(mail.value("message", "")).find(text) != std::string::npos;
    if (!is_it) throw std::runtime_error("the mail is " + mail.dump());
}

// JSON is YAML too.
void add_route(Scene& scene, const std::smatch& m) {
    json route{{"on", json::array({m[1].str()})}, {"connection", m[2].str()}};
    if (m[3].matched) route["sites"] = json::array({m[3].str()});
    if (m[4].matched) {
        json fetch = json::array();
        std::string names = m[4].str() + ",";
        for (std::size_t at = names.find(','); at != std::string::npos; at = names.find(',')) {
            fetch.push_back(names.substr(0, at));
            names.erase(0, names.find_first_not_of(' ', at + 1));
        }
        route["fetch"] = fetch;
    }
    if (m[5].matched) route["message"] = {{"text", m[5].str()}};
    if (m[2] == "charges") route["message"] = {{"title", m[5].str()}, {"amount", "12.50"}};
    scene.options.business_sections += "  - " + route.dump() + "\n";
}

void expect_slack(Scene& scene, const std::string& text) {
    scene.get().await([&]() -> std::string {
        const std::vector<std::string> texts = services(scene).slack_texts();
        const bool is_there = std::find(texts.begin(), texts.end(), text) != texts.end();
        return is_there ? "" : "Slack shows " + json(texts).dump() + ", not " + text;
    });
}

void expect_count(const std::string& what, std::size_t found, const std::string& wanted) {
    if (found != std::stoul(wanted)) {
        throw std::runtime_error(what + ": " + std::to_string(found) + ", not " + wanted);
    }
}

void expect_sms(Scene& scene, const std::string& to, const std::string& text) {
    scene.get().await([&]() -> std::string {
        for (const MessageServices::Sms& sms : services(scene).sms()) {
            if (sms.to == to && sms.text == text) return "";
        }
        return "no such SMS to " + to;
    });
}

// What the host printed, stored and answers, but not its own configuration.
std::string produced(World& world) {
    std::string all = world.host().log() + world.host().admin("/metrics").dump() +
                      world.host().admin("/v1/dead-letters").dump() +
                      world.host().admin("/v1/events/" + std::to_string(world.last_event())).dump();
    for (const char* name : {"gatehouse.db", "gatehouse.db-wal"}) {
        std::ifstream file(world.host().folder() / name, std::ios::binary);
        all.append(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return all;
}

void expect_no_secret(Scene& scene) {
    const std::string all = produced(scene.get());
    for (const std::string secret :
         {MessageServices::kSlackToken, MessageServices::kTwilioToken, MessageServices::kChargeKey,
          MessageServices::kSigningSecret, kMailPassword}) {
        for (const std::string& form : {secret, to_base64(secret), to_hex(secret)}) {
            if (all.find(form) != std::string::npos) {
                throw std::runtime_error("a secret shows: " + secret);
            }
        }
    }
}

void run_node(const std::vector<std::string>& arguments) {
    test::ChildProcess node({"/usr/bin/env", arguments, {}, false});
    if (node.wait(std::chrono::minutes(3)) != 0) {
        throw std::runtime_error(arguments[0] + " failed: " + node.output());
    }
}

// The library that verifies was written by others.
void expect_verified(Scene& scene, const std::string& type) {
    test::PeerRequest last;
    scene.get().await([&]() -> std::string {
        for (const test::PeerRequest& request : services(scene).received()) {
            if (json::parse(request.body).value("type", "") == type) last = request;
        }
        return last.body.empty() ? "the receiver got no " + type : "";
    });
    const std::filesystem::path tests = GATEHOUSE_TESTS_FOLDER;
    const test::TempDir folder;
    const json delivery{{"secret", MessageServices::kSigningSecret},
                        {"headers", last.headers},
                        {"body", last.body}};
    std::ofstream(folder / "delivery.json") << delivery.dump();
    const std::string verifier = (tests / "e2e/standard-webhooks").string();
    run_node({"bash", (tests / "node-setup").string(), verifier});
    run_node({"node", verifier + "/verify.mjs", (folder / "delivery.json").string()});
}

}  // namespace

std::vector<Sentence> sentences_of_messages() {
    return {
        say("given messages go to Slack, SMS and a receiver",
            [](Scene& scene, const std::smatch&) { set_up(scene); }),
        say("given (\\S+) is told to (slack|sms|receiver|mail|charges)(?: at site (\\w+))?"
            "(?: with the ([a-z, ]+))?(?:: \"(.*)\")?",
            [](Scene& scene, const std::smatch& m) { add_route(scene, m); }),
        say("(?:given|when) (slack|sms|receiver) answers (\\d+), (\\d+) times?",
            [](Scene& scene, const std::smatch& m) {
                const std::string path = m[1] == "slack" ? "/services/"
                                         : m[1] == "sms" ? "/2010-04-01/"
                                                         : "/hooks/";
                services(scene).fail_next(path, std::stoi(m[2]), std::stoi(m[3]));
            }),
        say("when slack is well again",
            [](Scene& scene, const std::smatch&) { services(scene).end_faults(); }),
        say("when Storeganise sends (\\S+) about the last job",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                world.send_event(m[1], world.last_webhook().at("data"));
            }),
        say("when the last event is replayed",
            [](Scene& scene, const std::smatch&) {
                World& world = scene.get();
                const std::string id = std::to_string(world.last_event());
                const test::CommandResult result = world.host().run({"replay", id});
                if (result.status != 0) throw std::runtime_error(result.output);
            }),
        say("when Storeganise sends (\\S+) with (\\{.*\\})",
            [](Scene& scene, const std::smatch& m) {
                scene.get().send_event(m[1], json::parse(m[2].str()));
            }),
        say("then Slack shows \"(.*)\"",
            [](Scene& scene, const std::smatch& m) { expect_slack(scene, m[1]); }),
        say("then Slack shows (\\d+) messages?(?: in all)?",
            [](Scene& scene, const std::smatch& m) {
                expect_count("messages", services(scene).slack_texts().size(), m[1]);
            }),
        say("then (\\+\\d+) gets the SMS \"(.*)\"",
            [](Scene& scene, const std::smatch& m) { expect_sms(scene, m[1], m[2]); }),
        say("then the receiver has (\\S+), verified by a library of others",
            [](Scene& scene, const std::smatch& m) { expect_verified(scene, m[1]); }),
        say("then no secret of theirs shows anywhere",
            [](Scene& scene, const std::smatch&) { expect_no_secret(scene); }),
        say("given mail goes through a server with TLS and a login",
            [](Scene& scene, const std::smatch&) { set_up_mail(scene); }),
        say("then (\\S+@\\S+) gets the mail \"(.*)\"",
            [](Scene& scene, const std::smatch& m) { expect_mail(scene, m[1], m[2]); }),
        say("then rental r1 has (\\d+) charges?, for \"(.*)\"",
            [](Scene& scene, const std::smatch& m) {
                const std::vector<std::string> charges = services(scene).charges();
                expect_count("charges", charges.size(), m[1]);
                if (!charges.back().starts_with(m[2].str() + " [gh ")) {
                    throw std::runtime_error("the charge is " + charges.back());
                }
            }),
        say("then the receiver has (\\d+) events?",
            [](Scene& scene, const std::smatch& m) {
                expect_count("events", services(scene).received().size(), m[1]);
            }),
    };
}

}  // namespace gatehouse::e2e
