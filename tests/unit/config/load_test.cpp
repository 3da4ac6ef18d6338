#include <gtest/gtest.h>

#include <algorithm>

#include "config/config.hpp"
#include "unit/config/environment.hpp"
#include "unit/config/temporary_folder.hpp"

namespace gatehouse::config {
namespace {

constexpr const char* kHost =
    "listen: {port: 0, tls: {certificate: cert.pem, key: key.pem}}\n"
    "admin: {port: 0, token: '${file:admin.token}'}\n"
    "store: {sqlite: {path: data/gatehouse.db}}\n";

std::string business(const std::string& name, const std::string& more = "") {
    return "business: " + name +
           "\n"
           "storeganise:\n"
           "  api: https://acme.storeganise.com/api/\n"
           "  api_key: ${env:GATEHOUSE_TEST_KEY}\n"
           "  webhook_secrets: ['${env:GATEHOUSE_TEST_SECRET}', '${file:../hook}']\n" +
           more;
}

class LoadTest : public ::testing::Test {
  protected:
    void SetUp() override {
        environment_.set("GATEHOUSE_TEST_KEY", "HUSH-key");
        environment_.set("GATEHOUSE_TEST_SECRET", "HUSH-secret");
        folder_.write("cert.pem", "c");
        folder_.write("key.pem", "k");
        folder_.write("admin.token", "HUSH-0123456789abcdef\n");
        folder_.write("hook", "HUSH-hook\n");
        folder_.write("gatehouse.yaml", kHost);
        std::filesystem::create_directory(folder_.path() / "businesses.d");
    }

    void write_business(const std::string& file, const std::string& text) {
        folder_.write("businesses.d/" + file, text);
    }

    Loaded load_all() const { return load(folder_.path() / "gatehouse.yaml"); }

    // Every problem on a line of its own, without the folder's name.
    std::string problems() const {
        std::string text;
        for (const Problem& problem : load_all().problems)
            text += to_string(problem) + '\n';
        const std::string folder = folder_.path().string() + '/';
        for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
            text.erase(at, folder.size());
        }
        EXPECT_EQ(text.find("HUSH"), std::string::npos) << text;
        return text;
    }

