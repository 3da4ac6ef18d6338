#include "tests/fake_nuki.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "gatehouse/sdk/utc_time.hpp"
#include "simulators/nuki_control.hpp"

namespace gatehouse::nuki::test {
namespace {

constexpr int kMaxTries = 20;

Json credential(const Json& pin) {
    return pin.is_null() ? Json() : Json{{"kind", "pin"}, {"value", pin}};
}

Json lock(int id, const char* name) {
    return {{"id", id}, {"name", name}};
}

}  // namespace

FakeNuki::FakeNuki(const Json& settings) {
    simulators::seed_nuki(
        model,
        {{"account", "acme"},
         {"api_token", "{{secret:api_token}}"},
         {"locks", Json::array({lock(17, "Door A12"), lock(18, "Door B07"), lock(19, "Gate")})}});
    host.on_http([this](const Json& request) { return answer(request); });
    Json all = {{"api_token", "{{secret:api_token}}"}};
    all.update(settings);
    EXPECT_EQ(host.create(gatehouse_entry_v1, all).kind, 0);
    pass_ms(0);
}

Json FakeNuki::answer(const Json& request) {
    const std::string url =
        request["url"].get<std::string>().substr(std::string("https://api.nuki.io").size());
    const std::string method = request["method"];
    const std::string what = method + " " + url.substr(0, url.find('?'));
    asked_.push_back(what);
    if (intercept) {
        if (auto reply = intercept(what, request)) return *reply;
    }
    const std::size_t query = std::min(url.find('?'), url.size());
    const simulators::Reply reply =
        api_.answer({method, url.substr(0, query), url.substr(std::min(query + 1, url.size())),
                     request["headers"][0][1].get<std::string>(), request.value("body", "")});
    return {{"status", reply.status}, {"body", reply.body}};
}

Outcome FakeNuki::apply(const Wanted& wanted, const Json& known) {
    return host.call("access.apply", {{"schema", 1},
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
                                      {"targets", wanted.targets},
                                      {"window", {{"from", wanted.from}, {"until", wanted.until}}},
                                      {"credential", credential(wanted.pin)},
                                      {"references", known},
                                      {"reasons", {"occupied"}}});
}

void FakeNuki::settle(const Wanted& wanted) {
    for (int tries = 0; tries < kMaxTries; ++tries) {
        const Outcome outcome = apply(wanted, references);
        ASSERT_EQ(outcome.kind, 0) << outcome.message;
        references = outcome.document["references"];
        EXPECT_EQ(outcome.document.dump().find(kPin), std::string::npos);
        if (outcome.document["state"] == wanted.state) return;
        ASSERT_EQ(outcome.document["state"], "pending");
        pass_ms(outcome.document["poll_after_ms"].get<std::int64_t>());
    }
    FAIL() << "still pending";
}

Strings FakeNuki::opened_by(const std::string& pin) {
    Strings names;
    for (const Json& door :
         simulators::nuki_doors(model, {{"pin", pin}, {"at", sdk::format_time(now_ms)}})) {
        names.push_back(door["lock_name"]);
    }
    return names;
}

void FakeNuki::by_hand(Json edit) {
    edit["account"] = "acme";
    simulators::edit_nuki_auth(model, edit);
}

void FakeNuki::pass_ms(std::int64_t ms) {
    now_ms += ms;
    host.set_now_ms(now_ms);
    simulators::SimClock::set_now_ms(now_ms);
}

Strings FakeNuki::take_asked() {
    return std::exchange(asked_, {});
}

Strings FakeNuki::take_writes() {
    Strings writes;
    for (const std::string& one : take_asked()) {
        if (!one.starts_with("GET")) writes.push_back(one.substr(0, one.find("/auth") + 5));
    }
    return writes;
}

}  // namespace gatehouse::nuki::test
