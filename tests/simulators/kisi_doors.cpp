// /groups, /group_locks and /locks.
#include <utility>

#include "simulators/kisi_page.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

bool has_lock(const KisiOrganization& organization, KisiId group_id, KisiId lock_id) {
    for (const auto& [unused, link] : organization.group_locks) {
        if (link.group_id == group_id && link.lock_id == lock_id) return true;
    }
    return false;
}

Reply list_groups(const KisiCall& call) {
    const std::string words = to_lower(value_of(call.query, "query"));
    const KisiId lock_id = to_id(value_of(call.query, "lock_id"));
    const auto& groups = call.organization.groups;
    if (lock_id < 0 && words.empty()) return kisi_list(call, groups, 10, 250);
    return kisi_list(call, groups, 10, 250, [&](const KisiGroup& group) {
        if (lock_id >= 0 && !has_lock(call.organization, group.id, lock_id)) return false;
        return words.empty() || to_lower(group.name).find(words) != std::string::npos;
    });
}

Reply create_group(KisiCall& call) {
    Reply refusal;
    const json body =
        unwrap(call, "group", {"name", "description", "place_id", "login_enabled"}, refusal);
    if (body.is_null()) return refusal;
    if (!body.contains("name") || !body["name"].is_string()) {
        return kisi_invalid("name", "can't be blank");
    }
    KisiGroup group;
    group.name = body["name"].get<std::string>();
    return kisi_ok(to_json(call.model.add(call.organization, std::move(group)), call.organization));
}

Reply create_group_lock(KisiCall& call) {
    Reply refusal;
    const json body = unwrap(call, "group_lock", {"group_id", "lock_id"}, refusal);
    if (body.is_null()) return refusal;
    KisiGroupLock link;
    if (body.contains("group_id") && body["group_id"].is_number_integer()) {
        link.group_id = body["group_id"].get<KisiId>();
    }
    if (body.contains("lock_id") && body["lock_id"].is_number_integer()) {
        link.lock_id = body["lock_id"].get<KisiId>();
    }
    if (call.organization.groups.count(link.group_id) == 0) {
        return kisi_invalid("group_id", "must exist");
    }
    if (call.organization.locks.count(link.lock_id) == 0) {
        return kisi_invalid("lock_id", "must exist");
    }
    return kisi_ok(to_json(call.model.add(call.organization, std::move(link)), call.organization));
}

Reply act_on(KisiLock& lock, const std::string& action) {
    if (action == "lock_down" || action == "cancel_lockdown") {
        lock.locked_down = action == "lock_down";
        return kisi_no_content();
    }
    if (action != "unlock") return kisi_not_found();
    if (lock.locked_down) return kisi_error(403, "Door is locked down", "fad001");
    return kisi_ok({{"message", "Unlocked!"}});
}

}  // namespace

Reply answer_groups(KisiCall& call) {
    const std::string& method = call.request.method;
    if (call.id < 0) {
        if (method == "GET") return list_groups(call);
        return method == "POST" ? create_group(call) : kisi_method_not_allowed();
    }
    const auto found = call.organization.groups.find(call.id);
    if (found == call.organization.groups.end()) return kisi_not_found();
    if (method == "GET") return kisi_ok(to_json(found->second, call.organization));
    if (method != "DELETE") return kisi_method_not_allowed();
    KisiModel::remove_group(call.organization, call.id);
    return kisi_no_content();
}

Reply answer_group_locks(KisiCall& call) {
    const std::string& method = call.request.method;
    if (call.id < 0 && method == "POST") return create_group_lock(call);
    if (call.id < 0 && method == "GET") {
        const KisiId group_id = to_id(value_of(call.query, "group_id"));
        if (group_id < 0) return kisi_error(400, "Parameter missing: group_id", "ffffff");
        return kisi_list(call, call.organization.group_locks, 10, 250,
                         [&](const KisiGroupLock& link) { return link.group_id == group_id; });
    }
    const auto found = call.organization.group_locks.find(call.id);
    if (found == call.organization.group_locks.end()) return kisi_not_found();
    if (method == "GET") return kisi_ok(to_json(found->second, call.organization));
    if (method != "DELETE") return kisi_method_not_allowed();
    call.organization.group_locks.erase(found);
    return kisi_no_content();
}

Reply answer_locks(KisiCall& call) {
    const std::string& method = call.request.method;
    if (call.id < 0) {
        if (method != "GET") return kisi_method_not_allowed();
        const std::string words = to_lower(value_of(call.query, "query"));
        return kisi_list(call, call.organization.locks, 50, 250, [&](const KisiLock& lock) {
            return words.empty() || to_lower(lock.name).find(words) != std::string::npos;
        });
    }
    const auto found = call.organization.locks.find(call.id);
    if (found == call.organization.locks.end()) return kisi_not_found();
    if (method == "POST") return act_on(found->second, call.action);
    if (method != "GET" || !call.action.empty()) return kisi_method_not_allowed();
    return kisi_ok(to_json(found->second, call.organization));
}

}  // namespace gatehouse::simulators
