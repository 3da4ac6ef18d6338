// KisiCall: one authenticated request to the Kisi API, and what its resources have in common:
// envelopes, error bodies, pages. Each resource is one function of kisi_*.cpp.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

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

}  // namespace gatehouse::simulators
