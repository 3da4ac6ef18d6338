// KisiCall: one authenticated request to the Kisi API, and what its resources have in common:
// envelopes, error bodies, pages. Each resource is one function of kisi_*.cpp.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "simulators/http_front.hpp"
#include "simulators/kisi_model.hpp"
#include "simulators/query.hpp"
#include "simulators/recorder.hpp"

namespace gatehouse::simulators {

struct KisiCall {
    KisiModel& model;
    Recorder& recorder;
    KisiOrganization& organization;
    KisiId user_id;
    const Request& request;
    Query query;
    KisiId id = -1;      // in the path; -1 = none
    std::string action;  // after the id: "unlock"
};

// Each answers every verb of its path.
Reply answer_users(KisiCall& call);
Reply answer_role_assignments(KisiCall& call);
Reply answer_shares(KisiCall& call);  // deprecated
Reply answer_roles(KisiCall& call);
Reply answer_groups(KisiCall& call);
Reply answer_group_locks(KisiCall& call);
Reply answer_locks(KisiCall& call);
Reply answer_integrations(KisiCall& call);
Reply answer_event_sets(KisiCall& call);

nlohmann::json to_json(const KisiUser& user, const KisiOrganization& organization);
nlohmann::json to_json(const KisiGroup& group, const KisiOrganization& organization);
nlohmann::json to_json(const KisiLock& lock, const KisiOrganization& organization);
nlohmann::json to_json(const KisiGroupLock& group_lock, const KisiOrganization& organization);
nlohmann::json to_json(const KisiRoleAssignment& assignment, const KisiOrganization& organization);
nlohmann::json to_json(const KisiIntegration& integration, const KisiOrganization& organization);

// {"error": text, "code": code}
Reply kisi_error(int status, std::string_view text, std::string_view code);
Reply kisi_not_found();
Reply kisi_method_not_allowed();

// 422 {"errors": {field: [text]}}
Reply kisi_invalid(std::string_view field, std::string_view text);

Reply kisi_ok(const nlohmann::json& object);
Reply kisi_no_content();

// The object inside the envelope {"<name>": {...}}; sets `refusal` and returns null if it is
// missing or has a member that is not in `allowed`.
nlohmann::json unwrap(const KisiCall& call, const char* name,
                      std::initializer_list<std::string_view> allowed, Reply& refusal);

// The deprecated parts of the API answer, with the header that announces it, and are counted.
void mark_deprecated(const KisiCall& call, Reply& reply);

// Writes X-Collection-Range: the end is not clipped to the total, and an empty list has "*/0".
std::string collection_range(std::int64_t offset, std::int64_t limit, std::int64_t total);

// One page of the objects that pass, as every list of Kisi's.
template <typename Object, typename Pass>
Reply kisi_list(const KisiCall& call, const std::map<KisiId, Object>& objects,
                std::int64_t default_limit, std::int64_t max_limit, Pass passes) {
    const std::int64_t limit = number_of(call.query, "limit", default_limit, 1, max_limit);
    const std::int64_t offset = number_of(call.query, "offset", 0, 0, INT64_MAX);
    if (offset > 20'000) return kisi_error(400, "Offset must be at most 20000", "ffffff");
    const std::vector<std::string> ids = split(value_of(call.query, "ids"), ',');
    Reply reply;
    reply.body = "[";
    std::int64_t total = 0;
    for (const auto& [id, object] : objects) {
        if (!ids.empty() && std::find(ids.begin(), ids.end(), std::to_string(id)) == ids.end()) {
            continue;
        }
        if (!passes(object)) continue;
        const std::int64_t at = total++;
        if (at < offset || at >= offset + limit) continue;
        if (at > offset) reply.body += ',';
        reply.body += to_json(object, call.organization).dump();
    }
    reply.body += ']';
    reply.headers = collection_range(offset, limit, total);
    return reply;
}

}  // namespace gatehouse::simulators
