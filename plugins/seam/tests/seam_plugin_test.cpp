// The Seam plugin against Seam's own fake, which nobody here wrote.

#include "tests/seam_fixture.hpp"

namespace gatehouse::seam::test {
namespace {

class SeamPluginTest : public SeamFixture {
  protected:
    static Wanted wish(const std::string& state, const Json& pin = kPin) {
        Wanted wanted;
        wanted.state = state;
        wanted.pin = pin;
        return wanted;
    }

    Json code_named(const std::string& part) {
        for (const Json& code : codes()) {
            if (code["name"].get<std::string>().find(part) != std::string::npos) return code;
        }
        return nullptr;
    }
};

TEST_F(SeamPluginTest, APinIsPendingUntilTheDeviceHasIt) {
    const Result<std::string> first = apply({});
    ASSERT_TRUE(first) << first.error().message;
    const Json document = Json::parse(*first);
    EXPECT_EQ(document["state"], "pending");
    EXPECT_EQ(document["poll_after_ms"], 1000);
    EXPECT_EQ(document["references"]["codes"].size(), 1U);
    EXPECT_EQ(take_asked(), (Strings{"/access_codes/list", "/access_codes/create"}));
    EXPECT_EQ(code_named("Gatehouse")["name"], std::string("Gatehouse acme ") + kRental);
    EXPECT_EQ(opened_by(kPin), Strings{});
    settle({});
    EXPECT_EQ(opened_by(kPin), Strings{kDevice});
}

TEST_F(SeamPluginTest, P4_ApplyingAgainWritesNothing) {
    settle({});
    take_asked();
    settle({});
    settle(wish("active", nullptr));
    EXPECT_EQ(take_asked(), (Strings{"/access_codes/list", "/access_codes/list"}));
    EXPECT_EQ(codes().size(), 1U);
}

TEST_F(SeamPluginTest, P5_ALostAnswerIsRecognisedByItsName) {
    settle({});
    references = Json::object();  // the host died before it could keep them
    settle({});
    EXPECT_EQ(codes().size(), 1U);
    references = Json::object();
    settle(wish("ended", nullptr));
    EXPECT_EQ(codes().size(), 0U);
}

TEST_F(SeamPluginTest, P7_SuspendedIsGoneAndResumedIsTheSamePin) {
    settle({});
    settle(wish("suspended", nullptr));
    EXPECT_EQ(opened_by(kPin), Strings{});
    EXPECT_EQ(codes().size(), 0U);
    settle({});
    EXPECT_EQ(opened_by(kPin), Strings{kDevice});
}

TEST_F(SeamPluginTest, ResumingWithoutAPinIsAClearError) {
    settle({});
    settle(wish("suspended", nullptr));
    const Result<std::string> result = apply(wish("active", nullptr));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kNotFound);
    EXPECT_NE(result.error().message.find("no PIN was given"), std::string::npos);
}

TEST_F(SeamPluginTest, ANewPinReplacesTheOld) {
    settle({});
    settle(wish("active", "73916"));
    EXPECT_EQ(opened_by(kPin), Strings{});
    EXPECT_EQ(opened_by("73916"), Strings{kDevice});
    EXPECT_EQ(codes().size(), 1U);
}

TEST_F(SeamPluginTest, WindowsAreNative) {
    Wanted wanted = wish("scheduled");
    wanted.from = "2090-01-01T08:00:00.000Z";
    settle(wanted);
    Json code = code_named("Gatehouse");
    EXPECT_EQ(code["type"], "time_bound");
    EXPECT_EQ(code["starts_at"], "2090-01-01T08:00:00.000Z");
    EXPECT_EQ(code["ends_at"], "2100-01-01T00:00:00.000Z");
    EXPECT_EQ(opened_by(kPin), Strings{});

    wanted = wish("active");
    wanted.from = "2020-01-01T08:00:00.000Z";
    wanted.until = "2090-01-01T08:00:00.000Z";
    settle(wanted);
    EXPECT_EQ(code_named("Gatehouse")["ends_at"], "2090-01-01T08:00:00.000Z");
    take_asked();
    settle(wanted);
    EXPECT_EQ(take_asked(), Strings{"/access_codes/list"});

    wanted.until = "2089-01-01T08:00:00.000Z";  // a shortened end is pushed (public tracker 44)
    settle(wanted);
    EXPECT_EQ(code_named("Gatehouse")["ends_at"], "2089-01-01T08:00:00.000Z");

    wanted.until = nullptr;
    settle(wanted);
    EXPECT_EQ(code_named("Gatehouse")["type"], "ongoing");
}

TEST_F(SeamPluginTest, OldDoorsCloseOnlyAfterNewOnesOpen) {
    settle({});
    Wanted moved;
    moved.devices = {kOtherDevice};
    Result<std::string> result = apply(moved);
    ASSERT_TRUE(result) << result.error().message;
    references = Json::parse(*result)["references"];
    EXPECT_EQ(opened_by(kPin), Strings{kDevice});
    settle(moved);
    EXPECT_EQ(opened_by(kPin), Strings{kOtherDevice});
}

TEST_F(SeamPluginTest, P4_ACodeOfSomebodyElseIsNeverTakenForOurs) {
    seam("/access_codes/create", {{"device_id", kDevice}, {"name", "Cleaner"}, {"code", kPin}});
    device("step");
    const Result<std::string> result = apply({});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(result.error().message.find(kPin), std::string::npos);
    EXPECT_NE(result.error().message.find("choose another"), std::string::npos);
    settle(wish("active", "73916"));
    const Result<std::string> changed = apply({});
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().kind, ErrorKind::kConflict);
    settle(wish("ended", nullptr));
    ASSERT_EQ(codes().size(), 1U);
    EXPECT_EQ(codes()[0]["name"], "Cleaner");
}

