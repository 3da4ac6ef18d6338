#include "model/machine.hpp"

#include <future>
#include <stdexcept>
#include <utility>

#include "base/json.hpp"
#include "support/webhook_signature.hpp"

namespace gatehouse::model {
namespace {

constexpr std::int64_t kLeaseMs = 300'000;
constexpr std::int64_t kDeltaMs = 6LL * 3600 * 1000;  // fewer than in life: histories are long

class Answer final : public edge::Responder::Channel {
  public:
    explicit Answer(std::promise<int> status) : status_(std::move(status)) {}
    void send(edge::HttpResponse response) noexcept override { status_.set_value(response.status); }

  private:
    std::promise<int> status_;
};

}  // namespace

config::Config make_config(const std::string& name, const Doors& vendor, bool has_gate) {
    config::Business business;
    business.business = name;
    business.storeganise.api =
        std::string("http://") + kStoreganiseAuthority + "/b/" + name + "/api";
    business.storeganise.api_key = Secret("sg-key-" + name);
    business.storeganise.webhook_secrets = {{Secret("whsec-" + name), "test"}};
    config::Connection doors;
    doors.name = "doors";
    doors.plugin = vendor.plugin();
    doors.base_url = std::string("http://") + kVendorAuthority;
    doors.settings.value = vendor.settings();
    business.connections["doors"] = std::move(doors);
    config::Site site;
    site.site = "*";
    site.access = "doors";
    if (has_gate) site.targets = {vendor.target(kGate)};
    business.sites = {site};
    business.sweep.delta_ms = kDeltaMs;
    config::Config config;
    config.egress.allow_private = {kStoreganiseAuthority, kVendorAuthority};
    config.businesses[name] = std::move(business);
    return config;
}

Machine::Machine(store::Store& store, config::Config config, ManualClock& clock,
                 InProcessClient& client, Random& random, observe::Metrics& metrics)
    : config_(std::move(config)),
      pin_key_(Secret("the key of the model")),
      business_(config_.businesses.begin()->first),
      store_(store),
      clock_(clock),
      pause_(clock),
      client_(client),
      random_(random),
      metrics_(metrics) {
    start();
}

void Machine::start() {
    webhooks_.reset();
    runner_.reset();
    work_.reset();
    plugins_.reset();
    egress_ = egress::make_egress(client_, clock_, metrics_, &pause_);
    plugins_ = std::make_unique<InProcessPlugins>(GATEHOUSE_PLUGINS, config_, *egress_, clock_);
    work_ = std::make_unique<app::Work>(config_, store_, *egress_, *plugins_, pin_key_, clock_,
                                        random_, metrics_);
    runner_ = std::make_unique<dispatch::TaskRunner>(work_->handlers(), config_.dispatch, clock_,
                                                     random_, metrics_);
    webhooks_ = std::make_unique<edge::WebhookHandler>(config_, std::vector<edge::VendorSource>{},
                                                       store_, clock_, metrics_);
    if (auto begun = store_.enqueue(dispatch::first_sweeps(config_, clock_.now_ms())); !begun) {
        throw std::runtime_error(begun.error().message);
    }
}

void Machine::deliver(const Webhook& webhook) {
    const std::string body = dump_json({{"id", webhook.id},
                                        {"created", format_utc(clock_.now_ms())},
                                        {"type", webhook.type},
                                        {"data", webhook.data}});
    const std::string signature = test::storeganise_signature("whsec-" + business_, body);
    const std::string path = "/v1/webhooks/" + business_ + "/storeganise";
    edge::HttpRequest request;
    request.method = "POST";
    request.path = path;
    request.body = body;
    request.headers = {{"sg-signature", signature}};
    std::promise<int> status;
    std::future<int> answered = status.get_future();
    webhooks_->handle(request, edge::Responder(std::make_unique<Answer>(std::move(status))));
    if (const int found = answered.get(); found != 200) {
        throw std::runtime_error("a webhook was answered " + std::to_string(found));
    }
}

int Machine::work(int count) {
    for (int done = 0; done < count; ++done) {
        if (!run_one()) return done;
    }
    return count;
}

bool Machine::run_one() {
    const UnixMs now_ms = clock_.now_ms();
    const auto leased = store_.lease({{business_, 1}}, now_ms, now_ms + kLeaseMs);
    if (!leased) throw std::runtime_error(leased.error().message);
    if (leased->tasks.empty()) return false;
    const dispatch::Task& task = leased->tasks.front();
    on_begin(task);
    const dispatch::Completion completion = runner_->run(task);
    const bool has_ended = client_.has_ended();
    if (has_ended) {
        client_.revive();
        if (auto taken = store_.reclaim_leases(); !taken) {
            throw std::runtime_error(taken.error().message);
        }
        start();
    } else if (auto stored = store_.complete(completion); !stored) {
        throw std::runtime_error("not completed: " + stored.error().message);
    }
    const bool is_done = completion.outcome == dispatch::Completion::Outcome::kDone;
    const bool is_cut_off = has_ended || plugins_->has_runner_died();
    on_end(is_cut_off ? Ending::kCutOff
           : is_done  ? Ending::kDone
                      : Ending::kNotDone,
           completion.error ? completion.error->message : "");
    return true;
}

std::optional<UnixMs> Machine::next_due_ms() {
    const auto leased = store_.lease({{business_, 0}}, 0, 0);
    if (!leased) throw std::runtime_error(leased.error().message);
    std::optional<UnixMs> next_ms;
    for (const dispatch::BusinessDue& due : leased->next_due) {
        next_ms = std::min(due.due_ms, next_ms.value_or(due.due_ms));
    }
    return next_ms;
}

}  // namespace gatehouse::model
