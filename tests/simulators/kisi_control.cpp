#include "simulators/kisi_control.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "simulators/announce.hpp"
#include "simulators/sim_clock.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

constexpr int kFailuresUntilOff = 3;  // Kisi's own number is not published

KisiOrganization& organization_in(World& world, const json& body) {
    KisiOrganization* found = world.kisi.find(body.at("organization").get<std::string>());
    if (found == nullptr) throw std::invalid_argument("no such organization");
    return *found;
}

const KisiLock& lock_in(const KisiOrganization& organization, const json& body) {
    for (const auto& [id, lock] : organization.locks) {
        const bool is_it = body.contains("lock_id") ? body["lock_id"] == id
                                                    : body.value("lock_name", "") == lock.name;
        if (is_it) return lock;
    }
    throw std::invalid_argument("no such lock");
}

UnixMs time_in(const json& body) {
    if (!body.contains("occurred_at")) return SimClock().now_ms();
    const auto at_ms = parse_utc(body["occurred_at"].get<std::string>());
    if (!at_ms) throw std::invalid_argument("occurred_at: not a time");
    return *at_ms;
}

KisiEvent event_from(World& world, KisiOrganization& organization, const json& body) {
    const KisiLock& lock = lock_in(organization, body);
    const std::string email = body.value("email", "");
    const KisiUser* user = email.empty() ? nullptr : KisiModel::user_by_email(organization, email);
    if (!email.empty() && user == nullptr) throw std::invalid_argument("no such user");
    KisiEvent event;
    event.at_ms = time_in(body);
    event.document = {{"uuid", body.value("uuid", "event-" + std::to_string(world.kisi.new_id()))},
                      {"actor_type", user == nullptr ? json() : json("User")},
                      {"actor_id", user == nullptr ? json() : json(user->id)},
                      {"actor_name", user == nullptr ? json() : json(user->name)},
                      {"object_type", "Lock"},
                      {"object_id", lock.id},
                      {"object_name", lock.name},
                      {"organization_id", organization.id},
                      {"place_id", nullptr},
                      {"success", body.value("success", true)},
                      {"type", body.value("type", "lock.unlock")},
                      {"error_code", body.value("error_code", json())},
                      {"error_message", nullptr},
                      {"created_at", format_utc(event.at_ms)}};
    return event;
}

// What is left to send, one webhook after the other.
struct Telling {
    std::string organization;
    std::string body;
    json options;
    json made;
    std::vector<KisiId> integrations;
    json deliveries = json::array();
};

Order order_for(const KisiIntegration& integration, const json& options) {
    json wanted = {{"url", integration.url}};
    if (options.contains("to")) {
        const std::size_t path = integration.url.find('/', integration.url.find("://") + 3);
        wanted["url"] = options["to"].get<std::string>() + integration.url.substr(path);
    }
    for (const char* name : {"copies", "attempts", "timeout_ms", "retry_ms"}) {
        if (options.contains(name)) wanted[name] = options[name];
    }
    return order_from(wanted, integration.signature_key);
}

std::string signature_of(const KisiIntegration& integration, const std::string& body,
                         bool is_bare) {
    const std::string mac = from_base64(sign(integration.signature_key, body)).value_or("");
    return (is_bare ? "" : "sha256=") + to_hex(mac);
}

void note_outcomes(KisiIntegration& integration, const json& outcomes) {
    for (const json& outcome : outcomes) {
        const bool is_good = outcome.value("status", 0) == 200;
        integration.failures = is_good ? 0 : integration.failures + 1;
    }
    if (integration.failures >= kFailuresUntilOff) integration.is_disabled_due_to_error = true;
}

void tell_next(boost::asio::io_context& io, World& world, const std::shared_ptr<Telling>& telling,
               const Responder& respond) {
    KisiOrganization* organization = world.kisi.find(telling->organization);
    if (telling->integrations.empty() || organization == nullptr) {
        telling->made["deliveries"] = telling->deliveries;
        return respond(json_reply(telling->made));
    }
    const KisiId id = telling->integrations.back();
    telling->integrations.pop_back();
    KisiIntegration& integration = organization->integrations[id];
    Order order = order_for(integration, telling->options);
    order.rules.headers = {{"X-Signature", signature_of(integration, telling->body,
                                                        telling->options.value("bare", false))}};
    send_all(io, std::move(order), {Message{telling->body, ""}},
             [&io, &world, telling, respond, id](const json& outcomes) {
                 if (KisiOrganization* told = world.kisi.find(telling->organization)) {
                     note_outcomes(told->integrations[id], outcomes);
                 }
                 for (const json& outcome : outcomes)
                     telling->deliveries.push_back(outcome);
                 tell_next(io, world, telling, respond);
             });
}

}  // namespace

void control_kisi_event(boost::asio::io_context& io, World& world, const json& body,
                        const Responder& respond) {
    KisiOrganization& organization = organization_in(world, body);
    KisiEvent event = event_from(world, organization, body);
    auto telling = std::make_shared<Telling>();
    telling->organization = organization.name;
    telling->body = event.document.dump();
    telling->options = body;
    telling->made = {{"uuid", event.document["uuid"]}};
    const std::string type = event.document["type"];
    for (const auto& [id, integration] : organization.integrations) {
        const auto& types = integration.enabled_events;
        const bool is_wanted = std::find(types.begin(), types.end(), type) != types.end();
        const bool is_on = integration.is_enabled && !integration.is_disabled_due_to_error;
        if (is_wanted && is_on && body.value("deliver", true)) {
            telling->integrations.push_back(id);
        }
    }
    organization.events.push_back(std::move(event));
    tell_next(io, world, telling, respond);
}

json disable_kisi_webhooks(World& world, const json& body) {
    int count = 0;
    for (auto& [id, integration] : organization_in(world, body).integrations) {
        integration.is_disabled_due_to_error = true;
        ++count;
    }
    return {{"count", count}};
}

}  // namespace gatehouse::simulators