    TemporaryFolder folder_;
    Environment environment_;
};

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

TEST_F(LoadTest, ListsTheMistakesOfEveryFile) {
    folder_.write("gatehouse.yaml",
                  "lisen: {}\n"
                  "listen: {port: 99999, tls: {certificate: cert.pem, key: gone.pem}}\n"
                  "admin: {address: 0.0.0.0, port: 1, token: short}\n"
                  "store: {sqlite: {}}\n"
                  "egress: {allow_private: [localhost]}\n");
    write_business("a.yaml", business("Acme Ltd"));
    write_business("b.yaml", business("beta",
                                      "connections:\n"
                                      "  doors: {plugin: kisi, base_url: 'http://10.0.0.1:80'}\n"
                                      "  storeganise: {plugin: kisi}\n"
                                      "sites:\n"
                                      "  - {site: A, access: door, targets: [group900]}\n"
                                      "  - {site: A, access: doors}\n"
                                      "notify: [{on: ['x y'], connection: zzz}]\n"));
    EXPECT_EQ(
        problems(),
        "gatehouse.yaml:1:1: error: unknown key 'lisen' (did you mean 'listen'?)\n"
        "gatehouse.yaml:2:16: error: 'port' must be a whole number from 0 to 65535\n"
        "gatehouse.yaml:3:18: warning: the admin port speaks plain HTTP and is not on loopback "
        "(use 127.0.0.1, or put TLS in front of it)\n"
        "gatehouse.yaml:3:43: warning: 'token' is a secret in plain text (use ${env:NAME} or "
        "${file:/path})\n"
        "gatehouse.yaml:3:43: warning: the admin token is shorter than 16 characters (openssl "
        "rand -hex 32)\n"
        "gatehouse.yaml:4:17: error: required key 'path' is missing\n"
        "gatehouse.yaml:5:26: error: an item of 'allow_private' must be host:port, as "
        "127.0.0.1:9090\n"
        "gatehouse.yaml:2:9: error: file 'gone.pem' cannot be opened\n"
        "businesses.d/a.yaml:1:11: error: 'business' must be a name: a-z, 0-9 and '-', at most "
        "63 characters\n"
        "businesses.d/b.yaml:1:11: warning: no 'time_zone': its days begin and end with UTC's "
        "(give "
        "the business or each site one, as Europe/Copenhagen)\n"
        "businesses.d/b.yaml:7:35: error: 'base_url' is plain http, and its address is not in "
        "egress.allow_private (use https)\n"
        "businesses.d/b.yaml:8:16: error: a connection cannot be called 'storeganise' (choose "
        "another name)\n"
        "businesses.d/b.yaml:10:23: error: 'access' names no connection of this business (did "
        "you mean 'doors'?)\n"
        "businesses.d/b.yaml:10:39: error: an item of 'targets' must be kind:id, as group:4711\n"
        "businesses.d/b.yaml:11:12: error: this site stands here twice\n"
        "businesses.d/b.yaml:12:16: error: an item of 'on' must be an event type, as "
        "job.unit_moveIn.created or invoice.*\n"
        "businesses.d/b.yaml:12:36: error: 'connection' names no connection of this business "
        "(known here: 'doors', 'storeganise')\n");
}

TEST_F(LoadTest, ABusinessNeedsItsSecrets) {
    write_business("a.yaml",
                   "business: a\nstoreganise: {api: 'https://a.b/api', api_key: '',"
                   " webhook_secrets: []}\n");
    write_business("b.yaml", "business: b\nstoreganise: {api: 'https://a.b/api'}\n");
    const std::string text = problems();
    EXPECT_NE(text.find("a.yaml:2:48: error: 'api_key' must be 1 to 4096"), std::string::npos)
        << text;
    EXPECT_NE(text.find("error: 'webhook_secrets' is empty"), std::string::npos) << text;
    EXPECT_NE(text.find("b.yaml:2:14: error: required key 'api_key' is missing"), std::string::npos)
        << text;
    EXPECT_NE(text.find("required key 'webhook_secrets' is missing"), std::string::npos) << text;
}

TEST_F(LoadTest, RefusesABusinessThatIsThereTwice) {
    write_business("a.yaml", business("acme"));
    write_business("b.yaml", business("acme"));
    EXPECT_NE(problems().find("businesses.d/b.yaml:1:1: error: business 'acme' is already in "),
              std::string::npos);
}

TEST_F(LoadTest, AllowsPlainHttpOnlyToListedAddresses) {
    const auto local = [](const std::string& api) {
        return "business: a\nstoreganise: {api: '" + api +
               "', api_key: '${env:GATEHOUSE_TEST_KEY}', webhook_secrets: "
               "['${env:GATEHOUSE_TEST_KEY}']}\n";
    };
    folder_.write("gatehouse.yaml",
                  std::string(kHost) + "egress: {allow_private: ['Sims.local:80', '[::1]:9']}\n");
    for (const char* api : {"http://sims.LOCAL/api", "HTTP://sims.local:80", "http://[::1]:9/x"}) {
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

TEST_F(LoadTest, AMissingFolderOrFileIsAProblem) {
    std::filesystem::remove_all(folder_.path() / "businesses.d");
    EXPECT_EQ(problems(), "businesses.d: error: the folder of the businesses cannot be read\n");
    EXPECT_TRUE(has_errors(load("/nowhere/gatehouse.yaml").problems));
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

TEST_F(LoadTest, ADayThatNobodyGaveAZoneIsAWarning) {
    const std::string doors = "connections: {doors: {plugin: kisi}}\n";
    write_business("a.yaml", business("a", doors + "sites: [{site: '*', access: doors}]\n"));
    write_business("b.yaml", business("b", doors + "time_zone: UTC\n" +
                                               "sites: [{site: '*', access: doors}]\n"));
    write_business("c.yaml",
                   business("c", doors + "sites: [{site: '*', access: doors, time_zone: UTC}]\n"));
    write_business("d.yaml", business("d"));
    EXPECT_EQ(problems(),
              "businesses.d/a.yaml:1:11: warning: no 'time_zone': its days begin and end with "
              "UTC's (give the business or each site one, as Europe/Copenhagen)\n");
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
