// TestHost: a host in the test's own process, for unit tests of a plugin. HTTP is a function of the
// test; time and randomness are fixed. Link the plugin's sources into the test and pass the entry:
//
//   TestHost host;
//   host.on_http([](const Json& request) { return Json{{"status", 200}, {"body", "{}"}}; });
//   host.create(gatehouse_entry_v1, {{"api_key", "{{secret:api_key}}"}});
//   const Outcome outcome = host.call("access.apply", request);
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gatehouse/sdk/error.hpp"

namespace gatehouse::sdk {

// What a call ended with: kind 0 and a document, or a kind and words.
struct Outcome {
    std::int32_t kind = GATEHOUSE_OK;
    Json document;
    std::string message;
    std::uint64_t retry_after_ms = 0;
    Json fields;
};

// [one thread]
class TestHost {
  public:
    TestHost() {
        shell_.struct_size = sizeof(gatehouse_host);
        shell_.abi_major = GATEHOUSE_ABI_MAJOR;
        shell_.abi_minor = GATEHOUSE_ABI_MINOR;
        shell_.service = &TestHost::service;
        shell_.self = this;
    }
    TestHost(const TestHost&) = delete;
    TestHost& operator=(const TestHost&) = delete;
    ~TestHost() {
        if (instance_ != nullptr) entry_->destroy(instance_);
    }

    // Answers with schemas/http.reply.json, "schema" and "headers" optional. A document
    // {"kind": 7, "message": ...} is a send that failed.
    void on_http(std::function<Json(const Json&)> http) { http_ = std::move(http); }

    void set_now_ms(std::int64_t now_ms) { now_ms_ = now_ms; }

    Outcome create(const gatehouse_entry& entry, const Json& settings, const Json& base_url = {}) {
        entry_ = &entry;
        const std::string document = Json{
            {"schema", 1},
            {"business", "acme"},
            {"connection", "doors"},
            {"base_url", without_slash(base_url)},
            {"written_url", base_url},
            {"settings", settings}}.dump();
        CallShell call{this, {}, {}};
        const std::int32_t kind = entry.create(&shell_, call.handle(), str(document), &instance_);
        call.outcome.kind = kind;
        return call.outcome;
    }

    // `function` as "access.apply". Kind UNSUPPORTED if the plugin does not offer it.
    Outcome call(const std::string& function, const Json& request) {
        const gatehouse_function target = find(function);
        Outcome missing;
        missing.kind = GATEHOUSE_UNSUPPORTED;
        if (target == nullptr || instance_ == nullptr) return missing;
        CallShell call{this, {}, {}};
        const std::string document = request.dump();
        call.outcome.kind = target(instance_, call.handle(), str(document));
        return call.outcome;
    }

    const std::vector<Json>& requests() const { return requests_; }
    const std::vector<std::string>& log() const { return log_; }

  private:
    static Json without_slash(const Json& url) {
        if (!url.is_string()) return url;
        std::string text = url.get<std::string>();
        while (text.ends_with('/'))
            text.pop_back();
        return text;
    }

    struct Shell : gatehouse_host {
        TestHost* self;
    };
    struct CallShell {
        TestHost* host;
        Outcome outcome;
        std::string answer;
        gatehouse_call* handle() { return reinterpret_cast<gatehouse_call*>(this); }
    };

    static CallShell& of(gatehouse_call* call) { return *reinterpret_cast<CallShell*>(call); }
    static TestHost& of(const gatehouse_host* host) {
        return *static_cast<const Shell*>(host)->self;
    }

