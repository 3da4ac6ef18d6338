// What the admin tests stand on: a real store in a folder of its own, plugins that only have a
// status, and a channel that keeps the answer.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "admin/api.hpp"
#include "base/json.hpp"
#include "plugins/plugin_host.hpp"
#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::admin {

class FakePlugins final : public plugins::PluginHost {
  public:
    Result<std::string> call(const plugins::Call& /*call*/) override {
        return fail(ErrorKind::kUnavailable, "not in this test");
    }
    const plugins::Manifest* manifest(const std::string& /*plugin*/) const override {
        return nullptr;
    }
    std::vector<plugins::PluginStatus> status() const override { return statuses; }
    void stop() override {}

    std::vector<plugins::PluginStatus> statuses;
};

class CaughtAnswer {
  public:
    edge::Responder responder() { return edge::Responder(std::make_unique<Channel>(promise_)); }

    // Waits for it, at most 30 s.
    edge::HttpResponse get() {
        if (future_.wait_for(std::chrono::seconds(30)) != std::future_status::ready) return {};
        return future_.get();
    }

  private:
    struct Channel final : edge::Responder::Channel {
        explicit Channel(std::promise<edge::HttpResponse>& the_promise) : promise(the_promise) {}
        void send(edge::HttpResponse response) noexcept override {
            promise.set_value(std::move(response));
        }
        std::promise<edge::HttpResponse>& promise;
    };

    std::promise<edge::HttpResponse> promise_;
    std::future<edge::HttpResponse> future_ = promise_.get_future();
};

// A host with one business, "acme".
struct World {
    static constexpr const char* kToken = "HUSH-admin-token";

    World() {
        config::Business acme;
        acme.business = "acme";
        acme.storeganise.api = "https://acme.storeganise.com/api";
        acme.storeganise.api_key = Secret("HUSH-api-key");
        acme.storeganise.webhook_secrets = {{Secret("HUSH-old"), "env:OLD"},
                                            {Secret("HUSH-new"), "env:NEW"}};
        config::Connection doors;
        doors.name = "doors";
        doors.plugin = "kisi";
        doors.settings.value = {{"api_key", "HUSH-kisi"}};
        acme.connections["doors"] = doors;
        config::Site site;
        site.site = "*";
        site.access = "doors";
        acme.sites.push_back(site);
        auto written = std::make_shared<config::Config>();
        written->businesses["acme"] = acme;
        written->admin.token = Secret(kToken);
        written->fingerprint = "f1ngerpr1nt";
        config = written;
        store = std::move(
            store::open_sqlite_store({(folder / "test.db").string()}, clock, metrics).value());
    }

    Dependencies dependencies() { return {*store, plugins, config, metrics, clock, "1.2.3"}; }

    // Stores an event and gives its id.
    std::int64_t append(const std::string& sender_id,
                        store::EventState state = store::EventState::kOpen,
                        const std::string& type = "job.unit_moveIn.completed") {
        store::NewEvent event;
        event.business = "acme";
        event.source = "storeganise";
        event.sender_id = sender_id;
        event.type = type;
        event.body = R"({"pin":"HUSH-4711"})";
        event.verified_by = "env:NEW";
        event.received_ms = clock.now_ms();
        event.state = state;
        event.steps = {{clock.now_ms(), observe::StepKind::kReceived, "received"}};
        if (state == store::EventState::kOpen) {
            event.tasks.push_back({"acme", dispatch::TaskKind::kResolve, "", clock.now_ms(), 0});
        }
        std::promise<std::int64_t> id;
        store->append(std::move(event), [&](const Result<store::Appended>& appended) {
            id.set_value(appended ? appended->event_id : -1);
        });
        return id.get_future().get();
    }

    // Leases what is due and ends the first task as `completion` says.
    void work(dispatch::Completion completion) {
        const auto leased = store->lease({{"acme", 1}}, clock.now_ms(), clock.now_ms() + 60'000);
        completion.task_id = leased->tasks.at(0).id;
        completion.generation = leased->tasks.at(0).generation;
        ASSERT_TRUE(store->complete(completion));
    }

    test::TempDir folder;
    ManualClock clock{1'700'000'000'000};
    observe::Metrics metrics;
    FakePlugins plugins;
    std::shared_ptr<const config::Config> config;
    std::unique_ptr<store::Store> store;
};

}  // namespace gatehouse::admin
