#include "tests/seam_fixture.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "egress/egress.hpp"
#include "observe/metrics.hpp"
#include "observe/step.hpp"
#include "plugins/plugin_host.hpp"
#include "support/child_process.hpp"

namespace gatehouse::seam::test {
namespace {

constexpr const char* kKey = "seam_apikey1_token";  // of the fake's seed
constexpr int kMaxTries = 12;

// Everything that all tests share.
struct World {
    World()
        : fake({"/usr/bin/env", {"node", FAKE_SEAM}, {}, false}),
          authority("127.0.0.1:" + std::to_string(port_of(fake))),
          client(egress::make_curl_client({{authority}, ""})),
          egress(egress::make_egress(*client, clock, metrics)) {
        config.egress.allow_private = {authority};
        config::Business& business = config.businesses["acme"];
        business.business = "acme";
        config::Connection& doors = business.connections["doors"];
        doors.name = "doors";
        doors.plugin = "seam";
        doors.base_url = "http://" + authority;
        doors.requests_per_second = 0;
        doors.settings.value = {{"api_key", kKey}};
        doors.place = {"acme.yaml", 1, 1};
        plugins::PluginHostOptions options;
        options.directory = PLUGINS;
        options.lane.runner = RUNNER;
        auto made = plugins::make_plugin_host(options, config, *egress, clock, metrics);
        if (!made) throw std::runtime_error(made.error().message);
        host = std::move(*made);
    }

    static int port_of(gatehouse::test::ChildProcess& fake) {
        const auto line = fake.wait_for_line(
            [](const std::string& text) { return text.starts_with("{\"port\""); });
        const Json document = Json::parse(line.value_or(""), nullptr, false);
        if (!document.is_object()) throw std::runtime_error("Seam's fake: " + fake.output());
        return document["port"].get<int>();
    }

    Json post(const std::string& path, const Json& body, const char* method = "POST") {
        egress::HttpCall call;
        call.method = method;
        call.url = "http://" + authority + path;
        call.headers = {{"Authorization", std::string("Bearer ") + kKey},
                        {"Content-Type", "application/json"}};
        if (call.method == "POST") call.body = body.dump();
        const auto reply = client->send(call);
        if (!reply) throw std::runtime_error(reply.error().message);
        return Json::parse(reply->body, nullptr, false);
    }

    SystemClock clock;
    observe::Metrics metrics;
    gatehouse::test::ChildProcess fake;
    std::string authority;
    std::unique_ptr<egress::HttpClient> client;
    std::unique_ptr<egress::Egress> egress;
    config::Config config;
    std::unique_ptr<plugins::PluginHost> host;
};

std::unique_ptr<World>& world() {
    static std::unique_ptr<World> one;
    return one;
}

}  // namespace

void SeamFixture::SetUpTestSuite() {
    world() = std::make_unique<World>();
}

void SeamFixture::TearDownTestSuite() {
    world()->host->stop();
    world().reset();
}

void SeamFixture::SetUp() {
    for (const Json& code : codes()) {
        device("remove", {{"access_code_id", code["access_code_id"]}});
    }
}

Result<std::string> SeamFixture::call(const std::string& function, const Json& document) {
    observe::StepLog steps(world()->clock);
    plugins::Call call{"acme", "doors", function, document.dump(), &steps};
    Result<std::string> result = world()->host->call(call);
    for (const observe::Step& step : steps.steps()) {
        const std::size_t begin = step.text.find('/', step.text.find(world()->authority));
        if (step.kind == observe::StepKind::kAsked && begin != std::string::npos) {
            asked_.push_back(step.text.substr(begin, step.text.find(' ', begin) - begin));
        }
        EXPECT_EQ(step.text.find(kPin), std::string::npos) << step.text;
    }
    return result;
}

Json SeamFixture::must_call(const std::string& function, const Json& document) {
    const Result<std::string> result = call(function, document);
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    return result ? Json::parse(*result) : Json();
}

Result<std::string> SeamFixture::apply(const Wanted& wanted) {
    Json targets = Json::array();
    for (const std::string& one : wanted.devices) {
        targets.push_back("device:" + one);
    }
    Json credential;
    if (!wanted.pin.is_null()) credential = {{"kind", "pin"}, {"value", wanted.pin}};
    return call("access.apply", {{"schema", 1},
                                 {"rental",
                                  {{"id", wanted.rental},
                                   {"unit_id", "u1"},
                                   {"unit_name", "A12"},
                                   {"site_id", "s1"},
                                   {"business", "acme"}}},
                                 {"renter",
                                  {{"id", "o1"},
                                   {"name", "Ada Example"},
                                   {"email", ""},
                                   {"phone", ""},
                                   {"language", "en"}}},
                                 {"state", wanted.state},
                                 {"targets", targets},
                                 {"window", {{"from", wanted.from}, {"until", wanted.until}}},
                                 {"credential", credential},
                                 {"references", references},
                                 {"reasons", {"occupied"}}});
}

void SeamFixture::settle(const Wanted& wanted) {
    for (int tries = 0; tries < kMaxTries; ++tries) {
        const Result<std::string> result = apply(wanted);
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result->find(kPin), std::string::npos);
        const Json document = Json::parse(*result);
        references = document["references"];
        if (document["state"] == wanted.state) return;
        ASSERT_EQ(document["state"], "pending");
        device("step");
    }
    FAIL() << "still pending";
}

Json SeamFixture::device(const std::string& verb, const Json& body) {
    return world()->post("/_device/" + verb, body);
}

Json SeamFixture::seam(const std::string& path, const Json& body) {
    return world()->post(path, body);
}

Json SeamFixture::codes() {
    return world()->post("/_device/codes", nullptr, "GET");
}

Strings SeamFixture::opened_by(const std::string& pin) {
    Strings devices;
    for (const Json& code : codes()) {
        if (code["code"] == pin && code["status"] == "set") devices.push_back(code["device_id"]);
    }
    std::ranges::sort(devices);
    return devices;
}

Strings SeamFixture::take_asked() {
    return std::exchange(asked_, {});
}

}  // namespace gatehouse::seam::test