    gatehouse_function find(const std::string& function) const {
        const auto table = [&](const char* feature) { return entry_->feature(str(feature)); };
        const auto member = [](const auto* found, auto which) {
            return found == nullptr ? nullptr : found->*which;
        };
        if (function.rfind("access.", 0) == 0) {
            return member(static_cast<const gatehouse_access_v1*>(table("gatehouse.access/1")),
                          function == "access.apply" ? &gatehouse_access_v1::apply
                                                     : &gatehouse_access_v1::probe);
        }
        if (function == "targets.list") {
            return member(static_cast<const gatehouse_targets_v1*>(table("gatehouse.targets/1")),
                          &gatehouse_targets_v1::list);
        }
        if (function == "inventory.list") {
            return member(
                static_cast<const gatehouse_inventory_v1*>(table("gatehouse.inventory/1")),
                &gatehouse_inventory_v1::list);
        }
        if (function == "inbound.parse") {
            return member(static_cast<const gatehouse_inbound_v1*>(table("gatehouse.inbound/1")),
                          &gatehouse_inbound_v1::parse);
        }
        if (function.rfind("events.", 0) == 0) {
            return member(static_cast<const gatehouse_events_v1*>(table("gatehouse.events/1")),
                          function == "events.subscribe" ? &gatehouse_events_v1::subscribe
                                                         : &gatehouse_events_v1::catch_up);
        }
        if (function == "notify.send") {
            return member(static_cast<const gatehouse_notify_v1*>(table("gatehouse.notify/1")),
                          &gatehouse_notify_v1::send);
        }
        if (function == "describe") {
            return member(static_cast<const gatehouse_describe_v1*>(table("gatehouse.describe/1")),
                          &gatehouse_describe_v1::describe);
        }
        return nullptr;
    }

    static const void* service(const gatehouse_host*, gatehouse_str id) {
        static constexpr gatehouse_call_v1 kCall{
            sizeof(gatehouse_call_v1), 0,
            [](gatehouse_call* call, gatehouse_str document) {
                of(call).outcome.document = read_json(view(document));
            },
            [](gatehouse_call* call, const gatehouse_failure* failure) {
                of(call).outcome.message = view(failure->message);
                of(call).outcome.retry_after_ms = failure->retry_after_ms;
                of(call).outcome.fields = read_json(view(failure->fields));
            },
            [](gatehouse_call*) { return std::uint64_t{15'000}; }};
        static constexpr gatehouse_log_v1 kLog{
            sizeof(gatehouse_log_v1), 0,
            [](const gatehouse_host* host, std::int32_t, gatehouse_str text) {
                of(host).log_.emplace_back(view(text));
            }};
        static constexpr gatehouse_http_v1 kHttp{sizeof(gatehouse_http_v1), 0, &TestHost::send};
        static constexpr gatehouse_clock_v1 kClock{
            sizeof(gatehouse_clock_v1), 0,
            [](const gatehouse_host* host) { return of(host).now_ms_; },
            [](const gatehouse_host* host) { return of(host).now_ms_ * 1'000'000; }};
        static constexpr gatehouse_random_v1 kRandom{
            sizeof(gatehouse_random_v1), 0,
            [](const gatehouse_host*, void* out, std::uint64_t size) -> std::int32_t {
                auto* bytes = static_cast<unsigned char*>(out);
                for (std::uint64_t i = 0; i < size; ++i) {
                    bytes[i] = static_cast<unsigned char>(i * 37 + 11);
                }
                return GATEHOUSE_OK;
            }};
        const std::string_view name = view(id);
        if (name == "gatehouse.call/1") return &kCall;
        if (name == "gatehouse.log/1") return &kLog;
        if (name == "gatehouse.http/1") return &kHttp;
        if (name == "gatehouse.clock/1") return &kClock;
        if (name == "gatehouse.random/1") return &kRandom;
        return nullptr;
    }

    static std::int32_t send(gatehouse_call* handle, gatehouse_str request, gatehouse_str* answer) {
        CallShell& call = of(handle);
        TestHost& host = *call.host;
        host.requests_.push_back(read_json(view(request)));
        Json reply = host.http_ ? host.http_(host.requests_.back())
                                : Json{{"kind", GATEHOUSE_UNAVAILABLE}, {"message", "no HTTP"}};
        if (!reply.contains("headers")) reply["headers"] = Json::array();
        reply["schema"] = 1;
        call.answer = reply.dump();
        *answer = str(call.answer);
        return reply.contains("kind") ? reply["kind"].get<std::int32_t>() : GATEHOUSE_OK;
    }

    Shell shell_{};
    const gatehouse_entry* entry_ = nullptr;
    gatehouse_instance* instance_ = nullptr;
    std::function<Json(const Json&)> http_;
    std::int64_t now_ms_ = 1'780'000'000'000;
    std::vector<Json> requests_;
    std::vector<std::string> log_;
};

}  // namespace gatehouse::sdk
