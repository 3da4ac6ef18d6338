#include "simulators/storeganise_api.hpp"

#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "simulators/query.hpp"
#include "simulators/storeganise_page.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

Reply failed(int status, std::string_view message, std::string_view type) {
    Reply reply;
    reply.status = status;
    reply.body = json{{"error", {{"message", message}, {"type", type}, {"status", status}}}}.dump();
    return reply;
}

Reply not_found(std::string_view what) {
    return failed(404, std::string(what) + " not found", "notFound");
}

struct Credentials {
    std::string key;
    std::string addon_id;  // "" = an operator's key
};

Credentials credentials_of(const Request& request) {
    constexpr std::string_view kOperator = "ApiKey ";
    constexpr std::string_view kAddon = "Addon ";
    const std::string& header = request.authorization;
    if (header.compare(0, kOperator.size(), kOperator) == 0) {
        return {header.substr(kOperator.size()), ""};
    }
    const auto bar = header.find('|');
    if (header.compare(0, kAddon.size(), kAddon) != 0 || bar == std::string::npos) return {};
    return {header.substr(bar + 1), header.substr(kAddon.size(), bar - kAddon.size())};
}

bool is_let_in(const Business& business, const Credentials& credentials) {
    return business.addon_id.empty() || credentials.addon_id.empty() ||
           credentials.addon_id == business.addon_id;
}

std::set<std::string> includes_of(const Query& query) {
    const std::vector<std::string> names = split(value_of(query, "include"), ',');
    return {names.begin(), names.end()};
}

// A collection as the API names it.
struct Resource {
    std::string_view path;        // in the URL
    std::string_view collection;  // in the model
    std::string_view get_one, put_one, get_list;
};

constexpr Resource kResources[] = {
    {"jobs", "jobs", "GET /jobs/{id}", "PUT /jobs/{id}", "GET /jobs"},
    {"unit-rentals", "rentals", "GET /unit-rentals/{id}", "PUT /unit-rentals/{id}",
     "GET /unit-rentals"},
    {"units", "units", "GET /units/{id}", "PUT /units/{id}", "GET /units"},
    {"users", "users", "GET /users/{id}", "PUT /users/{id}", "GET /users"},
    {"sites", "sites", "GET /sites/{id}", "PUT /sites/{id}", "GET /sites"},
    {"invoices", "invoices", "GET /invoices/{id}", "PUT /invoices/{id}", "GET /invoices"},
};

const Resource* resource_at(std::string_view path) {
    for (const Resource& resource : kResources) {
        if (resource.path == path) return &resource;
    }
    return nullptr;
}

// By id; a user also by e-mail and a site also by code, as Storeganise allows.
Entity* find_entity(Entities& entities, const Resource& resource, const std::string& id) {
    const auto found = entities.find(id);
    if (found != entities.end()) return &found->second;
    const char* second_key = nullptr;
    if (resource.path == "users") second_key = "email";
    if (resource.path == "sites") second_key = "code";
    if (second_key == nullptr) return nullptr;
    for (auto& [unused, entity] : entities) {
        if (text_of(entity.data, second_key) == id) return &entity;
    }
    return nullptr;
}

// The member is left out when what it points at does not exist.
void append_included(std::string& out, std::string_view name, Entities& entities,
                     const std::string& id, bool with_fields) {
    const auto found = entities.find(id);
    if (found == entities.end()) return;
    out.pop_back();
    out += ",\"";
    out += name;
    out += "\":";
    out += found->second.data.dump();
    if (with_fields) {
        out.pop_back();
        out += ",\"customFields\":" + found->second.custom_fields.dump() + "}";
    }
    out += '}';
}

// Put together as text: the stored objects are never copied.
std::string shown(const StoreganiseModel& model, Business& business, const Resource& resource,
                  const Entity& entity, const std::set<std::string>& includes) {
    const bool is_rental = resource.collection == "rentals";
    std::string out = (is_rental ? model.shown_rental(business, entity) : entity.data).dump();
    const bool with_fields = includes.count("customFields") > 0;
    if (with_fields && resource.collection != "jobs") {
        out.pop_back();
        out += ",\"customFields\":" + entity.custom_fields.dump() + "}";
    }
    if (!is_rental) return out;
    if (includes.count("unit") > 0) {
        append_included(out, "unit", business.units, text_of(entity.data, "unitId"), with_fields);
    }
    if (includes.count("owner") > 0) {
        append_included(out, "owner", business.users, text_of(entity.data, "ownerId"), with_fields);
    }
    return out;
}

