#include "config/yaml_reader.hpp"

#include "config/rules.hpp"

#include <gtest/gtest.h>

#include "unit/config/environment.hpp"
#include "unit/config/temporary_folder.hpp"

namespace gatehouse::config {
namespace {

std::string report(const Problems& problems) {
    std::string text;
    for (const Problem& problem : problems)
        text += to_string(problem) + '\n';
    return text;
}

// Reads `text` with `fill` and gives the report, one problem a line.
std::string read(std::string_view text, const Fields::Fill& fill) {
    Sources sources;
    Problems problems;
    read_yaml_text(text, "dir/f.yaml", &sources, problems, fill);
    return report(problems);
}

TEST(YamlReader, ReadsEveryKindOfValue) {
    std::string name;
    std::vector<std::string> list;
    bool flag = false;
    int port = 0;
    double share = 0;
    int wait_ms = 0;
    std::size_t bytes = 0;
    std::filesystem::path path;
    const std::string problems = read(
        "name: acme\nlist: [a, b]\nflag: true\nport: 8443\nshare: 0.1\nwait: 5s\n"
        "bytes: 8KiB\npath: key.pem\n",
        [&](Fields& fields) {
            fields.text("name", name, {""}, rules::name());
            fields.texts("list", list, {""}, {});
            fields.boolean("flag", flag, {""});
            fields.whole("port", port, {""}, 1, 65535);
            fields.number("share", share, {""}, 0, 1);
            fields.lasting("wait", wait_ms, {""}, 0, 60'000);
            fields.sized("bytes", bytes, {""}, 0, 1 << 20);
            fields.path("path", path, {""});
        });
    EXPECT_EQ(problems, "");
    EXPECT_EQ(name, "acme");
    EXPECT_EQ(list, (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(flag);
    EXPECT_EQ(port, 8443);
    EXPECT_EQ(share, 0.1);
    EXPECT_EQ(wait_ms, 5000);
    EXPECT_EQ(bytes, 8192U);
    EXPECT_EQ(path, "dir/key.pem");
}

TEST(YamlReader, ListsEveryMistakeInFileOrder) {
    std::string name = "default";
    int port = 7;
    const std::string problems =
        read("prot: 1\nport: 70000\nname: Acme Ltd\nzzz: 1\n", [&](Fields& fields) {
            fields.text("name", name, {""}, rules::name());
            fields.whole("port", port, {""}, 1, 65535);
            fields.boolean("needed", *std::make_unique<bool>(), {"", true});
        });
    EXPECT_EQ(problems,
              "dir/f.yaml:1:1: error: required key 'needed' is missing\n"
              "dir/f.yaml:1:1: error: unknown key 'prot' (did you mean 'port'?)\n"
              "dir/f.yaml:2:7: error: 'port' must be a whole number from 1 to 65535\n"
              "dir/f.yaml:3:7: error: 'name' must be a name: a-z, 0-9 and '-', at most 63 "
              "characters\n"
              "dir/f.yaml:4:1: error: unknown key 'zzz' (known here: 'name', 'port', 'needed')\n");
    EXPECT_EQ(name, "default");
    EXPECT_EQ(port, 7);
}

TEST(YamlReader, IsStrictAboutTypes) {
    std::string text;
    int number = 0;
    bool flag = false;
    int wait_ms = 0;
    const auto fill = [&](Fields& fields) {
        fields.text("text", text, {""});
        fields.whole("number", number, {""}, 0, 100);
        fields.boolean("flag", flag, {""});
        fields.lasting("wait", wait_ms, {""}, 1000, 5000);
    };
    EXPECT_NE(read("text: 0123", fill).find("must be text, not a number (put it in quotes)"),
              std::string::npos);
    EXPECT_NE(read("text: true", fill).find("not true or false"), std::string::npos);
    EXPECT_NE(read("text: [a]", fill).find("must be text, not a list"), std::string::npos);
    EXPECT_NE(read("text:", fill).find("has no value"), std::string::npos);
    EXPECT_NE(read("text: ~", fill).find("has no value"), std::string::npos);
    EXPECT_NE(read("text: ''", fill).find("1 to 4096 bytes"), std::string::npos);
    EXPECT_NE(read("text: |\n  a\n  b\n", fill).find("on one line"), std::string::npos);
    EXPECT_NE(read("number: '7'", fill).find("remove the quotes"), std::string::npos);
    EXPECT_NE(read("number: 7.5", fill).find("whole number"), std::string::npos);
    EXPECT_NE(read("number: -1", fill).find("from 0 to 100"), std::string::npos);
    EXPECT_NE(read("flag: yes", fill).find("true or false"), std::string::npos);
    EXPECT_NE(read("flag: 'true'", fill).find("true or false"), std::string::npos);
    EXPECT_NE(read("wait: 5", fill).find("write 500ms, 30s"), std::string::npos);
    EXPECT_NE(read("wait: 1h", fill).find("from 1s to 5s"), std::string::npos);
    EXPECT_EQ(read("text: no", fill), "");
    EXPECT_EQ(text, "no");
    EXPECT_NE(read("- a", fill).find("the file must be a map, not a list"), std::string::npos);
}

TEST(YamlReader, ReadsMapsListsAndNamedMaps) {
    std::string seen;
    const auto fill = [&](Fields& fields) {
        fields.map("one", {""}, [&](Fields& one) {
            one.text("x", seen, {""});
            EXPECT_NE(one.has("x"), one.has("xx"));
            EXPECT_EQ(one.place("x").line, 1);
        });
        fields.maps("many", {""}, [&](Fields& item) {
            std::string x;
            item.text("x", x, {""});
            seen += x;
        });
        fields.named_maps("named", {""}, [&](Fields& item, const std::string& name) {
            item.boolean("b", *std::make_unique<bool>(), {""});
            seen += name;
        });
    };
    EXPECT_EQ(read("one: {x: a}\nmany: [{x: b}, {x: c}]\nnamed: {d: {}, e: {b: true}}\n", fill),
              "");
    EXPECT_EQ(seen, "abcde");
    EXPECT_EQ(read("one: {xx: a}\nmany: [b]\nnamed: {D: {}, f: 1}\n", fill),
              "dir/f.yaml:1:7: error: unknown key 'xx' (did you mean 'x'?)\n"
              "dir/f.yaml:2:8: error: an item of 'many' must be a map, not a single value\n"
              "dir/f.yaml:3:9: error: 'D' is not a name: a-z, 0-9 and '-', at most 63 characters\n"
              "dir/f.yaml:3:19: error: 'f' must be a map, not a single value\n");
}

TEST(YamlReader, KeepsTheTypesAndPlacesOfAnything) {
    Environment environment;
    RawSettings out;
    environment.set("GATEHOUSE_TEST_KEY", "007");
    EXPECT_EQ(read("s:\n  a: 1\n  b: '1'\n  c/d: [no, ~, 0.5, false]\n"
                   "  k: ${env:GATEHOUSE_TEST_KEY}\n",
                   [&](Fields& fields) { fields.any("s", out, {""}); }),
              "");
    EXPECT_EQ(out.value,
              nlohmann::json::parse(R"({"a":1,"b":"1","c/d":["no",null,0.5,false],"k":"007"})"));
    EXPECT_EQ(out.places.at("/c~1d/2").line, 4);
    EXPECT_EQ(out.labels, (std::map<std::string, std::string>{{"/k", "env:GATEHOUSE_TEST_KEY"}}));
}

TEST(YamlReader, P8_NoMessageHoldsAValue) {
    Environment environment;
    environment.set("GATEHOUSE_TEST_KEY", "HUSH with\nbreak");
    LabelledSecret secret;
    std::string text;
    int number = 0;
    std::vector<LabelledSecret> secrets;
    const auto fill = [&](Fields& fields) {
        fields.secret("secret", secret, {""});
        fields.secrets("secrets", secrets, {""});
        fields.text("text", text, {""}, rules::name());
        fields.text("word", text, {""}, TextRule{"", nullptr, "", {"a", "b"}});
        fields.whole("number", number, {""}, 0, 1);
        fields.map("map", {""}, [](Fields&) {});
    };
    const std::string problems = read(
        "secret: ${env:GATEHOUSE_TEST_KEY}\n"
        "secrets: [HUSH, \"${env:GATEHOUSE_TEST_KEY}\", \"HUSH$${x}\", {k: HUSH}]\n"
        "text: HUSH\nword: HUSH\nnumber: HUSH\nmap: HUSH\n",
        fill);
    EXPECT_EQ(problems.find("HUSH"), std::string::npos) << problems;
    EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 9) << problems;
}

TEST(YamlReader, LabelsSecretsAndWarnsOfPlainText) {
    TemporaryFolder folder;
    const auto key = folder.write("key", "k3y\n");
    std::filesystem::permissions(key, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    const auto file = folder.write("acme.yaml", "plain: 'abc'\nfile: ${file:key}\n");
    LabelledSecret plain;
    LabelledSecret from_file;
    Sources sources;
    Problems problems;
    EXPECT_TRUE(read_yaml_file(file, &sources, problems, [&](Fields& fields) {
        fields.secret("plain", plain, {""});
        fields.secret("file", from_file, {""});
    }));
    EXPECT_EQ(plain.label, "acme.yaml:1");
    EXPECT_EQ(from_file.label, "file:" + key.string());
    EXPECT_EQ(from_file.value.reveal(), "k3y");
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_NE(to_string(problems[0]).find("warning: 'plain' is a secret in plain text"),
              std::string::npos);
    EXPECT_NE(to_string(problems[1]).find("may be read by every user"), std::string::npos);
}

TEST(YamlReader, ReferencesServeEveryTypeButNeedSources) {
    Environment environment;
    environment.set("GATEHOUSE_TEST_PORT", "8443");
    int port = 0;
    std::string text;
    const auto fill = [&](Fields& fields) {
        fields.whole("port", port, {""}, 1, 65535);
        fields.text("text", text, {""});
    };
    EXPECT_EQ(read("port: ${env:GATEHOUSE_TEST_PORT}\ntext: ${env:GATEHOUSE_TEST_PORT}\n", fill),
              "");
    EXPECT_EQ(port, 8443);
    EXPECT_EQ(text, "8443");
    EXPECT_EQ(read("text: ${env:GATEHOUSE_TEST_ABSENT}\n", fill),
              "dir/f.yaml:1:7: error: 'text': environment variable GATEHOUSE_TEST_ABSENT is not "
              "set\n");
    EXPECT_NE(read("text: pre-${env:GATEHOUSE_TEST_ABSENT}\n", fill).find("whole reference"),
              std::string::npos);
    Problems problems;
    EXPECT_TRUE(read_yaml_text("text: '${env:A}'", "m.yaml", nullptr, problems, fill));
    EXPECT_EQ(text, "${env:A}");
}

TEST(YamlReader, AnUnreadableFileIsAProblem) {
    Problems problems;
    EXPECT_FALSE(read_yaml_file("/nowhere/f.yaml", nullptr, problems, [](Fields&) {}));
    EXPECT_EQ(report(problems),
              "/nowhere/f.yaml: error: file '/nowhere/f.yaml' cannot be opened\n");
}

}  // namespace
}  // namespace gatehouse::config
