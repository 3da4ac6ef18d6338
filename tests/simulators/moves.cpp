#include "simulators/moves.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "simulators/announce.hpp"
#include "simulators/campaign.hpp"

namespace gatehouse::simulators {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

JobForm form_from(const json& body) {
    const std::string word = body.value("form", "full");
    const auto form = job_form_from(word);
    if (!form) throw std::invalid_argument("no job form " + word);
    return *form;
}

std::string rental_from(const json& body) {
    return body.at("rental_id").get<std::string>();
}

// In every way in which the event may name what it is about: `data_form` chooses.
json job_data(const JobMade& job) {
    const json by_job = {{"jobId", job.job_id}};
    const json by_rental = {{"unitRentalId", job.rental_id}};
    json both = by_job;
    both.update(by_rental);
    return {{"job", by_job},
            {"rental", by_rental},
            {"both", both},
            {"object", {{"jobId", {{"id", job.job_id}}}}}};
}

json made_of(const JobMade& job, const json& more = json::object()) {
    json made = {{"job_id", job.job_id}, {"rental_id", job.rental_id}};
    made.update(more);
    return made;
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

}  // namespace

void control_move_in(asio::io_context& io, World& world, const json& body,
                     const Responder& respond) {
    Business& business = business_from(world, body);
    auto order = order_in(body, business);
    MoveIn wanted;
    wanted.form = form_from(body);
    wanted.unit_id = unit_from(business, body);
    wanted.start_date = body.value("start_date", "");
    wanted.user_id = user_from(world, business, body);
    const auto job = world.storeganise.move_in(business, wanted);
    if (!job) throw std::invalid_argument(job.error().message);
    announce(io, world, std::move(order),
             {"job.unit_moveIn.completed", job_data(*job),
              made_of(*job, {{"unit_id", wanted.unit_id}, {"user_id", wanted.user_id}})},
             respond);
}

void control_move_out(asio::io_context& io, World& world, const json& body,
                      const Responder& respond) {
    Business& business = business_from(world, body);
    auto order = order_in(body, business);
    const auto job = world.storeganise.move_out(business, rental_from(body), form_from(body));
    if (!job) throw std::invalid_argument(job.error().message);
    announce(io, world, std::move(order),
             {"job.unit_moveOut.completed", job_data(*job), made_of(*job)}, respond);
}

void control_plan_move_out(asio::io_context& io, World& world, const json& body,
                           const Responder& respond) {
    Business& business = business_from(world, body);
    auto order = order_in(body, business);
    const auto date = body.at("date").get<std::string>();
    const auto job =
        world.storeganise.plan_move_out(business, rental_from(body), date, form_from(body));
    if (!job) throw std::invalid_argument(job.error().message);
    announce(io, world, std::move(order),
             {"job.unit_moveOut.created", job_data(*job), made_of(*job)}, respond);
}

void control_cancel_move_out(asio::io_context& io, World& world, const json& body,
                             const Responder& respond) {
    Business& business = business_from(world, body);
    auto order = order_in(body, business);
    const auto job = world.storeganise.cancel_move_out(business, rental_from(body),
                                                       body.value("keep_reference", false));
    if (!job) throw std::invalid_argument(job.error().message);
    announce(io, world, std::move(order),
             {"job.unit_moveOut.cancelled", job_data(*job), made_of(*job)}, respond);
}

void control_transfer(asio::io_context& io, World& world, const json& body,
                      const Responder& respond) {
    Business& business = business_from(world, body);
    auto order = order_in(body, business);
    Transfer wanted;
    wanted.rental_id = rental_from(body);
    wanted.unit_id = unit_from(business, body);
    wanted.form = form_from(body);
    const auto job = world.storeganise.transfer(business, wanted);
    if (!job) throw std::invalid_argument(job.error().message);
    json data = job_data(*job);
    data["rentals"] = {{"oldRentalId", wanted.rental_id}, {"newRentalId", job->rental_id}};
    announce(io, world, std::move(order),
             {"job.unit_transfer.completed", std::move(data),
              made_of(*job, {{"unit_id", wanted.unit_id}, {"old_rental_id", wanted.rental_id}})},
             respond);
}

void control_webhook(asio::io_context& io, World& world, const json& body,
                     const Responder& respond) {
    Order order =
        order_from(body, body.contains("business") ? business_from(world, body).webhook_secret
                                                   : std::string());
    Message message;
    std::string event_id;
    if (body.contains("raw_body")) {
        message.body = body["raw_body"].get<std::string>();
        message.signature = sign(order.secret, message.body);
    } else {
        event_id = body.value("event_id", world.storeganise.new_id("webhooks"));
        message = compose(order, event_id, body.at("type").get<std::string>(),
                          body.value("data", json::object()));
    }
    message.signature = body.value("signature", message.signature);
    send_all(io, std::move(order), {std::move(message)}, [event_id, respond](const json& outcomes) {
        respond(json_reply({{"event_id", event_id}, {"deliveries", outcomes}}));
    });
}

void control_load(asio::io_context& io, World& world, const json& body, const Responder& respond) {
    Business& business = business_from(world, body);
    if (world.load && !world.load->is_over()) throw std::invalid_argument("a load is running");
    LoadOptions options;
    options.is_sent_elsewhere = !body.value("send", true);
    if (!options.is_sent_elsewhere) options.url = url_from(body);
    options.secret = body.value("secret", business.webhook_secret);
    options.concurrency = body.value("concurrency", options.concurrency);
    options.copies = std::max(body.value("copies", 1), 1);
    options.spacing_ms = body.value("spacing_ms", options.spacing_ms);
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