TEST_F(SeamPluginTest, CodesOfOtherDevicesInTheListAreNotMistaken) {
    Wanted other;
    other.devices = {kOtherDevice};
    settle(other);
    references = Json::object();
    settle({});
    EXPECT_EQ(opened_by(kPin), (Strings{kDevice, kOtherDevice}));
    settle(wish("ended", nullptr));
    EXPECT_EQ(opened_by(kPin), Strings{kOtherDevice});
}

TEST_F(SeamPluginTest, WhatWasChangedAtTheDeviceIsSetRight) {
    settle({});
    const Json id = code_named("Gatehouse")["access_code_id"];
    device("change", {{"access_code_id", id}, {"code", "1111"}, {"name", "Ada"}});
    settle({});
    EXPECT_EQ(opened_by("1111"), Strings{});
    EXPECT_EQ(opened_by(kPin), Strings{kDevice});
    device("remove", {{"access_code_id", id}});
    settle({});
    EXPECT_EQ(opened_by(kPin), Strings{kDevice});
}

TEST_F(SeamPluginTest, ErrorsOnACodeAreToldAndNeverCalledSet) {
    settle({});
    const Json id = code_named("Gatehouse")["access_code_id"];
    const auto kind_with = [&](const char* error_code, const char* status) {
        const Json error = {{"error_code", error_code}, {"message", "code 482915 is bad"}};
        device("change",
               {{"access_code_id", id}, {"status", status}, {"errors", Json::array({error})}});
        const Result<std::string> result = apply({});
        if (result) return Json::parse(*result)["state"].get<std::string>();
        EXPECT_EQ(result.error().message.find(kPin), std::string::npos);
        EXPECT_NE(result.error().message.find(error_code), std::string::npos);
        return std::string(to_string(result.error().kind));
    };
    EXPECT_EQ(kind_with("duplicate_code_on_device", "setting"), to_string(ErrorKind::kConflict));
    EXPECT_EQ(kind_with("no_space_for_access_code_on_device", "unset"),
              to_string(ErrorKind::kConflict));
    EXPECT_EQ(kind_with("failed_to_set_on_device", "setting"), to_string(ErrorKind::kUnavailable));
    EXPECT_EQ(kind_with("failed_to_set_on_device", "set"), "active");
}

TEST_F(SeamPluginTest, UnknownAndRemovingAreWaitedFor) {
    settle({});
    const Json id = code_named("Gatehouse")["access_code_id"];
    for (const char* status : {"unknown", "removing", "unset", "setting"}) {
        device("change", {{"access_code_id", id}, {"status", status}});
        take_asked();
        const Result<std::string> result = apply({});
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(Json::parse(*result)["state"], "pending") << status;
        EXPECT_EQ(take_asked(), Strings{"/access_codes/list"}) << status;
    }
}

TEST_F(SeamPluginTest, ATimeoutWithOrWithoutItsEffectIsReadBack) {
    for (const bool after : {false, true}) {
        device("fail", {{"path", "/access_codes/create"}, {"status", 504}, {"after", after}});
        EXPECT_EQ(apply({}).error().kind, ErrorKind::kUnavailable);
        settle({});
        device("fail", {{"path", "/access_codes/update"}, {"status", 504}, {"after", after}});
        EXPECT_EQ(apply(wish("active", "73916")).error().kind, ErrorKind::kUnavailable);
        settle(wish("active", "73916"));
        EXPECT_EQ(opened_by("73916"), Strings{kDevice});
        device("fail", {{"path", "/access_codes/delete"}, {"status", 504}, {"after", after}});
        EXPECT_EQ(apply(wish("ended", nullptr)).error().kind, ErrorKind::kUnavailable);
        settle(wish("ended", nullptr));
        EXPECT_EQ(codes().size(), 0U);
    }
}

