#include "simulators/echoes.hpp"

#include <utility>

#include "simulators/announce.hpp"

namespace gatehouse::simulators {

using nlohmann::json;

Echoes::Echoes(boost::asio::io_context& io, World& world) : io_(io), world_(world) {
    world_.on_rental_fields = [this](const Business& business, const std::string& rental_id,
                                     const std::vector<std::string>& codes) {
        add(business, rental_id, codes);
    };
}

void Echoes::configure(const json& options) {
    const Business& business = business_from(world_, options);
    orders_.erase(business.code);
    if (!options.contains("url")) return;
    orders_.emplace(business.code, order_from(options, business.webhook_secret));
}

void Echoes::add(const Business& business, const std::string& rental_id,
                 const std::vector<std::string>& codes) {
    const auto order = orders_.find(business.code);
    if (order == orders_.end()) return;
    json keys = json::array();
    for (const std::string& code : codes) {
        keys.push_back("customFields." + code);
    }
    waiting_.push_back(
        {business.code,
         compose(order->second, world_.storeganise.new_id("webhooks"), "unitRental.updated",
                 {{"unitRentalId", rental_id}, {"changedKeys", keys}})});
    send_next();
}

void Echoes::send_next() {
    if (is_sending_) return;
    if (waiting_.empty()) return tell();
    is_sending_ = true;
    Echo echo = std::move(waiting_.front());
    waiting_.pop_front();
    const auto order = orders_.find(echo.business);
    if (order == orders_.end()) {
        is_sending_ = false;
        return send_next();
    }
    send_all(io_, order->second, {std::move(echo.message)}, [this](const json& outcomes) {
        is_sending_ = false;
        for (const json& outcome : outcomes) {
            ++(outcome.at("status") == 200 ? sent_ : refused_);
        }
        send_next();
    });
}

void Echoes::await(const Responder& respond) {
    listeners_.push_back(respond);
    if (!is_sending_) tell();
}

void Echoes::tell() {
    const std::vector<Responder> listeners = std::exchange(listeners_, {});
    for (const Responder& respond : listeners) {
        respond(json_reply({{"sent", sent_}, {"refused", refused_}}));
    }
}

}  // namespace gatehouse::simulators