Reply list(const StoreganiseModel& model, Business& business, const Resource& resource,
           const Query& query) {
    const std::set<std::string> includes = includes_of(query);
    Reply reply;
    reply.body = "[";
    Entities& entities = *StoreganiseModel::collection(business, resource.collection);
    for (const Entity* entity : page_of(entities, query)) {
        if (reply.body.size() > 1) reply.body += ',';
        reply.body += shown(model, business, resource, *entity, includes);
    }
    reply.body += ']';
    return reply;
}

std::optional<std::string> unknown_code(const Business& business, const Resource& resource,
                                        const json& fields) {
    const auto codes = business.field_codes.find(resource.collection);
    for (const auto& [code, value] : fields.items()) {
        if (codes == business.field_codes.end() || codes->second.count(code) == 0) return code;
    }
    return std::nullopt;
}

}  // namespace

class StoreganiseCall {
  public:
    StoreganiseCall(StoreganiseModel& model, Business& business, const Request& request)
        : model_(model),
          business_(business),
          request_(request),
          query_(parse_query(request.query)) {}

    // `segments` are what follows /v1/admin.
    Reply answer(const std::vector<std::string>& segments) {
        if (segments.size() == 1 && segments[0] == "settings" && request_.method == "GET") {
            return settings();
        }
        const bool is_step = segments.size() == 4 && segments[0] == "jobs" &&
                             segments[2] == "steps" && request_.method == "PUT";
        if (is_step) return complete_step(segments[1], segments[3]);
        const bool is_charge = segments.size() == 3 && segments[0] == "unit-rentals" &&
                               segments[2] == "charges" && request_.method == "POST";
        if (is_charge) return add_charge(segments[1]);
        const Resource* resource = segments.empty() ? nullptr : resource_at(segments[0]);
        if (resource == nullptr || segments.size() > 2) return not_found("route");
        if (segments.size() == 1) return on_collection(*resource);
        return on_entity(*resource, segments[1]);
    }

  private:
    Reply settings() {
        Reply reply;
        reply.route = "GET /settings";
        reply.body = json{
            {"businessCode", business_.code},
            {"webhookSecret", business_.webhook_secret},
            {"timezone", "Europe/London"},
            {"currency",
             "GBP"}}.dump();
        return reply;
    }

    Reply on_collection(const Resource& resource) {
        if (request_.method == "GET") {
            Reply reply = list(model_, business_, resource, query_);
            reply.route = resource.get_list;
            return reply;
        }
        if (request_.method == "POST" && resource.collection == "jobs") return create_job();
        return failed(405, "method not allowed", "methodNotAllowed");
    }

    Reply create_job() {
        const json body = json::parse(request_.body, nullptr, false);
        Reply reply;
        if (!body.is_object() || text_of(body, "type") != "task" || !body.contains("data")) {
            reply = failed(400, "a job made by API has the type task and data", "validation");
        } else {
            const json step = {
                {"id", model_.new_id("steps")}, {"type", "task"}, {"state", "ready"}};
            const auto id = model_.put(business_, "jobs",
                                       {{"type", "task"},
                                        {"state", "ready"},
                                        {"data", body["data"]},
                                        {"steps", json::array({step})}},
                                       {});
            reply.body = business_.jobs.find(*id)->second.data.dump();
        }
        reply.route = "POST /jobs";
        return reply;
    }

    Reply complete_step(const std::string& job_id, const std::string& step_id) {
        const json body = json::parse(request_.body, nullptr, false);
        Reply reply;
        if (!body.is_object() || text_of(body, "state") != "completed") {
            reply = failed(400, "a step is completed by {\"state\": \"completed\"}", "validation");
        } else if (!model_.complete_step(business_, job_id, step_id)) {
            reply = not_found("step");
        } else {
            reply.body = business_.jobs.find(job_id)->second.data.dump();
        }
        reply.route = "PUT /jobs/{id}/steps/{id}";
        return reply;
    }

