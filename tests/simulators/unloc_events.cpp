// Access events: what Unloc tells the webhooks of a lock when somebody used it.
#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/encoding.hpp"
#include "simulators/announce.hpp"
#include "simulators/unloc_control.hpp"
#include "simulators/webhook_sender.hpp"

namespace gatehouse::simulators {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr const char* kAnonymised = "<anonymized>";

struct Address {
    Url url;
    std::string authorization;  // "" = none
};

// Takes user:password out of "https://user:password@host/path".
Address address_of(std::string text) {
    Address address;
    const std::size_t begin = text.find("://") + 3;
    const std::size_t end = std::min(text.find('/', begin), text.size());
    const std::size_t at = text.rfind('@', end);
    if (at != std::string::npos && at > begin) {
        address.authorization = "Basic " + to_base64(text.substr(begin, at - begin));
        text.erase(begin, at + 1 - begin);
    }
    const auto url = parse_url(text);
    if (!url) throw std::invalid_argument(url.error().message);
    address.url = *url;
    return address;
}

// Where a name of the registered URL really is: "https://127.0.0.1:8443"; "" = as registered.
void send_to(Address& address, const std::string& to) {
    if (to.empty()) return;
    const auto url = parse_url(to);
    if (!url) throw std::invalid_argument(url.error().message);
    address.url.is_tls = url->is_tls;
    address.url.host = url->host;
    address.url.port = url->port;
}

const UnlocKey* used_key(const UnlocProject& project, const json& body) {
    const std::string key_id = body.value("key_id", "");
    const std::string phone = body.value("phone", "");
    const std::string lock_id = body.value("lock_id", "");
    for (const UnlocKey& key : project.keys) {
        const bool is_it =
            key_id.empty() ? key.phone == phone && key.lock_id == lock_id : key.id == key_id;
        if (is_it) return &key;
    }
    throw std::invalid_argument("no such key");
}

json event_of(UnlocModel& model, const UnlocProject& project, const UnlocKey& key,
              const json& body) {
    const auto lock = project.locks.find(key.lock_id);
    const bool is_known = lock != project.locks.end();
    const bool is_hidden = is_known && lock->second.is_anonymised;
    return {{"id", body.value("id", model.new_id())},
            {"action", body.value("action", "unlocked")},
            {"created", body.value("created", format_utc(model.now_ms()))},
            {"keyId", key.id},
            {"lockId", key.lock_id},
            {"lockName", is_known ? lock->second.name : ""},
            {"appUserId", is_hidden ? kAnonymised : key.phone},
            {"userName", is_hidden ? kAnonymised : key.person}};
}

// Sends one event to each address, one after the other, `copies` times.
class Telling : public std::enable_shared_from_this<Telling> {
  public:
    Telling(asio::io_context& io, std::vector<Address> addresses, json event, Responder respond)
        : io_(io),
          timer_(io),
          addresses_(std::move(addresses)),
          event_(std::move(event)),
          respond_(std::move(respond)) {}

    void start(std::int64_t delay_ms) {
        timer_.expires_after(std::chrono::milliseconds(delay_ms));
        timer_.async_wait([self = shared_from_this()](boost::system::error_code) { self->next(); });
    }

  private:
    void next() {
        if (sent_ == addresses_.size()) {
            return respond_(json_reply({{"event", event_}, {"deliveries", outcomes_}}));
        }
        const Address& address = addresses_[sent_++];
        DeliveryRules rules;
        rules.attempts = 1;  // whether Unloc tries again is not known
        if (!address.authorization.empty()) {
            rules.headers.emplace_back("Authorization", address.authorization);
        }
        const auto link = make_link(io_, address.url);
        link->deliver(event_.dump(), "", rules,
                      [self = shared_from_this(), link](const Outcome& outcome) {
                          self->outcomes_.push_back(to_json(outcome));
                          self->next();
                      });
    }

    asio::io_context& io_;
    asio::steady_timer timer_;
    std::vector<Address> addresses_;
    json event_;
    Responder respond_;
    std::size_t sent_ = 0;
    json outcomes_ = json::array();
};

}  // namespace

void control_unloc_event(asio::io_context& io, UnlocModel& model, const json& body,
                         const Responder& respond) {
    UnlocProject* project = model.find(body.at("project").get<std::string>());
    if (project == nullptr) throw std::invalid_argument("no such project");
    const UnlocKey& key = *used_key(*project, body);
    json event = event_of(model, *project, key, body);
    std::vector<Address> addresses;
    for (const UnlocWebhook& webhook : project->webhooks) {
        if (webhook.lock_id != key.lock_id || !key.is_integrators) continue;
        Address address = address_of(webhook.url);
        address.authorization = body.value("authorization", address.authorization);
        send_to(address, body.value("to", ""));
        for (int copy = 0; copy < body.value("copies", 1); ++copy) {
            addresses.push_back(address);
        }
    }
    std::make_shared<Telling>(io, std::move(addresses), std::move(event), respond)
        ->start(body.value("delay_ms", std::int64_t{0}));
}

}  // namespace gatehouse::simulators
