#include "cli/cli.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <sstream>

#include "base/json.hpp"
#include "unit/config/temporary_folder.hpp"

namespace gatehouse::cli {
namespace {

// Answers from a script and notes what was asked.
class FakeClient final : public egress::HttpClient {
  public:
    struct Notes {
        std::string address;
        egress::HttpCall call;
        Result<egress::HttpReply> reply = egress::HttpReply{200, {}, "{}"};
        std::vector<std::string> asked;
        std::deque<std::string> bodies;  // of 200 replies, before `reply`
    };

    explicit FakeClient(Notes& notes) : notes_(notes) {}

    Result<egress::HttpReply> send(const egress::HttpCall& call) override {
        notes_.call = call;
        notes_.asked.push_back(call.method + ' ' + call.url.substr(call.url.find("/v1/")));
        if (notes_.bodies.empty()) return notes_.reply;
        const std::string body = notes_.bodies.front();
        notes_.bodies.pop_front();
        return egress::HttpReply{200, {}, body};
    }

  private:
    Notes& notes_;
};

class CliTest : public ::testing::Test {
  protected:
    CliTest() {
        file_ = folder_.write("gatehouse.yaml", "admin: {port: 7001, token: '${file:token}'}\n");
        folder_.write("token", "HUSH-0123456789abcdef");
        verbs_.version = "1.2.3";
        verbs_.make_client = [this](const std::string& address) {
            notes_.address = address;
            return std::make_unique<FakeClient>(notes_);
        };
        verbs_.serve = [this](const std::filesystem::path& file) {
            served_ = file;
            return 42;
        };
        verbs_.check = [this](const std::filesystem::path&,
                              const std::vector<std::filesystem::path>& environment_files) {
            environment_files_ = environment_files;
            return problems_;
        };
    }

    int run_words(std::vector<std::string> words) {
        words.insert(words.begin(), "gatehouse");
        words.emplace_back("--config");
        words.push_back(file_.string());
        std::vector<const char*> arguments;
        for (const std::string& word : words)
            arguments.push_back(word.c_str());
        out_.str("");
        err_.str("");
        const int exit_code =
            run(static_cast<int>(arguments.size()), arguments.data(), verbs_, out_, err_);
        EXPECT_EQ((out_.str() + err_.str()).find("HUSH"), std::string::npos);
        return exit_code;
    }

