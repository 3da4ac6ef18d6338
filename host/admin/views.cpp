#include "admin/views.hpp"

#include "access/rental_record.hpp"
#include "admin/explain_parts.hpp"
#include "base/json.hpp"

namespace gatehouse::admin {
namespace {

using nlohmann::json;

json state_in(const json& document) {
    const auto state = string_member(document, "state");
    return state ? json(*state) : json(nullptr);
}

json secrets_view(const std::vector<config::LabelledSecret>& secrets, const std::string& source,
                  const std::vector<store::SecretUse>& uses) {
    json list = json::array();
    for (const config::LabelledSecret& secret : secrets) {
        UnixMs last_ms = 0;
        for (const store::SecretUse& use : uses) {
            if (use.source == source && use.label == secret.label) last_ms = use.last_used_ms;
        }
        list.push_back({{"label", secret.label}, {"last_used", time_or_null(last_ms)}});
    }
    return list;
}

json connection_view(const config::Connection& connection,
                     const std::vector<store::SecretUse>& uses) {
    return {{"connection", connection.name},
            {"plugin", connection.plugin},
            {"shadow", connection.is_shadow},
            {"isolated", connection.is_isolated},
            {"webhook_secrets", secrets_view(connection.webhook_secrets, connection.name, uses)}};
}

}  // namespace

json time_or_null(UnixMs at_ms) {
    return at_ms == 0 ? json(nullptr) : json(format_utc(at_ms));
}

json event_view(const store::Event& event) {
    return {{"id", event.id},
            {"business", event.business},
            {"source", event.source},
            {"sender_id", event.sender_id},
            {"type", event.type},
            {"state", store::to_string(event.state)},
            {"received", time_or_null(event.received_ms)},
            {"finished", time_or_null(event.finished_ms)},
            {"copies", event.copies},
            {"verified_by", event.verified_by}};
}

json timeline_view(const std::vector<store::TimelineStep>& steps) {
    json list = json::array();
    for (const store::TimelineStep& entry : steps) {
        list.push_back({{"at", time_or_null(entry.step.at_ms)},
                        {"kind", observe::to_string(entry.step.kind)},
                        {"rental", entry.rental_id.empty() ? json(nullptr) : json(entry.rental_id)},
                        {"text", entry.step.text}});
    }
    return list;
}

json dead_letter_view(const dispatch::DeadLetter& letter) {
    return {{"id", letter.id},
            {"business", letter.business},
            {"task", dispatch::to_string(letter.kind)},
            {"key", letter.key},
            {"attempts", letter.attempts},
            {"died", time_or_null(letter.died_ms)},
            {"event", letter.event_id == 0 ? json(nullptr) : json(letter.event_id)},
            {"error", to_string(letter.error.kind)},
            {"message", letter.error.message}};
}

json plugin_view(const plugins::PluginStatus& status) {
    json isolated = json::array();
    for (const plugins::IsolatedConnection& one : status.isolated) {
        isolated.push_back({{"connection", one.connection},
                            {"state", plugins::to_string(one.state)},
                            {"reason", one.why},
                            {"until", time_or_null(one.until_ms)},
                            {"restart_due", time_or_null(one.restart_due_ms)}});
    }
    return {{"plugin", status.id},
            {"version", status.version},
            {"library", status.library},
            {"state", plugins::to_string(status.state)},
            {"reason", status.reason},
            {"features", status.features},
            {"runners", status.runners},
            {"calls", status.calls_total},
            {"deaths", status.deaths_total},
            {"shut", status.shut},
            {"restart_due", time_or_null(status.restart_due_ms)},
            {"sandbox", status.sandbox},
            {"own_runners", status.own_runners},
            {"isolated", std::move(isolated)}};
}

json business_view(const config::Business& business, const std::vector<store::SecretUse>& uses) {
    json sites = json::array();
    for (const config::Site& site : business.sites) {
        sites.push_back({{"site", site.site}, {"access", site.access}, {"targets", site.targets}});
    }
    json connections = json::array();
    for (const auto& [name, connection] : business.connections) {
        connections.push_back(connection_view(connection, uses));
    }
    const auto& account = business.storeganise;
    return {{"business", business.business},
            {"storeganise",
             {{"api", account.api},
              {"webhook_secrets", secrets_view(account.webhook_secrets, "storeganise", uses)}}},
            {"connections", std::move(connections)},
            {"sites", std::move(sites)}};
}

json wanted_of(const access::RentalRecord& record) {
    const auto grant = parse_json(record.grant_json);
    const json* attempted = grant ? member(*grant, "attempted") : nullptr;
    if (attempted != nullptr && attempted->is_object()) return *attempted;
    auto desired = parse_json(record.desired_json);
    return desired && desired->is_object() ? std::move(*desired) : json();
}

json rental_view(const access::RentalRecord& record) {
    const json grant = document(record.grant_json);
    return {{"rental", record.rental_id},
            {"unit", record.unit_id},
            {"unit_name", record.unit_name},
            {"site", record.site_id},
            {"renter", record.renter_id},
            {"connection", record.connection},
            {"desired", state_in(wanted_of(record))},
            {"granted", confirmed_of(grant)},
            {"grant_pending", is_pending(grant)},
            {"updated", time_or_null(record.updated_ms)}};
}

}  // namespace gatehouse::admin