    // No document tells how a charge is added: see docs/simulators.md.
    Reply add_charge(const std::string& rental_id) {
        json charge = json::parse(request_.body, nullptr, false);
        const auto rental = business_.rentals.find(rental_id);
        Reply reply;
        if (rental == business_.rentals.end()) {
            reply = not_found("unit-rentals");
        } else if (!charge.is_object() || text_of(charge, "title").empty() ||
                   !charge.value("amount", json(nullptr)).is_number()) {
            reply = failed(400, "a charge has a title and an amount", "validation");
        } else {
            charge["id"] = model_.new_id("charges");
            reply.body = charge.dump();
            rental->second.data["charges"].push_back(std::move(charge));
            rental->second.data["updated"] = format_utc(clock_.now_ms());
        }
        reply.route = "POST /unit-rentals/{id}/charges";
        return reply;
    }

    Reply on_entity(const Resource& resource, const std::string& id) {
        Entity* entity = find_entity(*StoreganiseModel::collection(business_, resource.collection),
                                     resource, id);
        Reply reply;
        if (entity == nullptr) {
            reply = not_found(resource.path);
        } else if (request_.method == "GET") {
            reply.body = shown(model_, business_, resource, *entity, includes_of(query_));
        } else if (request_.method == "PUT") {
            reply = write(resource, *entity);
        } else {
            return failed(405, "method not allowed", "methodNotAllowed");
        }
        reply.route = request_.method == "GET" ? resource.get_one : resource.put_one;
        return reply;
    }

    Reply write(const Resource& resource, Entity& entity) {
        const json body = json::parse(request_.body, nullptr, false);
        if (!body.is_object()) return failed(400, "the body is not a JSON object", "validation");
        if (const auto problem = problem_of(resource, body)) {
            return failed(400, *problem, "validation");
        }
        const json fields = body.value("customFields", json::object());
        StoreganiseModel::merge_fields(entity, fields);
        entity.data["updated"] = format_utc(clock_.now_ms());
        if (resource.collection == "rentals" && !fields.empty() && model_.on_rental_fields) {
            std::vector<std::string> codes;
            for (const auto& [code, value] : fields.items()) {
                codes.push_back(code);
            }
            model_.on_rental_fields(business_, entity.data["id"].get<std::string>(), codes);
        }
        Reply reply;
        reply.body = shown(model_, business_, resource, entity, {"customFields"});
        return reply;
    }

    std::optional<std::string> problem_of(const Resource& resource, const json& body) const {
        for (const auto& [name, value] : body.items()) {
            const bool is_fields = name == "customFields" && value.is_object();
            if (!is_fields) return "this cannot be written here: " + name;
        }
        const auto unknown =
            unknown_code(business_, resource, body.value("customFields", json::object()));
        if (unknown) return "no custom field has the code " + *unknown;
        return std::nullopt;
    }

    StoreganiseModel& model_;
    Business& business_;
    const Request& request_;
    Query query_;
    SimClock clock_;
};

Reply StoreganiseApi::answer(const Request& request) {
    std::vector<std::string> segments = segments_of(request.path);
    std::string code;
    if (segments.size() >= 2 && segments[0] == "b") {
        code = segments[1];
        segments.erase(segments.begin(), segments.begin() + 2);
    }
    const bool is_admin = segments.size() >= 3 && segments[0] == "api" && segments[1] == "v1" &&
                          segments[2] == "admin";
    if (!is_admin) return not_found("route");
    segments.erase(segments.begin(), segments.begin() + 3);
    const Credentials credentials = credentials_of(request);
    Business* business = model_.find_by_key(credentials.key);
    if (business == nullptr || !is_let_in(*business, credentials)) {
        return failed(401, "unknown API key", "unauthorized");
    }
    if (!code.empty() && business->code != code) {
        return failed(403, "the API key is another business's", "forbidden");
    }
    Reply reply = StoreganiseCall(model_, *business, request).answer(segments);
    reply.account = business->code;
    return reply;
}

std::string StoreganiseApi::error_body(int status) {
    return failed(status, status == 429 ? "too many requests" : "simulated failure",
                  status == 429 ? "rateLimit" : "server")
        .body;
}

}  // namespace gatehouse::simulators