TEST_F(SeamPluginTest, ACodeThatSeamNoLongerKeepsIsNotCalledGone) {
    settle({});
    const Json id = code_named("Gatehouse")["access_code_id"];
    device("change", {{"access_code_id", id}, {"is_managed", false}});
    for (const char* state : {"ended", "suspended", "active"}) {
        const Result<std::string> result = apply(wish(state));
        ASSERT_FALSE(result) << state;
        EXPECT_EQ(result.error().kind, ErrorKind::kConflict);
    }
}

TEST_F(SeamPluginTest, AFullDeviceIsReadWhole) {
    for (int i = 0; i < 160; ++i) {
        device("add", {{"device_id", kDevice},
                       {"name", "Guest " + std::to_string(i)},
                       {"code", std::to_string(100'000 + i)}});
    }
    settle({});
    EXPECT_EQ(opened_by(kPin), Strings{kDevice});
    EXPECT_EQ(codes().size(), 161U);
}

TEST_F(SeamPluginTest, ListsDevicesThatTakeCodesAndWhatIsOnThem) {
    settle({});
    seam("/access_codes/create",
         {{"device_id", kOtherDevice}, {"name", "Cleaner"}, {"code", "666777"}});
    const Json targets = must_call("targets.list", {{"schema", 1}})["targets"];
    EXPECT_EQ(targets[0], Json::parse(R"({"target":"device:august_device_1",
                                          "name":"Front Door","kind":"lock"})"));
    for (const Json& target : targets) {
        EXPECT_NE(target["target"], "device:ecobee_device_1");
    }
    const Json grants = must_call("inventory.list", {{"schema", 1}})["grants"];
    ASSERT_EQ(grants.size(), 2U);
    EXPECT_EQ(grants[0]["rental"], kRental);
    EXPECT_EQ(grants[0]["business"], "acme");
    EXPECT_FALSE(grants[1].contains("rental"));
    EXPECT_EQ(grants.dump().find(kPin), std::string::npos);
}

TEST_F(SeamPluginTest, ProbesAndTellsAWrongDevice) {
    EXPECT_EQ(must_call("access.probe", {{"schema", 1}})["detail"],
              "Seam answers; workspace My Workspace");
    Wanted wanted;
    wanted.devices = {"no_such_device"};
    EXPECT_EQ(apply(wanted).error().kind, ErrorKind::kNotFound);
    wanted.devices = {};
    EXPECT_EQ(apply(wanted).error().kind, ErrorKind::kInvalid);
    for (const char* wrong : {"123", "1234567890", "12a4"}) {
        const Result<std::string> result = apply(wish("active", wrong));
        EXPECT_EQ(result.error().kind, ErrorKind::kInvalid);
        EXPECT_EQ(result.error().message.find(wrong), std::string::npos);
    }
}

TEST_F(SeamPluginTest, LooksAfterTheWebhookAndReadsWhatWasMissed) {
    const std::string url = "https://gate.example/v1/webhooks/acme/doors";
    const Json request = {{"schema", 1},
                          {"url", url},
                          {"secret", "{{secret:webhook_secret}}"},
                          {"targets", Json::array()}};
    const auto state = [&] { return must_call("events.subscribe", request)["state"]; };
    EXPECT_EQ(state(), "disabled");
    const Json all = seam("/webhooks/create", {{"url", url}});
    EXPECT_EQ(state(), "disabled");  // every event, so PINs too
    seam("/webhooks/create", {{"url", url}, {"event_types", {"lock.unlocked", "lock.locked"}}});
    EXPECT_EQ(state(), "ok");
    settle({});
    settle(wish("ended", nullptr));
    const Json page =
        must_call("events.catch_up",
                  {{"schema", 1}, {"since", "2020-01-01T00:00:00.000Z"}, {"cursor", nullptr}});
    EXPECT_TRUE(page["next_cursor"].is_null());
    bool has_deletion = false;
    for (const Json& event : page["events"]) {
        has_deletion = has_deletion || event["kind"] == "grant_changed";
    }
    EXPECT_TRUE(has_deletion);
}

}  // namespace
}  // namespace gatehouse::seam::test
