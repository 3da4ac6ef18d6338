// /integrations and /event_sets: who is told of events, and the events that there were.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "simulators/kisi_page.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxEventsAtOnce = 50;
constexpr std::int64_t kWidestMs = 90LL * 86'400'000;

bool is_text(const json& body, const char* member) {
    return body.contains(member) && body[member].is_string() && !body[member].empty();
}

// The refusal, or status 200.
Reply update(KisiIntegration& integration, const json& body) {
    if (body.contains("enabled_events") && !body["enabled_events"].is_array()) {
        return kisi_invalid("enabled_events", "is invalid");
    }
    if (body.contains("name")) integration.name = body["name"].get<std::string>();
    if (body.contains("url")) integration.url = body["url"].get<std::string>();
    if (body.contains("enabled_events")) {
        integration.enabled_events = body["enabled_events"].get<std::vector<std::string>>();
    }
    if (is_text(body, "signature_key")) integration.signature_key = body["signature_key"];
    integration.is_enabled = body.value("enabled", integration.is_enabled);
    if (body.contains("enabled") && integration.is_enabled) {
        integration.is_disabled_due_to_error = false;
        integration.failures = 0;
    }
    return {};
}

Reply create_integration(KisiCall& call) {
    Reply refusal;
    const json body =
        unwrap(call, "integration",
               {"name", "type", "url", "enabled", "enabled_events", "signature_key"}, refusal);
    if (body.is_null()) return refusal;
    for (const char* must : {"name", "type", "url"}) {
        if (!is_text(body, must)) return kisi_invalid(must, "can't be blank");
    }
    KisiIntegration integration;
    integration.type = body["type"].get<std::string>();
    Reply updated = update(integration, body);
    if (updated.status != 200) return updated;
    KisiIntegration& made = call.model.add(call.organization, std::move(integration));
    call.recorder.count("kisi", "integrations_created");
    return kisi_ok(to_json(made, call.organization));
}

json page_of(const KisiOrganization& organization, const KisiEventSet& set, std::size_t begin,
             std::size_t limit) {
    json answer = {{"id", set.id},
                   {"resource_type", "EventSet"},
                   {"status", set.polls_left > 0 ? "in_progress" : "finished"},
                   {"events", json::array()},
                   {"cursor", nullptr}};
    if (set.polls_left > 0) return answer;
    std::vector<const KisiEvent*> found;
    for (const KisiEvent& event : organization.events) {
        if (event.at_ms >= set.from_ms && event.at_ms <= set.until_ms) found.push_back(&event);
    }
    const std::size_t end = std::min(found.size(), begin + limit);
    for (std::size_t i = begin; i < end; ++i) {
        answer["events"].push_back(found[i]->document);
    }
    if (end < found.size()) answer["cursor"] = "c" + std::to_string(end);
    return answer;
}

// Kisi's form of an interval is not published where it could be read: "from/until" is invented.
bool read_interval(const json& body, KisiEventSet& set) {
    const std::string text = body.value("interval", "");
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) return false;
    const auto from_ms = parse_utc(text.substr(0, slash));
    const auto until_ms = parse_utc(text.substr(slash + 1));
    if (!from_ms || !until_ms || *until_ms - *from_ms > kWidestMs) return false;
    set.from_ms = *from_ms;
    set.until_ms = *until_ms + 999;
    return true;
}

}  // namespace

json to_json(const KisiIntegration& integration, const KisiOrganization& organization) {
    return {{"id", integration.id},
            {"resource_type", "Integration"},
            {"name", integration.name},
            {"type", integration.type},
            {"url", integration.url},
            {"enabled", integration.is_enabled},
            {"enabled_events", integration.enabled_events},
            {"disabled_due_to_error", integration.is_disabled_due_to_error},
            {"organization_id", organization.id},
            {"created_at", integration.created_at},
            {"updated_at", integration.updated_at}};
}

Reply answer_integrations(KisiCall& call) {
    const std::string& method = call.request.method;
    auto& integrations = call.organization.integrations;
    if (call.id < 0) {
        if (method == "POST") return create_integration(call);
        if (method != "GET") return kisi_method_not_allowed();
        return kisi_list(call, integrations, 10, 250);
    }
    const auto found = integrations.find(call.id);
    if (found == integrations.end()) return kisi_not_found();
    if (method == "GET") return kisi_ok(to_json(found->second, call.organization));
    if (method == "DELETE") {
        integrations.erase(found);
        return kisi_no_content();
    }
    if (method != "PATCH") return kisi_method_not_allowed();
    Reply refusal;
    const json body =
        unwrap(call, "integration", {"name", "url", "enabled", "enabled_events", "signature_key"},
               refusal);
    if (body.is_null()) return refusal;
    Reply updated = update(found->second, body);
    return updated.status == 200 ? kisi_no_content() : updated;
}

Reply answer_event_sets(KisiCall& call) {
    KisiOrganization& organization = call.organization;
    if (call.id < 0) {
        if (call.request.method != "POST") return kisi_method_not_allowed();
        Reply refusal;
        const json body = unwrap(call, "event_set", {"interval", "event_type"}, refusal);
        if (body.is_null()) return refusal;
        KisiEventSet set;
        if (!read_interval(body, set)) return kisi_invalid("interval", "is invalid");
        set.id = call.model.new_id();
        set.polls_left = call.model.event_set_polls;
        organization.event_sets[set.id] = set;
        Reply reply = kisi_ok(page_of(organization, set, 0, kMaxEventsAtOnce));
        reply.is_search = true;
        return reply;
    }
    const auto found = organization.event_sets.find(call.id);
    if (found == organization.event_sets.end()) return kisi_not_found();
    if (call.request.method != "GET") return kisi_method_not_allowed();
    if (found->second.polls_left > 0) --found->second.polls_left;
    const std::string_view cursor = value_of(call.query, "cursor");
    const KisiId begin = cursor.empty() ? 0 : to_id(cursor.substr(1));
    if (begin < 0) return kisi_error(400, "Invalid cursor", "ffffff");
    const std::int64_t limit = number_of(call.query, "limit", 10, 1, kMaxEventsAtOnce);
    return kisi_ok(page_of(organization, found->second, static_cast<std::size_t>(begin),
                           static_cast<std::size_t>(limit)));
}

}  // namespace gatehouse::simulators
