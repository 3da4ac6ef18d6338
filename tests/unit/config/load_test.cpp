#include "config/load.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/config/load_fixture.hpp"

namespace gatehouse::config {
namespace {

// The connection's word, else the business's, else the host's.
TEST_F(LoadTest, TheNearestWordOnIsolationCounts) {
    const std::string connections =
        "connections: {plain: {plugin: x}, own: {plugin: x, isolation: business}, "
        "shared: {plugin: x, isolation: plugin}}\n";
    const auto isolated = [&](const std::string& of_host, const std::string& of_business) {
        folder_.write(
            "gatehouse.yaml",
            kHost + std::string(of_host.empty() ? "" : "runner: {isolation: " + of_host + "}\n"));
        write_business(
            "acme.yaml",
            business("acme", (of_business.empty() ? "" : "isolation: " + of_business + "\n") +
                                 connections));
        std::string names;
        const Loaded loaded = load_all();
        for (const auto& [name, connection] : loaded.config.businesses.at("acme").connections)
            names += connection.is_isolated ? name + " " : "";
        return names;
    };
    EXPECT_EQ(isolated("", ""), "own ");
    EXPECT_EQ(isolated("business", ""), "own plain ");
    EXPECT_EQ(isolated("business", "plugin"), "own ");
    EXPECT_EQ(isolated("plugin", "business"), "own plain ");
}

TEST_F(LoadTest, ReadsHostAndBusiness) {
    write_business("acme.yaml",
                   business("acme",
                            "time_zone: Europe/London\n"
                            "connections:\n"
                            "  doors:\n"
                            "    plugin: kisi\n"
                            "    base_url: https://api.kisi.io\n"
                            "    settings: {api_key: '${env:GATEHOUSE_TEST_KEY}', project: 7}\n"
                            "    isolation: business\n"
                            "    requests_per_second: 2.5\n"
                            "sites:\n"
                            "  - {site: '*', access: doors, targets: ['group:900']}\n"
                            "  - site: B1\n"
                            "    access: doors\n"
                            "    fields: lock\n"
                            "    overlock: {on_overdue: false}\n"
                            "    fuse: {max_ends: 9, max_share: 0.5, per: 2h}\n"
                            "sweep: {delta: 10m, full: '22:30-01:00', enabled: false}\n"
                            "alerts: {staff_tasks: false, settle: 0s}\n"
                            "notify:\n"
                            "  - {on: [job.unit_moveIn.created], connection: doors}\n"
                            "  - on: ['invoice.*', '*']\n"
                            "    sites: [lon1]\n"
                            "    fetch: [invoice, renter]\n"
                            "    connection: doors\n"
                            "    message: {title: '{{event.type}}', to: ['{{renter.email}}']}\n"
                            "    rate: {max: 10, per: 5m}\n"));
    const Loaded loaded = load_all();
    EXPECT_TRUE(loaded.problems.empty()) << to_string(loaded.problems.front());
    const Config& config = loaded.config;
    EXPECT_EQ(config.listen.certificate, folder_.path() / "cert.pem");
    EXPECT_EQ(config.listen.handshake_ms, 5000);
    EXPECT_EQ(config.admin.token.reveal(), "HUSH-0123456789abcdef");
    EXPECT_EQ(config.store.sqlite_path, folder_.path() / "data/gatehouse.db");
    EXPECT_EQ(config.store.keep_events_days, 90);
    EXPECT_EQ(config.store.keep_access_log_days, 365);
    EXPECT_EQ(config.plugins.directory, "/usr/lib/gatehouse/plugins");
    EXPECT_EQ(config.fingerprint.size(), 64U);
    const Business& acme = config.businesses.at("acme");
    EXPECT_EQ(acme.storeganise.api, "https://acme.storeganise.com/api");
    EXPECT_EQ(acme.storeganise.api_key.reveal(), "HUSH-key");
    ASSERT_EQ(acme.storeganise.webhook_secrets.size(), 2U);
    EXPECT_EQ(acme.storeganise.webhook_secrets[0].label, "env:GATEHOUSE_TEST_SECRET");
    EXPECT_EQ(acme.storeganise.webhook_secrets[1].value.reveal(), "HUSH-hook");
    const Connection& doors = acme.connections.at("doors");
    EXPECT_EQ(doors.plugin, "kisi");
    EXPECT_EQ(doors.base_url, "https://api.kisi.io");
    EXPECT_TRUE(doors.is_isolated);
    EXPECT_EQ(doors.requests_per_second, 2.5);
    EXPECT_EQ(doors.settings.value["project"], 7);
    EXPECT_EQ(doors.settings.labels.at("/api_key"), "env:GATEHOUSE_TEST_KEY");
    ASSERT_EQ(acme.sites.size(), 2U);
    EXPECT_EQ(acme.sites[0].targets, std::vector<std::string>{"group:900"});
    EXPECT_FALSE(acme.sites[1].overlock_on_overdue);
    EXPECT_EQ(acme.sites[1].fuse.per_ms, 7'200'000);
    EXPECT_FALSE(acme.sweep.is_enabled);
    EXPECT_EQ(acme.sweep.delta_ms, 600'000);
    EXPECT_EQ(acme.sweep.full.begin_minute, 1350);
    EXPECT_EQ(acme.sweep.full.end_minute, 60);
    EXPECT_FALSE(acme.alerts.has_staff_tasks);
    EXPECT_EQ(acme.alerts.settle_ms, 0);
    ASSERT_EQ(acme.notify.size(), 2U);
    EXPECT_EQ(acme.notify[0].rate.max, 0);
    EXPECT_EQ(acme.notify[1].on, (std::vector<std::string>{"invoice.*", "*"}));
    EXPECT_EQ(acme.notify[1].sites, std::vector<std::string>{"lon1"});
    EXPECT_EQ(acme.notify[1].fetch, (std::vector<std::string>{"invoice", "renter"}));
    EXPECT_EQ(acme.notify[1].message.value["to"][0], "{{renter.email}}");
    EXPECT_TRUE(acme.notify[1].message.places.contains("/to/0"));
    EXPECT_EQ(acme.notify[1].rate.max, 10);
    EXPECT_EQ(acme.notify[1].rate.per_ms, 300'000);
}

TEST_F(LoadTest, AllowsPlainHttpOnlyToListedAddresses) {
    const auto local = [](const std::string& api) {
        return "business: a\nstoreganise: {api: '" + api +
               "', api_key: '${env:GATEHOUSE_TEST_KEY}', webhook_secrets: "
               "['${env:GATEHOUSE_TEST_KEY}']}\n";
    };
    folder_.write("gatehouse.yaml",
                  std::string(kHost) + "egress: {allow_private: ['Sims.local:80', '[::1]:9']}\n");
    for (const char* api :
         {"http://sims.LOCAL/api", "HTTP://sims.local:80/b/acme/api/", "http://[::1]:9/x/api"}) {
        write_business("a.yaml", local(api));
        EXPECT_EQ(problems(), "") << api;
    }
    for (const char* api : {"http://sims.local:81/api", "http://other/api", "ftp://sims.local/",
                            "https://u:p@h/", "https://h/?q=1", "https://h/#f", "https://",
                            "https://h:0/", "https://h:99999/", "sims.local", "https://h /"}) {
        write_business("a.yaml", local(api));
        EXPECT_NE(problems(), "") << api;
    }
}

TEST_F(LoadTest, ReadsOnlyYamlFilesAndSaysSo) {
    write_business("a.yaml", business("acme"));
    write_business("b.yml", business("beta"));
    write_business(".c.yaml", "not: read");
    write_business("README", "not read");
    EXPECT_EQ(problems(),
              "businesses.d/b.yml: warning: this file is not read (rename it to "
              "*.yaml)\n");
    EXPECT_EQ(load_all().config.businesses.size(), 1U);
}

TEST_F(LoadTest, ReadsTheAdminSectionWithoutTheRest) {
    folder_.write("gatehouse.yaml",
                  "listen: ${env:GATEHOUSE_TEST_ABSENT}\nunknown: 1\n"
                  "admin: {port: 7, token: '${file:admin.token}'}\n");
    Problems problems;
    const auto admin = load_admin(folder_.path() / "gatehouse.yaml", problems);
    ASSERT_TRUE(admin);
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(admin->port, 7);
    EXPECT_EQ(admin->token.reveal(), "HUSH-0123456789abcdef");
    for (const char* text : {"admin: {port: 7}\n", "listen: {}\n", "admin: [", "[]",
                             "admin: {token: '${env:GATEHOUSE_TEST_ABSENT}'}\n",
                             "admin: {port: 70000, token: '${file:admin.token}'}\n"}) {
        folder_.write("gatehouse.yaml", text);
        problems.clear();
        EXPECT_FALSE(load_admin(folder_.path() / "gatehouse.yaml", problems)) << text;
        EXPECT_TRUE(has_errors(problems)) << text;
    }
    EXPECT_FALSE(load_admin("/nowhere/gatehouse.yaml", problems));
}

TEST_F(LoadTest, FingerprintFollowsEveryFileAndValue) {
    write_business("a.yaml", business("acme"));
    const std::string first = load_all().config.fingerprint;
    EXPECT_EQ(load_all().config.fingerprint, first);
    environment_.set("GATEHOUSE_TEST_KEY", "HUSH-other");
    const std::string second = load_all().config.fingerprint;
    EXPECT_NE(second, first);
    folder_.write("hook", "HUSH-rotated\n");
    const std::string third = load_all().config.fingerprint;
    EXPECT_NE(third, second);
    write_business("b.yaml", business("beta"));
    EXPECT_NE(load_all().config.fingerprint, third);
}

TEST_F(LoadTest, TextsOfSettingsAreOnOneLineWhereverTheyComeFrom) {
    const std::string key = "connections: {doors: {plugin: kisi, settings: ";
    for (const std::string value : {"HUSH\r", "HUSH\n\n", "\tHUSH", "HU\x01SH", "HUSH\x7f"}) {
        environment_.set("GATEHOUSE_TEST_SETTING", value);
        folder_.write("setting", value + "HUSH\n");  // one line end at its end is none of it
        for (const std::string settings :
             {"{api_key: '${env:GATEHOUSE_TEST_SETTING}'}", "{api_key: '${file:../setting}'}",
              "{a: {b: ['${env:GATEHOUSE_TEST_SETTING}']}}",
              "{'a/b~c': '${env:GATEHOUSE_TEST_SETTING}'}"}) {
            write_business("a.yaml", business("acme", key + settings + "}}\n"));
            const std::string said = problems();
            EXPECT_NE(said.find("must be text on one line"), std::string::npos) << settings << said;
            EXPECT_NE(said.find("businesses.d/a.yaml:6:"), std::string::npos) << said;
        }
    }
    environment_.set("GATEHOUSE_TEST_SETTING", "caf\u00e9 HUSH");
    write_business("a.yaml",
                   business("acme", key + "{api_key: '${env:GATEHOUSE_TEST_SETTING}'}}}\n"));
    EXPECT_EQ(problems(), "");
}

TEST_F(LoadTest, AMessageMayHaveManyLines) {
    write_business("a.yaml", business("acme",
                                      "connections: {mail: {plugin: email}}\n"
                                      "notify:\n"
                                      "  - on: [invoice.*]\n"
                                      "    connection: mail\n"
                                      "    message:\n"
                                      "      text: |\n"
                                      "        Dear renter,\n"
                                      "        $5 are due.\n"));
    EXPECT_EQ(problems(), "");
}

TEST_F(LoadTest, ABusinessHasTheHostsQuotaUnlessItHasItsOwn) {
    folder_.write("gatehouse.yaml",
                  std::string(kHost) + "quota: {events_per_second: 7, bytes_per_day: 2GiB}\n");
    write_business("a.yaml", business("a"));
    write_business("b.yaml", business("b", "quota: {bytes_per_day: 64MiB}\n"));
    const Loaded loaded = load_all();
    EXPECT_TRUE(loaded.problems.empty());
    EXPECT_EQ(loaded.config.businesses.at("a").quota.events_per_second, 7);
    EXPECT_EQ(loaded.config.businesses.at("a").quota.bytes_per_day, 2'147'483'648);
    EXPECT_EQ(loaded.config.businesses.at("b").quota.events_per_second, 7);
    EXPECT_EQ(loaded.config.businesses.at("b").quota.bytes_per_day, 67'108'864);
}

TEST_F(LoadTest, LoadsTenThousandBusinesses) {
    for (int i = 0; i < 10'000; ++i) {
        const std::string name = "b" + std::to_string(i);
        write_business(name + ".yaml", business(name,
                                                "connections: {doors: {plugin: kisi}}\n"
                                                "time_zone: Asia/Hong_Kong\n"
                                                "sites: [{site: '*', access: doors}]\n"));
    }
    const Loaded loaded = load_all();
    EXPECT_TRUE(loaded.problems.empty());
    EXPECT_EQ(loaded.config.businesses.size(), 10'000U);
}

}  // namespace
}  // namespace gatehouse::config
