// Echoes: every write of custom fields through Storeganise's API comes back as a signed
// unitRental.updated, as in production. Sent in the order of the writes, one at a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "simulators/campaign.hpp"
#include "simulators/http_front.hpp"
#include "simulators/world.hpp"

namespace gatehouse::simulators {

class Echoes {
  public:
    // Both outlive it. Takes World::on_rental_fields.
    Echoes(boost::asio::io_context& io, World& world);

    // {"business", "url", ...} as a webhook (docs/simulators.md); without "url" no more are sent.
    // Throws as order_from().
    void configure(const nlohmann::json& options);

    // Answers {"sent": n, "refused": m} as soon as none waits any more.
    void await(const Responder& respond);

  private:
    struct Echo {
        std::string business;
        Message message;
    };

    void add(const Business& business, const std::string& rental_id,
             const std::vector<std::string>& codes);
    void send_next();
    void tell();

    boost::asio::io_context& io_;
    World& world_;
    std::map<std::string, Order> orders_;  // by business
    std::deque<Echo> waiting_;
    std::vector<Responder> listeners_;
    bool is_sending_ = false;
    std::int64_t sent_ = 0;
    std::int64_t refused_ = 0;
};

}  // namespace gatehouse::simulators
