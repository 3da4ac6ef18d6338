// What load() says of mistakes, and whom they stop.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/config/load_fixture.hpp"

namespace gatehouse::config {
namespace {

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
        "gatehouse.yaml:3:18: error: the admin port speaks plain HTTP and is not on loopback "
        "(use 127.0.0.1, put TLS in front of it, or say 'private_network: true')\n"
        "gatehouse.yaml:3:43: warning: 'token' is a secret in plain text (use ${env:NAME} or "
        "${file:/path})\n"
        "gatehouse.yaml:3:43: error: the admin token is shorter than 16 characters (openssl "
        "rand -hex 32)\n"
        "gatehouse.yaml:4:17: error: required key 'path' is missing\n"
        "gatehouse.yaml:5:26: error: an item of 'allow_private' must be host:port, as "
        "127.0.0.1:9090\n"
        "gatehouse.yaml:2:57: error: file 'gone.pem' cannot be opened\n"
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
        "businesses.d/b.yaml:11:12: error: this site stands here twice (the first is in line "
        "10)\n"
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

TEST_F(LoadTest, RefusesAnAddressThatIsNotThatOfTheApi) {
    for (const char* api : {"https://a.example", "https://a.example/", "https://a.example/api/v1",
                            "https://a.example/api/v1/admin", "https://a.example/apis"}) {
        write_business("a.yaml", std::string("business: a\nstoreganise: {api: '") + api +
                                     "', api_key: '${env:GATEHOUSE_TEST_KEY}', webhook_secrets: "
                                     "['${env:GATEHOUSE_TEST_KEY}']}\n");
        EXPECT_NE(problems().find("'api' "), std::string::npos) << api;
    }
}

TEST_F(LoadTest, AMissingFolderOrFileIsAProblem) {
    std::filesystem::remove_all(folder_.path() / "businesses.d");
    EXPECT_EQ(problems(), "businesses.d: error: the folder of the businesses cannot be read\n");
    EXPECT_TRUE(has_errors(load("/nowhere/gatehouse.yaml").problems));
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

// One bad file is that business's own trouble, whatever is wrong with it.
TEST_F(LoadTest, P10_SetsAsideTheBusinessesWithMistakesAndKeepsTheOthers) {
    const std::string good = business("good");
    write_business("good.yaml", good);
    const std::map<std::string, std::string> bad{
        {"unknown-key", business("unknown-key", "acess: x\n")},
        {"no-secret",
         "business: no-secret\nstoreganise: {api: 'https://a.b/api', api_key: "
         "'${env:GATEHOUSE_TEST_ABSENT}', webhook_secrets: ['${file:../hook}']}\n"},
        {"no-connection", business("no-connection", "sites: [{site: A, access: dors}]\n")},
        {"not-yaml", "business: \"not-yaml\"   # ours\nstoreganise: [\n"},
        {"named-by-its-file", ":\n  - ]\n"},
        {"utf16", std::string("\xff\xfe"
                              "b\0",
                              4)},
        {"empty", ""},
        {"list", "[]\n"},
    };
    for (const auto& [name, text] : bad)
        write_business(name + ".yaml", text);
    write_business("other-file.yaml", "business: in-another-file\nx: {\n");
    Loaded loaded = load_all();
    EXPECT_TRUE(set_aside(loaded.problems, loaded.files, loaded.config));
    ASSERT_EQ(loaded.config.businesses.size(), 1U);
    EXPECT_EQ(loaded.config.businesses.begin()->first, "good");
    for (const auto& [name, text] : bad) {
        ASSERT_TRUE(loaded.config.refused.contains(name)) << name;
        const RefusedBusiness& refused = loaded.config.refused.at(name);
        EXPECT_TRUE(refused.place.file.ends_with(name + ".yaml")) << refused.place.file;
        EXPECT_NE(refused.reason.find("error: "), std::string::npos) << refused.reason;
        EXPECT_EQ(refused.reason.find("HUSH"), std::string::npos);
    }
    EXPECT_TRUE(loaded.config.refused.contains("in-another-file"));
    EXPECT_EQ(loaded.config.refused.size(), bad.size() + 1);
}

TEST_F(LoadTest, OfTwoFilesForOneBusinessNeitherRuns) {
    write_business("a.yaml", business("acme"));
    write_business("b.yaml", business("acme"));
    write_business("c.yaml", business("good"));
    Loaded loaded = load_all();
    EXPECT_TRUE(set_aside(loaded.problems, loaded.files, loaded.config));
    EXPECT_EQ(loaded.config.businesses.size(), 1U);
    EXPECT_TRUE(loaded.config.refused.contains("acme"));
}

TEST_F(LoadTest, ABrokenCopyThatOnlySeemsToBeABusinessStopsNobody) {
    write_business("acme.yaml", business("acme"));
    write_business("acme-copy.yaml", "business: acme\nstoreganise: [\n");
    Loaded loaded = load_all();
    EXPECT_TRUE(has_errors(loaded.problems));
    EXPECT_TRUE(set_aside(loaded.problems, loaded.files, loaded.config));
    EXPECT_TRUE(loaded.config.businesses.contains("acme"));
    EXPECT_TRUE(loaded.config.refused.empty());
}

TEST_F(LoadTest, AMistakeOfTheHostOrOfAllBusinessesStopsTheStart) {
    write_business("a.yaml", business("acme", "acess: x\n"));
    Loaded all_bad = load_all();
    EXPECT_FALSE(set_aside(all_bad.problems, all_bad.files, all_bad.config));
    write_business("a.yaml", business("acme"));
    for (const std::string more : {"lisen: {}\n", "dispatch: {workers: 0}\n"}) {
        folder_.write("gatehouse.yaml", kHost + more);
        Loaded loaded = load_all();
        EXPECT_FALSE(set_aside(loaded.problems, loaded.files, loaded.config)) << more;
    }
}

TEST_F(LoadTest, WarnsOfASecretThatLooksMiscopied) {
    const std::map<std::string, std::string> doubtful{
        {" HUSH-key", "begins with a blank"},
        {"HUSH-key ", "ends with a blank"},
        {"HUSH-key\u00a0", "ends with a no-break space"},
        {"\ufeffHUSH-key", "begins with a byte order mark"},
        {"HUSH\u200bkey", "holds a zero-width space"},
        {"\u202eHUSH-key", "begins with an invisible mark of direction (U+202E)"},
        {"HUSH-key\u2066", "ends with an invisible mark of direction (U+2066)"},
        {"HUSH\U000e0041key", "holds an invisible character (U+E0041)"},
        {"\"HUSH-key\"", "stands in quotes"},
        {"'HUSH-key'", "stands in quotes"},
        {"\u201cHUSH-key\u201d", "stands in quotes"},
        {"ApiKey HUSH-key", "name of a scheme"},
        {"Bearer HUSH-key", "name of a scheme"},
        {"changeme", "placeholder"},
        {"CHANGE-ME-NOW", "placeholder"},
        {"<HUSH>", "placeholder"},
        {"xxxxxxxx", "placeholder"}};
    for (const auto& [value, words] : doubtful) {
        environment_.set("GATEHOUSE_TEST_KEY", value);
        write_business("a.yaml", business("acme"));
        const std::string said = problems();
        EXPECT_NE(said.find(": warning: 'api_key' "), std::string::npos) << value << said;
        EXPECT_NE(said.find(words), std::string::npos) << value << said;
        EXPECT_FALSE(has_errors(load_all().problems)) << value;
    }
    for (const char* fine :
         {"sg_live_4f8a", "a\"b", "it's", "token-basic", "p@ss word", "$2y$10$x"}) {
        environment_.set("GATEHOUSE_TEST_KEY", fine);
        EXPECT_EQ(problems(), "") << fine;
    }
}

TEST_F(LoadTest, RefusesAReferenceThatIsNone) {
    const auto with_key = [](const std::string& key) {
        return "business: acme\nstoreganise: {api: 'https://a.b/api', api_key: " + key +
               ", webhook_secrets: ['${file:../hook}']}\n";
    };
    for (const std::string key :
         {"$ACME_KEY", "'$ACME_KEY'", "$(pass acme)", "env:ACME_KEY", "file:/etc/acme"}) {
        write_business("a.yaml", with_key(key));
        EXPECT_NE(problems().find("error: 'api_key' is written like a reference and is none (write "
                                  "${env:NAME} or ${file:/path})"),
                  std::string::npos)
            << key << problems();
        write_business("a.yaml", business("acme",
                                          "connections: {doors: {plugin: kisi, settings: "
                                          "{api_key: " +
                                              key + "}}}\n"));
        EXPECT_NE(problems().find("error: 'api_key' is written like a reference"),
                  std::string::npos)
            << key << problems();
    }
    environment_.set("GATEHOUSE_TEST_KEY", "$ACME_KEY");
    write_business("a.yaml", business("acme"));
    EXPECT_FALSE(has_errors(load_all().problems)) << "what a variable holds is meant";
}

TEST_F(LoadTest, RefusesAnApiThatIsNoneOfStoreganises) {
    const auto at = [](const std::string& api) {
        return "business: acme\nstoreganise: {api: '" + api +
               "', api_key: '${env:GATEHOUSE_TEST_KEY}', webhook_secrets: ['${file:../hook}']}\n";
    };
    for (const char* api : {"https://acme.storeganise.com/api", "https://acme.storeganise.com/api/",
                            "https://gateway.example/storeganise/acme/api"}) {
        write_business("a.yaml", at(api));
        EXPECT_EQ(problems(), "") << api;
    }
    for (const char* api :
         {"https://acme.storeganise.com", "https://acme.storeganise.com/",
          "https://acme.storeganise.com/api/v1", "https://acme.storeganise.com/api/v1/admin",
          "https://acme.storeganise.com/API", "https://acme.storeganise.com/apis",
          "https://ACME.Storeganise.COM/v1", "https://gateway.example/api/v1"}) {
        write_business("a.yaml", at(api));
        EXPECT_NE(problems().find("error: 'api' is not the address of the API"), std::string::npos)
            << api;
    }
    write_business("a.yaml", at("https://gateway.example/sg"));
    EXPECT_NE(problems().find("warning: 'api' does not end with /api"), std::string::npos);
}

TEST_F(LoadTest, AKeyAtColumnZeroIsSaidToBelongBelow) {
    write_business("a.yaml", business("acme", "connections:\nnuki:\n  plugin: nuki\n"));
    EXPECT_NE(problems().find("unknown key 'nuki' (indent it, if it belongs below 'connections')"),
              std::string::npos)
        << problems();
}

TEST_F(LoadTest, AFolderWithoutABusinessIsAWarning) {
    write_business("README", "none yet");
    EXPECT_EQ(problems(),
              "businesses.d: warning: there is no business here (one *.yaml for each)\n");
}

}  // namespace
}  // namespace gatehouse::config
