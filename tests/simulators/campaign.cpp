#include "simulators/campaign.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include "simulators/load.hpp"

namespace gatehouse::simulators {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

class Campaign : public std::enable_shared_from_this<Campaign> {
  public:
    using Done = std::function<void(json outcomes)>;

    Campaign(asio::io_context& io, Order order, std::vector<Message> messages, Done done)
        : io_(io),
          timer_(io),
          order_(std::move(order)),
          messages_(std::move(messages)),
          done_(std::move(done)),
          to_send_(messages_.size() * static_cast<std::size_t>(std::max(order_.copies, 0))) {}

    void start() {
        timer_.expires_after(std::chrono::milliseconds(order_.delay_ms));
        timer_.async_wait([self = shared_from_this()](boost::system::error_code) {
            if (self->to_send_ == 0) return self->done_(self->outcomes_);
            self->began_ = std::chrono::steady_clock::now();
            for (int lane = 0; lane < self->order_.lanes; ++lane) {
                self->send_next(make_link(self->io_, self->order_.url));
            }
        });
    }

  private:
    // The next message leaves on this link, when it is due.
    void send_next(const std::shared_ptr<WebhookLink>& link) {
        if (sent_ == to_send_) return;
        const std::size_t number = sent_++;
        const auto due = began_ + std::chrono::milliseconds(order_.over_ms) * number / to_send_;
        if (due <= std::chrono::steady_clock::now()) return send(link, number);
        auto timer = std::make_shared<asio::steady_timer>(io_, due);
        timer->async_wait([self = shared_from_this(), link, number,
                           timer](boost::system::error_code) { self->send(link, number); });
    }

    void send(const std::shared_ptr<WebhookLink>& link, std::size_t number) {
        const Message& message = messages_[number % messages_.size()];
        link->deliver(message.body, message.signature, order_.rules,
                      [self = shared_from_this(), link](const Outcome& outcome) {
                          self->outcomes_.push_back(to_json(outcome));
                          const bool is_all = self->outcomes_.size() == self->to_send_;
                          if (is_all) return self->done_(self->outcomes_);
                          self->send_next(link);
                      });
    }

    asio::io_context& io_;
    asio::steady_timer timer_;
    Order order_;
    std::vector<Message> messages_;
    Done done_;
    std::size_t to_send_;
    std::size_t sent_ = 0;
    std::chrono::steady_clock::time_point began_;
    json outcomes_ = json::array();
};

}  // namespace

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

Order order_from(const json& options, const std::string& default_secret) {
    Order order;
    order.url = url_from(options);
    order.secret = options.value("secret", default_secret);
    order.options = options;
    order.copies = options.value("copies", 1);
    const int all_at_once = options.value("parallel", false) ? order.copies : 1;
    order.lanes = std::max(options.value("connections", all_at_once), 1);
    order.delay_ms = options.value("delay_ms", std::int64_t{0});
    order.over_ms = options.value("over_ms", std::int64_t{0});
    order.rules = rules_from(options);
    return order;
}

std::optional<Order> order_in(const json& body, const Business& business) {
    if (!body.contains("webhook")) return std::nullopt;
    return order_from(body["webhook"], business.webhook_secret);
}

Message compose(const Order& order, const std::string& event_id, const std::string& type,
                const json& data) {
    Message message;
    message.body = webhook_body(event_id, type, data);
    const json extra = order.options.value("extra", json::object());
    if (!extra.empty()) {
        message.body.pop_back();
        message.body += "," + extra.dump().substr(1);
    }
    message.signature = sign(order.secret, message.body);
    return message;
}

void send_all(asio::io_context& io, Order order, std::vector<Message> messages,
              std::function<void(json outcomes)> done) {
    std::make_shared<Campaign>(io, std::move(order), std::move(messages), std::move(done))->start();
}

}  // namespace gatehouse::simulators
