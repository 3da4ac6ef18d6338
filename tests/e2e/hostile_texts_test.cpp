// Promise P8 in a hostile world: every text that comes from outside holds references to secrets, in
// every way of writing them, and the vendors tell the secrets themselves. Nothing that leaves the
// host, is stored, logged or answered holds a secret, and everybody is served all the same.
#include <gtest/gtest.h>

#include <regex>

#include "base/encoding.hpp"
#include "e2e/world.hpp"
#include "support/database_bytes.hpp"
#include "support/message_services.hpp"
#include "support/webhook_signature.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;
using test::GatehouseHost;
using test::MessageServices;

constexpr const char* kHookSecret = "kisi-hook-secret-of-acme";
constexpr const char* kPin = "84731956";
const std::string kForgedKey(32, '0');

const std::vector<std::string> kNames{"api_key", "storeganise_api_key", "webhook_secret",
                                      "token",   "auth_token",          "signing_secret"};

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

// One text for each way of writing a reference, with every name in it.
std::vector<std::string> hostile_texts() {
    const std::vector<std::string> ways{
        "{{secret:N}}",
        "{{secret:" + kForgedKey + ":N}}",
        "{{{secret:N}}}",
        "{{ secret:N }}",
        "{ {secret:N}}",
        "{{secret:{{secret:N}}}}",
        "{{standard-webhooks:N}}",
        "%7B%7Bsecret%3AN%7D%7D",
        "%257B%257Bsecret%253AN%257D%257D",
        "\\u007b\\u007bsecret:N}}",
        "\\\\u007b{secret:N}}",
        "&#123;&#123;secret:N}}",
        "｛｛secret:N｝｝",
        to_base64("{{secret:N}}"),
    };
    std::vector<std::string> texts;
    for (const std::string& way : ways) {
        std::string text;
        for (const std::string& name : kNames)
            text += replaced(way, "N", name) + " ";
        texts.push_back(text);
    }
    for (const std::string& name : kNames)
        texts.push_back("x {{base64:{{secret:" + name + "}}}}");
    texts.emplace_back("{{secret:api_key");
    return texts;
}

// As it is, in hex, and what of its base64 is the same wherever in something longer it lies.
std::vector<std::string> forms_of(const std::string& secret) {
    std::vector<std::string> forms{secret, to_hex(secret)};
    for (std::size_t before = 0; before < 3; ++before) {
        const std::string encoded = to_base64(std::string(before, 'x') + secret);
        const std::size_t begin = (before * 8 + 5) / 6;
        forms.push_back(encoded.substr(begin, (before + secret.size()) * 8 / 6 - begin));
    }
    return forms;
}

class HostileTextsTest : public testing::Test {
  protected:
    // `care` is how often connections are looked after.
    explicit HostileTextsTest(const std::string& care = "15m")
        : world_(options_for(services_, care)) {}

    static test::HostOptions options_for(const MessageServices& services, const std::string& care) {
        test::HostOptions options;
        options.dispatch =
            "{first_retry: 100ms, max_retry: 200ms, budget: 400ms, care: " + care + "}";
        options.connections = replaced(R"(
  doors:
    plugin: kisi
    base_url: {url:kisi}
    requests_per_second: 1000
    settings: {api_key: "${env:{BUSINESS}_KISI_KEY}"}
    webhook_secrets: ["${env:HOOK_SECRET}"]
  slack:
    plugin: slack
    base_url: MESSAGES
    requests_per_second: 1000
    settings: {workspace: T0ACME, webhook: B0ACME, token: "${env:SLACK_TOKEN}"}
  sms:
    plugin: sms
    base_url: MESSAGES
    requests_per_second: 1000
    settings: {account_sid: AC0123456789abcdef0123456789abcdef, auth_token: "${env:TWILIO_TOKEN}",
               from: "+15005550006"}
  receiver:
    plugin: forward
    base_url: MESSAGES/hooks/gatehouse
    requests_per_second: 1000
    settings: {signing_secret: "${env:SIGNING_SECRET}"}
)",
                                       "MESSAGES", services.url());
        options.allow_private = {services.authority()};
        options.environment = {{"HOOK_SECRET", kHookSecret},
                               {"SLACK_TOKEN", MessageServices::kSlackToken},
                               {"TWILIO_TOKEN", MessageServices::kTwilioToken},
                               {"SIGNING_SECRET", MessageServices::kSigningSecret}};
        options.business_sections = R"(
notify:
  - {on: ["unit.blocked"], connection: slack, fetch: [rental, unit, renter, site, invoice, job],
     message: {text: "{{event.data.reason}} {{renter.name}} {{unit.name}} {{rental.customFields.note}}
                      {{site.title}} {{invoice.note}} {{job.note}}"}}
  - {on: ["unit.blocked"], connection: sms, message: {to: "+15005550009", text: "{{event.data.reason}}"}}
  - {on: ["unit.blocked"], connection: receiver, fetch: [rental, unit, renter, site, invoice, job]}
)";
        return options;
    }

