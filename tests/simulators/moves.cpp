#include "simulators/moves.hpp"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "simulators/webhook_sender.hpp"

namespace gatehouse::simulators {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

// A webhook to send, read from {"url", "secret", "copies", "parallel", "delay_ms", ...}.
struct Order {
    Url url;
    std::string secret;
    std::string body;
    std::string signature;
    std::string event_id;
    int copies = 1;
    bool is_parallel = false;
    std::int64_t delay_ms = 0;
    DeliveryRules rules;
};

Url url_from(const json& options) {
    const auto url = parse_url(options.at("url").get<std::string>());
    if (!url) throw std::invalid_argument(url.error().message);
    return *url;
}

DeliveryRules rules_from(const json& options) {
    DeliveryRules rules;
    rules.attempts = options.value("attempts", rules.attempts);
    rules.timeout_ms = options.value("timeout_ms", rules.timeout_ms);
    rules.retry_ms = options.value("retry_ms", rules.retry_ms);
    return rules;
}

Business& business_from(World& world, const json& body) {
    const std::string code = body.at("business").get<std::string>();
    Business* business = world.storeganise.find(code);
    if (business == nullptr) throw std::invalid_argument("no business " + code);
    return *business;
}

JobForm form_from(const json& body) {
    const std::string word = body.value("form", "full");
    const auto form = job_form_from(word);
    if (!form) throw std::invalid_argument("no job form " + word);
    return *form;
}

Order order_from(const json& options, const std::string& default_secret) {
    Order order;
    order.url = url_from(options);
    order.secret = options.value("secret", default_secret);
    order.copies = options.value("copies", 1);
    order.is_parallel = options.value("parallel", false);
    order.delay_ms = options.value("delay_ms", std::int64_t{0});
    order.rules = rules_from(options);
    return order;
}

// Sends the copies of one order, one after the other or all at once on connections of their own.
class Campaign : public std::enable_shared_from_this<Campaign> {
  public:
    using Done = std::function<void(json outcomes)>;

    Campaign(asio::io_context& io, Order order, Done done)
        : io_(io), timer_(io), order_(std::move(order)), done_(std::move(done)) {}

    void start() {
        timer_.expires_after(std::chrono::milliseconds(order_.delay_ms));
        timer_.async_wait([self = shared_from_this()](boost::system::error_code) {
            if (self->order_.copies < 1) return self->done_(self->outcomes_);
            const int lanes = self->order_.is_parallel ? self->order_.copies : 1;
            for (int lane = 0; lane < lanes; ++lane) {
                self->send_next(make_link(self->io_, self->order_.url));
            }
        });
    }

  private:
    void send_next(const std::shared_ptr<WebhookLink>& link) {
        if (sent_ == order_.copies) return;
        ++sent_;
        link->deliver(order_.body, order_.signature, order_.rules,
                      [self = shared_from_this(), link](const Outcome& outcome) {
                          self->outcomes_.push_back(to_json(outcome));
                          const bool is_all = self->outcomes_.size() ==
                                              static_cast<std::size_t>(self->order_.copies);
                          if (is_all) return self->done_(self->outcomes_);
                          self->send_next(link);
                      });
    }

    asio::io_context& io_;
    asio::steady_timer timer_;
    Order order_;
    Done done_;
    int sent_ = 0;
    json outcomes_ = json::array();
};

// Sends the webhook that `made` calls for, unless the caller wants none, and answers.
void announce(asio::io_context& io, World& world, const std::optional<json>& options,
              std::optional<Order> order, const std::string& type, json made,
              const Responder& respond) {
    if (!order) return respond(json_reply(made));
    order->event_id = options->value("event_id", world.storeganise.new_id("webhooks"));
    order->body =
        webhook_body(order->event_id, options->value("type", type), {{"jobId", made["job_id"]}});
    order->signature = sign(order->secret, order->body);
    made["event_id"] = order->event_id;
    const bool waits = options->value("wait", true);
    auto campaign =
        std::make_shared<Campaign>(io, std::move(*order), [made, waits, respond](json outcomes) {
            if (!waits) return;
            json report = made;
            report["deliveries"] = std::move(outcomes);
            respond(json_reply(report));
        });
    campaign->start();
    if (!waits) respond(json_reply(made));
}

std::string unit_from(const Business& business, const json& body) {
    if (body.contains("unit_id")) return body["unit_id"].get<std::string>();
    for (const auto& [id, unit] : business.units) {
        if (text_of(unit.data, "state") == "available") return id;
    }
    throw std::invalid_argument("no unit is available");
}

std::string user_from(World& world, Business& business, const json& body) {
    if (body.contains("user_id")) return body["user_id"].get<std::string>();
    const auto id = world.storeganise.put(business, "users", body.at("user"), json::object());
    if (!id) throw std::invalid_argument(id.error().message);
    return *id;
}

std::vector<PreparedMoveIn> take_prepared(World& world, const Business& business,
                                          const json& body) {
    auto& prepared = world.prepared[business.code];
    const std::size_t count = std::min(body.value("count", prepared.size()), prepared.size());
    const auto end = prepared.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<PreparedMoveIn> items(std::make_move_iterator(prepared.begin()),
                                      std::make_move_iterator(end));
    prepared.erase(prepared.begin(), end);
    return items;
}

std::optional<json> webhook_options(const json& body) {
    if (!body.contains("webhook")) return std::nullopt;
    return body["webhook"];
}

}  // namespace

