#include "simulators/announce.hpp"

#include <stdexcept>
#include <utility>

namespace gatehouse::simulators {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

const json& data_in(const json& forms, const json& options) {
    const std::string fallback = forms.contains("job") ? "job" : "rental";
    const std::string form = options.value("data_form", fallback);
    const auto found = forms.find(form);
    if (found == forms.end()) throw std::invalid_argument("no data_form " + form);
    return *found;
}

void send_and_answer(asio::io_context& io, Order order, std::vector<Message> messages, json made,
                     const Responder& respond) {
    const bool waits = order.options.value("wait", true);
    if (!waits) respond(json_reply(made));
    send_all(io, std::move(order), std::move(messages),
             [made = std::move(made), waits, respond](json outcomes) {
                 if (!waits) return;
                 json report = made;
                 report["deliveries"] = std::move(outcomes);
                 respond(json_reply(report));
             });
}

}  // namespace

Business& business_from(World& world, const json& body) {
    const std::string code = body.at("business").get<std::string>();
    Business* business = world.storeganise.find(code);
    if (business == nullptr) throw std::invalid_argument("no business " + code);
    return *business;
}

void announce(asio::io_context& io, World& world, std::optional<Order> order,
              Announcement announcement, const Responder& respond) {
    json made = std::move(announcement.made);
    if (!order) return respond(json_reply(made));
    const json& options = order->options;
    const std::string event_id = options.value("event_id", world.storeganise.new_id("webhooks"));
    const std::string type = options.value("type", announcement.type);
    const json& data = data_in(announcement.forms, options);
    std::vector<Message> messages{compose(*order, event_id, type, data)};
    made["event_id"] = event_id;
    made["type"] = type;
    made["data"] = data;
    send_and_answer(io, std::move(*order), std::move(messages), std::move(made), respond);
}

void announce_all(asio::io_context& io, World& world, std::optional<Order> order,
                  const std::string& type, const std::vector<json>& data, json made,
                  const Responder& respond) {
    if (!order) return respond(json_reply(made));
    std::vector<Message> messages;
    json event_ids = json::array();
    for (const json& one : data) {
        const std::string event_id = world.storeganise.new_id("webhooks");
        messages.push_back(compose(*order, event_id, type, one));
        event_ids.push_back(event_id);
    }
    made["event_ids"] = std::move(event_ids);
    send_and_answer(io, std::move(*order), std::move(messages), std::move(made), respond);
}

Reply json_reply(const json& body, int status) {
    Reply reply;
    reply.status = status;
    // Logged paths and bodies may hold any bytes.
    reply.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    return reply;
}

}  // namespace gatehouse::simulators