    void change(const char* collection, const std::string& id, const json& data,
                const json& fields) {
        const json answer = world_.simulators().post("change", {{"business", World::kBusiness},
                                                                {"collection", collection},
                                                                {"id", id},
                                                                {"data", data},
                                                                {"customFields", fields}});
        ASSERT_FALSE(answer.contains("error")) << answer;
    }

    // A unit, a renter and a rental of which every text is `text`.
    void settle(const std::string& name, const std::string& text, bool has_email) {
        world_.add_unit(name, "Door " + name);
        world_.add_renter(name, has_email ? name + "@example.com" : "");
        change("users", world_.renter_id(name),
               {{"name", text}, {"firstName", text}, {"lastName", text}, {"phone", text}},
               {{"note", text}});
        change("units", world_.unit_id(name), {{"name", text}}, {{"note", text}});
        world_.move_in(name, name);
        world_.change_rental(name, {{"note", text}}, {{"note", text}, {"kisi_pinCode", kPin}});
    }

    // The vendor's own webhook, signed: somebody called `text` at a door called so.
    void tell_of_unlock(const std::string& id, const std::string& text) {
        const std::string body = json{
            {"uuid", "unlock-" + id},
            {"type", "lock.unlock"},
            {"created_at", "2026-11-22T08:00:00Z"},
            {"actor_type", "User"},
            {"actor_id", 7},
            {"actor_name", text},
            {"actor_email", text},
            {"object_type", "Lock"},
            {"object_id", 101},
            {"object_name", text},
            {"action", text},
            {"success", true},
            {"message", text}}.dump();
        const auto reply = world_.host().post_webhook(
            body, {{"x-signature", "sha256=" + to_hex(test::hmac_sha256(kHookSecret, body))}},
            "acme", "doors");
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 200) << reply->body;
    }

    // What a service refuses with from now on, so many times.
    void refuse(const char* service, const char* path, const json& body, int count = 3) {
        const json made = world_.simulators().post("faults", {{"kind", "status"},
                                                              {"service", service},
                                                              {"path", path},
                                                              {"status", 422},
                                                              {"count", count},
                                                              {"body", body.dump()}});
        ASSERT_TRUE(made.contains("id")) << made;
    }

    static json kisi_refusal() {
        const std::string text = GatehouseHost::kisi_key("acme") + " " + kHookSecret + " " +
                                 to_base64("k:" + GatehouseHost::kisi_key("acme")) + " PIN " + kPin;
        return {{"error", text}, {"errors", {{"email", {text}}}}, {"code", text}};
    }

    // Everything that left the host, was written or answered, by where it was found.
    std::map<std::string, std::string> produced() {
        std::map<std::string, std::string> all;
        GatehouseHost& host = world_.host();
        for (const char* path :
             {"/metrics", "/v1/events?limit=100", "/v1/dead-letters", "/v1/plugins",
              "/v1/businesses", "/v1/rentals/acme", "/v1/businesses/acme/access-log?format=csv"}) {
            const auto reply = host.admin_raw(path);
            all[path] = reply ? reply->body : "";
        }
        const json events = host.admin("/v1/events?limit=100");
        for (const json& event : events.at("events")) {
            const std::string path = "/v1/events/" + event.at("id").dump();
            all[path] = host.admin(path).dump();
        }
        for (const std::string name : {"u0", "u1", "last"}) {
            const std::string explain = "/v1/rentals/acme/" + world_.rental_of(name) + "/explain";
            all[explain] = host.admin(explain).dump();
        }
        EXPECT_EQ(host.stop(), 0);
        all["log"] = host.log();
        all.merge(test::database_of(host));
        // The head's Authorization, where the key belongs, is not in there.
        all["requests"] = world_.simulators().get("requests?limit=100000").dump();
        all["slack"] = json(services_.slack_texts()).dump();
        for (const MessageServices::Sms& sms : services_.sms())
            all["sms"] += sms.to + " " + sms.text + "\n";
        for (const test::PeerRequest& request : services_.received())
            all["received"] += request.head + request.body + "\n";
        return all;
    }

    void expect_no_secret(const std::map<std::string, std::string>& all) {
        std::vector<std::string> secrets = world_.host().secrets();
        secrets.insert(secrets.end(),
                       {kHookSecret, MessageServices::kSlackToken, MessageServices::kTwilioToken,
                        MessageServices::kSigningSecret});
        const std::regex key("secret(:|%3[Aa])([0-9a-f]{32})");
        for (const auto& [where, text] : all) {
            EXPECT_FALSE(text.empty()) << where;
            for (const std::string& secret : secrets) {
                for (const std::string& form : forms_of(secret)) {
                    const std::size_t at = text.find(form);
                    EXPECT_EQ(at, std::string::npos)
                        << where << ": " << text.substr(at < 200 ? 0 : at - 200, 400);
                }
            }
            for (std::sregex_iterator it(text.begin(), text.end(), key), end; it != end; ++it)
                EXPECT_EQ((*it)[2], kForgedKey) << where << " tells a reference's key";
            // Storeganise has it in the field, and is asked for it; nobody else hears of it.
            if (where != "requests") {
                EXPECT_FALSE(test::holds_number(text, kPin)) << where << " holds the PIN";
            }
        }
    }

    MessageServices services_;
    World world_;
};