    config::TemporaryFolder folder_;
    std::filesystem::path file_;
    FakeClient::Notes notes_;
    std::filesystem::path served_;
    config::Problems problems_;
    std::vector<std::filesystem::path> environment_files_;
    Verbs verbs_;
    std::ostringstream out_;
    std::ostringstream err_;
};

TEST_F(CliTest, ServeHandsItsExitCodeOn) {
    EXPECT_EQ(run_words({"serve"}), 42);
    EXPECT_EQ(served_, file_);
}

TEST_F(CliTest, CheckPrintsEveryProblemAndEndsWith2) {
    problems_ = {{{"a.yaml", 3, 1}, "unknown key 'lisen'", "did you mean 'listen'?"},
                 {{"a.yaml", 4, 2}, "odd \x1b[31m", "", config::Problem::Severity::kWarning}};
    EXPECT_EQ(run_words({"check"}), kUsage);
    EXPECT_EQ(out_.str(),
              "a.yaml:3:1: error: unknown key 'lisen' (did you mean 'listen'?)\n"
              "a.yaml:4:2: warning: odd ?[31m\n");
    EXPECT_EQ(run_words({"check", "--json"}), kUsage);
    const auto document = parse_json(out_.str());
    ASSERT_TRUE(document);
    EXPECT_EQ((*document)["ok"], false);
    EXPECT_EQ((*document)["problems"][0]["line"], 3);
    problems_.erase(problems_.begin());
    EXPECT_EQ(run_words({"check"}), kOk);
}

TEST_F(CliTest, CheckTakesTheServicesEnvironmentFiles) {
    EXPECT_EQ(run_words({"check"}), kOk);
    EXPECT_TRUE(environment_files_.empty());
    EXPECT_EQ(run_words({"check", "--environment", "/a", "--environment", "/b"}), kOk);
    EXPECT_EQ(environment_files_, (std::vector<std::filesystem::path>{"/a", "/b"}));
    EXPECT_EQ(run_words({"serve", "--environment", "/a"}), kUsage);
}

TEST_F(CliTest, SchemaHoldsThePluginsSettings) {
    verbs_.plugin_settings = [](const std::filesystem::path&) {
        return std::map<std::string, nlohmann::json>{{"kisi", {{"title", "of kisi"}}}};
    };
    EXPECT_EQ(run_words({"schema"}), kOk);
    EXPECT_TRUE(parse_json(out_.str()));
    EXPECT_NE(out_.str().find("of kisi"), std::string::npos);
}

TEST_F(CliTest, AsksTheAdminPortWithTheToken) {
    notes_.reply = egress::HttpReply{200, {}, R"({"events":[],"next_before":null})"};
    EXPECT_EQ(run_words({"events", "list", "--state", "dead"}), kOk);
    EXPECT_EQ(out_.str(), "no events\n");
    EXPECT_EQ(notes_.address, "127.0.0.1:7001");
    EXPECT_EQ(notes_.call.method, "GET");
    EXPECT_EQ(notes_.call.url, "http://127.0.0.1:7001/v1/events?state=dead");
    EXPECT_EQ(notes_.call.headers.at(0).second, "Bearer HUSH-0123456789abcdef");
    EXPECT_EQ(run_words({"events", "--json"}), kOk);
    EXPECT_EQ(parse_json(out_.str())->size(), 2U);
}

TEST_F(CliTest, PostsReplays) {
    notes_.reply = egress::HttpReply{202, {}, R"({"message":"replayed"})"};
    EXPECT_EQ(run_words({"replay", "7"}), kOk);
    EXPECT_EQ(notes_.call.method, "POST");
    EXPECT_EQ(out_.str(), "replayed\n");
}

TEST_F(CliTest, ExitCodesTellWhatWentWrong) {
    const auto exit_code = [&](int status) {
        notes_.reply = egress::HttpReply{status, {}, R"({"message":"why \u001b not"})"};
        return run_words({"events", "show", "7"});
    };
    EXPECT_EQ(exit_code(404), kFailed);
    EXPECT_EQ(err_.str(), "gatehouse: why ? not\n");
    EXPECT_EQ(out_.str(), "");
    EXPECT_EQ(exit_code(400), kUsage);
    EXPECT_EQ(exit_code(401), kUnauthorised);
    EXPECT_EQ(exit_code(409), kFailed);
    EXPECT_EQ(exit_code(503), kFailed);
    notes_.reply = fail(ErrorKind::kUnavailable, "connection refused");
    EXPECT_EQ(run_words({"plugins"}), kUnreachable);
    EXPECT_EQ(err_.str(), "gatehouse: no host answers at 127.0.0.1:7001: connection refused\n");
    folder_.write("gatehouse.yaml", "admin: {port: 7001}\n");
    EXPECT_EQ(run_words({"plugins"}), kUsage);
    EXPECT_NE(err_.str().find("required key 'token' is missing"), std::string::npos);
}

TEST_F(CliTest, AnAnswerThatIsNoJsonIsNoCrash) {
    for (const int status : {200, 500}) {
        notes_.reply = egress::HttpReply{status, {}, "<html>"};
        EXPECT_EQ(run_words({"events"}), status == 200 ? kOk : kFailed);
    }
}

TEST_F(CliTest, VersionNeedsNoHost) {
    notes_.reply = fail(ErrorKind::kUnavailable, "connection refused");
    EXPECT_EQ(run_words({"version"}), kOk);
    EXPECT_EQ(out_.str(), "gatehouse 1.2.3\nhost      not reachable\n");
    notes_.reply = egress::HttpReply{200, {}, R"({"version":"1.2.2","fingerprint":"f1"})"};
    EXPECT_EQ(run_words({"version"}), kOk);
    EXPECT_EQ(out_.str(), "gatehouse 1.2.3\nhost      1.2.2\nsettings  f1\n");
}

TEST_F(CliTest, AnyAddressMeansLoopback) {
    folder_.write("gatehouse.yaml",
                  "admin: {address: '::', port: 7, private_network: true, "
                  "token: '${file:token}'}\n");
    run_words({"plugins"});
    EXPECT_EQ(notes_.address, "[::1]:7");
    folder_.write("gatehouse.yaml",
                  "admin: {address: 0.0.0.0, port: 7, private_network: true, "
                  "token: '${file:token}'}\n");
    run_words({"plugins"});
    EXPECT_EQ(notes_.address, "127.0.0.1:7");
}

TEST_F(CliTest, AThrowingHookIsAFailureNotACrash) {
    verbs_.serve = [](const std::filesystem::path&) -> int { throw std::runtime_error("broken"); };
    EXPECT_EQ(run_words({"serve"}), kFailed);
    EXPECT_EQ(err_.str(), "gatehouse: broken\n");
}

TEST_F(CliTest, ASweepIsWatchedUntilItHasEnded) {
    notes_.bodies = {
        R"({"business":"acme","sweep":"full:dry","state":"waiting","since":17})",
        R"({"business":"acme","sweep":"full:dry","state":"running","since":17})",
        R"({"business":"acme","sweep":"full:dry","state":"done","summary":"3 rentals read",
            "differences":[{"rental":"r1","kind":"not held","detail":"x"}],"troubles":["odd"]})"};
    EXPECT_EQ(run_words({"sweep", "acme", "--dry-run"}), kOk);
    EXPECT_EQ(notes_.asked, (std::vector<std::string>{"POST /v1/sweeps/acme?dry-run=true",
                                                      "GET /v1/sweeps/acme/full%3Adry?since=17",
                                                      "GET /v1/sweeps/acme/full%3Adry?since=17"}));
    EXPECT_NE(out_.str().find("found       3 rentals read\n"), std::string::npos) << out_.str();
    EXPECT_NE(out_.str().find("r1      not held    x\n"), std::string::npos) << out_.str();
    EXPECT_NE(out_.str().find("trouble     odd\n"), std::string::npos) << out_.str();
}

TEST_F(CliTest, ASweepThatFailedIsNoSuccess) {
    notes_.bodies = {R"({"business":"acme","sweep":"full:dry","state":"failed","error":"503",
        "summary":"0 rentals read: it did not get to the end","differences":[],"troubles":[]})"};
    EXPECT_EQ(run_words({"sweep", "acme", "--dry-run"}), kFailed);
    EXPECT_NE(out_.str().find("error       503\n"), std::string::npos) << out_.str();
    EXPECT_EQ(out_.str().find("no difference"), std::string::npos) << out_.str();
}