Reply json_reply(const json& body, int status) {
    Reply reply;
    reply.status = status;
    // Logged paths and bodies may hold any bytes.
    reply.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    return reply;
}

void control_move_in(asio::io_context& io, World& world, const json& body,
                     const Responder& respond) {
    Business& business = business_from(world, body);
    const auto options = webhook_options(body);
    std::optional<Order> order;
    if (options) order = order_from(*options, business.webhook_secret);
    MoveIn wanted;
    wanted.form = form_from(body);
    wanted.unit_id = unit_from(business, body);
    wanted.start_date = body.value("start_date", "");
    wanted.user_id = user_from(world, business, body);
    const auto job = world.storeganise.move_in(business, wanted);
    if (!job) throw std::invalid_argument(job.error().message);
    announce(io, world, options, std::move(order), "job.unit_moveIn.completed",
             {{"job_id", job->job_id},
              {"rental_id", job->rental_id},
              {"unit_id", wanted.unit_id},
              {"user_id", wanted.user_id}},
             respond);
}

void control_move_out(asio::io_context& io, World& world, const json& body,
                      const Responder& respond) {
    Business& business = business_from(world, body);
    const auto options = webhook_options(body);
    std::optional<Order> order;
    if (options) order = order_from(*options, business.webhook_secret);
    const auto job = world.storeganise.move_out(business, body.at("rental_id").get<std::string>(),
                                                form_from(body));
    if (!job) throw std::invalid_argument(job.error().message);
    announce(io, world, options, std::move(order), "job.unit_moveOut.completed",
             {{"job_id", job->job_id}, {"rental_id", job->rental_id}}, respond);
}

void control_webhook(asio::io_context& io, World& world, const json& body,
                     const Responder& respond) {
    Order order =
        order_from(body, body.contains("business") ? business_from(world, body).webhook_secret
                                                   : std::string());
    if (body.contains("raw_body")) {
        order.body = body["raw_body"].get<std::string>();
    } else {
        order.event_id = body.value("event_id", world.storeganise.new_id("webhooks"));
        order.body = webhook_body(order.event_id, body.at("type").get<std::string>(),
                                  body.value("data", json::object()));
    }
    order.signature = body.value("signature", sign(order.secret, order.body));
    const std::string event_id = order.event_id;
    std::make_shared<Campaign>(io, std::move(order), [event_id, respond](const json& outcomes) {
        respond(json_reply({{"event_id", event_id}, {"deliveries", outcomes}}));
    })->start();
}

void control_load(asio::io_context& io, World& world, const json& body, const Responder& respond) {
    Business& business = business_from(world, body);
    if (world.load && !world.load->is_over()) throw std::invalid_argument("a load is running");
    LoadOptions options;
    options.url = url_from(body);
    options.secret = body.value("secret", business.webhook_secret);
    options.concurrency = body.value("concurrency", options.concurrency);
    options.copies = std::max(body.value("copies", 1), 1);
    options.deadline_ms = body.value("deadline_ms", options.deadline_ms);
    options.rules = rules_from(body);
    std::vector<PreparedMoveIn> items = take_prepared(world, business, body);
    // Another prefix for each run: a host that lived longer than the simulator knows the old ids.
    const std::string prefix = "load-" + std::to_string(SystemClock().now_ms()) + "-";
    world.load = std::make_shared<LoadRun>(io, std::move(options), std::move(items),
                                           body.value("event_prefix", prefix));
    world.load->start([respond](const json& report) { respond(json_reply(report)); });
}

}  // namespace gatehouse::simulators
