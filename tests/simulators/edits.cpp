#include "simulators/edits.hpp"

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulators/announce.hpp"

namespace gatehouse::simulators {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

// The event that tells of a changed object, and how it names the object.
struct Told {
    std::string_view collection, type, id_name;
};

constexpr std::array<Told, 5> kTold{{{"rentals", "unitRental.updated", "unitRentalId"},
                                     {"units", "unit.updated", "unitId"},
                                     {"users", "user.updated", "userId"},
                                     {"sites", "site.settings.updated", "siteId"},
                                     {"invoices", "invoice.state.updated", "invoiceId"}}};

const Told& told_of(std::string_view collection) {
    for (const Told& told : kTold) {
        if (told.collection == collection) return told;
    }
    throw std::invalid_argument("no event tells of " + std::string(collection));
}

// Dotted paths, as Storeganise's changedKeys.
json changed_keys(const Entity* before, const json& data, const json& fields) {
    const Entity nothing{json::object()};
    const Entity& old = before == nullptr ? nothing : *before;
    json keys = json::array();
    for (const auto& [name, value] : data.items()) {
        if (old.data.value(name, json(nullptr)) != value) keys.push_back(name);
    }
    for (const auto& [code, value] : fields.items()) {
        if (old.custom_fields.value(code, json(nullptr)) != value) {
            keys.push_back("customFields." + code);
        }
    }
    return keys;
}

// "text" or {"id": "text"}, as the events' ids are seen.
json forms_of(std::string_view id_name, const std::string& id, const json& changed) {
    const std::string name(id_name);
    json plain = {{name, id}, {"changedKeys", changed}};
    json object = {{name, {{"id", id}}}, {"changedKeys", changed}};
    return {{"rental", plain}, {"object", object}};
}

std::vector<std::string> rentals_from(const json& body) {
    if (body.contains("rental_ids")) {
        return body["rental_ids"].get<std::vector<std::string>>();
    }
    return {body.at("rental_id").get<std::string>()};
}

// One event for all of them, or one each.
std::vector<json> overdue_data(const std::vector<std::string>& rental_ids, bool is_together) {
    std::vector<json> data;
    if (is_together) {
        data.emplace_back(json::object({{"unitRentalIds", rental_ids}}));
        return data;
    }
    for (const std::string& id : rental_ids) {
        data.emplace_back(json::object({{"unitRentalId", id}}));
    }
    return data;
}

}  // namespace

void control_change(asio::io_context& io, World& world, const json& body,
                    const Responder& respond) {
    Business& business = business_from(world, body);
    auto order = order_in(body, business);
    const std::string collection = body.at("collection").get<std::string>();
    const std::string wanted_id = body.at("id").get<std::string>();
    json data = body.value("data", json::object());
    const json fields = body.value("customFields", json::object());
    Entities* entities = StoreganiseModel::collection(business, collection);
    if (entities == nullptr) throw std::invalid_argument("no collection " + collection);
    const auto before = entities->find(wanted_id);
    const json changed =
        changed_keys(before == entities->end() ? nullptr : &before->second, data, fields);
    data["id"] = wanted_id;
    const auto id = world.storeganise.put(business, collection, std::move(data), fields);
    if (!id) throw std::invalid_argument(id.error().message);
    json made = {{"id", *id}, {"changed_keys", changed}};
    if (!order) return respond(json_reply(made));
    const Told& told = told_of(collection);
    announce(io, world, std::move(order),
             {std::string(told.type), forms_of(told.id_name, *id, changed), std::move(made)},
             respond);
}

void control_overdue(asio::io_context& io, World& world, const json& body, bool is_overdue,
                     const Responder& respond) {
    Business& business = business_from(world, body);
    auto order = order_in(body, business);
    const std::vector<std::string> rental_ids = rentals_from(body);
    for (const std::string& id : rental_ids) {
        const auto marked = world.storeganise.set_overdue(business, id, is_overdue);
        if (!marked) throw std::invalid_argument(marked.error().message);
    }
    announce_all(io, world, std::move(order),
                 is_overdue ? "unitRental.markOverdue" : "unitRental.unmarkOverdue",
                 overdue_data(rental_ids, body.value("together", false)), json::object(), respond);
}

}  // namespace gatehouse::simulators