TEST_F(CliTest, TheFuseListsOrConfirms) {
    notes_.reply = egress::HttpReply{
        200, {}, R"({"rentals":[{"business":"acme","rental":"r1","unit_name":"A1","site":"s"}]})"};
    EXPECT_EQ(run_words({"fuse"}), kOk);
    EXPECT_NE(out_.str().find("acme      r1"), std::string::npos) << out_.str();
    notes_.reply = egress::HttpReply{202, {}, R"({"message":"confirmed 1"})"};
    EXPECT_EQ(run_words({"fuse", "acme", "--confirm", "r/1"}), kOk);
    EXPECT_EQ(run_words({"fuse", "acme", "--confirm-all"}), kOk);
    EXPECT_EQ(notes_.asked,
              (std::vector<std::string>{"GET /v1/fuse", "POST /v1/fuse/acme/confirm?rental=r%2F1",
                                        "POST /v1/fuse/acme/confirm?all=true"}));
    EXPECT_EQ(run_words({"fuse", "--confirm", "r1"}), kUsage);
    EXPECT_EQ(run_words({"fuse", "acme", "--confirm", "r1", "--confirm-all"}), kUsage);
}

TEST_F(CliTest, AccessLogIsShownAndExported) {
    notes_.reply = egress::HttpReply{
        200,
        {},
        R"({"access_events":[{"occurred":"2026-11-22T08:00:00.000Z","connection":"doors",)"
        R"("kind":"unlocked","target":"lock:12","target_name":"Main","person":"+4712345",)"
        R"("rental":"r1","renter":"o1","vendor_id":"e1","reason":"","success":true}],"next_cursor":"9-1"})"};
    EXPECT_EQ(run_words({"access-log", "acme", "--rental", "r1"}), kOk);
    EXPECT_NE(notes_.call.url.find("/v1/businesses/acme/access-log?rental=r1"), std::string::npos);
    EXPECT_NE(out_.str().find("unlocked"), std::string::npos);
    EXPECT_NE(out_.str().find("more: --cursor 9-1"), std::string::npos);
    // The fake answers the same page for ever: the second time it names no new one.
    EXPECT_EQ(run_words({"access-log", "acme", "--csv"}), kOk);
    EXPECT_NE(notes_.call.url.find("cursor=9-1"), std::string::npos);
    EXPECT_NE(out_.str().find("\"occurred\",\"received\",\"connection\""), std::string::npos);
    EXPECT_NE(out_.str().find(",\"true\",\"\",\"r1\",\"o1\",\"e1\""), std::string::npos);
    EXPECT_NE(out_.str().find("\"'+4712345\""), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::cli