TEST_F(HostileTextsTest, P8_NoTextFromOutsideStandsForASecret) {
    const std::vector<std::string> texts = hostile_texts();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string name = "u" + std::to_string(i);
        // Who cannot be served is told of by name: on the timeline, in a field, in a task.
        const bool has_email = i % 3 != 1;
        settle(name, texts[i], has_email);
        world_.expect_event(has_email ? "done" : "dead");
        const std::string job = world_.last_webhook().at("data").at("jobId");
        change("jobs", job, {{"title", texts[i]}, {"note", texts[i]}}, json::object());
        change("sites", World::kSite, {{"title", texts[i]}, {"note", texts[i]}}, json::object());
        change("invoices", "invoice-" + name, {{"title", texts[i]}, {"note", texts[i]}},
               json::object());
        world_.send_event("unit.blocked", {{"unitRentalId", world_.rental_of(name)},
                                           {"unitId", world_.unit_id(name)},
                                           {"siteId", World::kSite},
                                           {"invoiceId", "invoice-" + name},
                                           {"jobId", job},
                                           {"reason", texts[i]},
                                           {texts[i], texts[i]}});
        world_.expect_event("done");
        world_.send_event(texts[i], {{"userId", texts[i]}, {"jobId", texts[i]}});
        if (has_email) {
            world_.change_unit(name, {{"kisi_id", texts[i]}});
            world_.send_event("unit.updated", {{"unitId", world_.unit_id(name)}});
        }
        // Unsigned: nothing of it is kept.
        static_cast<void>(world_.host().post_webhook(json{{"note", texts[i]}}.dump(),
                                                     {{"x-signature", "no"}}, "acme", "doors"));
        tell_of_unlock(name, texts[i]);
    }
    world_.add_unit("last", "Door last");
    world_.add_renter("last", "last@example.com");
    world_.move_in("last", "last");
    world_.expect_event("done");
    world_.expect_doors("last", {"Door last"});
    const auto all = produced();
    EXPECT_NE(all.at("requests").find("secret:api_key"), std::string::npos);
    EXPECT_NE(all.at("slack").find("secret:"), std::string::npos);
    expect_no_secret(all);
}

// What was told once comes back later, in the words of an error, from both sides.
TEST_F(HostileTextsTest, P8_SecretsThatComeBackAreNotToldOn) {
    settle("u0", "plain", true);
    world_.expect_event("done");
    settle("u1", "plain", false);
    world_.expect_event("dead");
    refuse("kisi", "*", kisi_refusal());
    world_.move_out("u0", "u0");
    world_.expect_timeline("***");
    world_.simulators().erase("faults");
    const std::string storeganise = GatehouseHost::api_key("acme") + " " +
                                    GatehouseHost::webhook_secret("acme") +
                                    " customFields.kisi_pinCode '" + kPin + "'";
    refuse("storeganise", "*/unit-rentals/*",
           {{"error", {{"type", "ValidationError"}, {"message", storeganise}}}});
    world_.send_event("unitRental.updated", {{"unitRentalId", world_.rental_of("u1")}});
    world_.expect_timeline("***");
    world_.simulators().erase("faults");
    world_.add_unit("last", "Door last");
    world_.add_renter("last", "last@example.com");
    world_.move_in("last", "last");
    world_.expect_event("done");
    expect_no_secret(produced());
}

class HostileErrorsTest : public HostileTextsTest {
  protected:
    HostileErrorsTest() : HostileTextsTest("1s") {}

    // What is told of the connection, once it is told.
    void expect_alert_of_connection() {
        world_.await([&]() -> std::string {
            const json alerts = world_.host().admin("/v1/alerts");
            return alerts.dump().find("***") != std::string::npos ? "" : "alerts: " + alerts.dump();
        });
    }
};

// Calls that are for no rental, so that nobody can have read whose PIN it is.
TEST_F(HostileErrorsTest, P8_WhatCareIsRefusedWithIsNotToldOn) {
    settle("u0", "plain", true);
    world_.expect_event("done");
    settle("u1", "plain", true);
    world_.expect_event("done");
    constexpr int kAsLongAsItTakes = 100'000;
    refuse("kisi", "*", kisi_refusal(), kAsLongAsItTakes);
    expect_alert_of_connection();
    world_.simulators().erase("faults");
    world_.add_unit("last", "Door last");
    world_.add_renter("last", "last@example.com");
    world_.move_in("last", "last");
    world_.expect_event("done");
    expect_no_secret(produced());
}

}  // namespace
}  // namespace gatehouse::e2e
