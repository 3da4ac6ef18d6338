#include "simulators/unloc_control.hpp"

#include <stdexcept>
#include <string>

#include "simulators/unloc_api.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

std::optional<UnixMs> time_in(const json& object, const char* member) {
    const auto found = object.find(member);
    if (found == object.end() || found->is_null()) return std::nullopt;
    const auto at_ms = parse_utc(found->get<std::string>());
    if (!at_ms) throw std::invalid_argument(std::string(member) + ": not a time");
    return *at_ms;
}

// Changes only what is named.
template <typename Value>
void take(const json& wanted, const char* member, Value& into) {
    if (wanted.contains(member)) into = wanted[member].get<Value>();
}

void take_settings(UnlocProject& project, const json& wanted) {
    take(wanted, "job_polls", project.job_polls);
    take(wanted, "job_outcome", project.job_outcome);
    take(wanted, "created_shape", project.created_shape);
    take(wanted, "shows_metadata", project.shows_metadata);
    take(wanted, "takes_second_key", project.takes_second_key);
    take(wanted, "has_mobile_key", project.has_mobile_key);
    take(wanted, "token_s", project.token_s);
}

UnlocKey& known_key(UnlocProject& project, const json& id) {
    UnlocKey* key = project.key(id.get<std::string>());
    if (key == nullptr) throw std::invalid_argument("no key " + id.dump());
    return *key;
}

UnlocProject& known_project(UnlocModel& model, const json& wanted) {
    const std::string id = wanted.at("project").get<std::string>();
    UnlocProject* project = model.find(id);
    if (project == nullptr) throw std::invalid_argument("no project " + id);
    return *project;
}

void seed_key(UnlocModel& model, UnlocProject& project, const json& wanted) {
    UnlocKey key;
    key.id = model.new_id();
    key.lock_id = wanted.at("lock_id").get<std::string>();
    key.phone = wanted.at("phone").get<std::string>();
    key.start = time_in(wanted, "start");
    key.end = time_in(wanted, "end");
    key.recurrence = wanted.value("recurrence", json());
    key.metadata = wanted.value("metadata", json());
    key.created_at = format_utc(model.now_ms());
    key.is_made = true;
    key.is_integrators = false;
    project.keys.push_back(std::move(key));
}

}  // namespace

void seed_unloc(UnlocModel& model, const json& wanted) {
    UnlocProject& project = model.project(wanted.at("project").get<std::string>());
    take(wanted, "name", project.name);
    take(wanted, "client_id", project.client_id);
    take(wanted, "client_secret", project.client_secret);
    take_settings(project, wanted);
    for (const json& entry : wanted.value("locks", json::array())) {
        const std::string id = entry.at("id").get<std::string>();
        UnlocLock& lock = project.locks[id];
        lock.id = id;
        take(entry, "name", lock.name);
        take(entry, "anonymised", lock.is_anonymised);
    }
    for (const json& entry : wanted.value("keys", json::array())) {
        seed_key(model, project, entry);
    }
}

json change_unloc(UnlocModel& model, const json& wanted) {
    UnlocProject& project = known_project(model, wanted);
    take_settings(project, wanted);
    if (wanted.value("expire_tokens", false)) model.expire_tokens();
    if (wanted.value("finish_jobs", false)) {
        for (auto& [id, job] : project.jobs) {
            if (job.status == "pending" || job.status == "inProgress") {
                job.outcome = project.job_outcome;
                UnlocModel::finish(project, job);
            }
        }
    }
    if (wanted.contains("webhook")) {
        const json& webhook = wanted["webhook"];
        project.webhooks.push_back({model.new_id(), webhook.at("lock_id").get<std::string>(),
                                    webhook.at("url").get<std::string>()});
    }
    if (wanted.contains("expire_key")) known_key(project, wanted["expire_key"]).is_expired = true;
    if (wanted.contains("revoke_key")) known_key(project, wanted["revoke_key"]).is_revoked = true;
    return json::object();
}

json unloc_doors(UnlocModel& model, const Query& query) {
    const std::string_view at = value_of(query, "at");
    const auto at_ms = at.empty() ? Result<UnixMs>(model.now_ms()) : parse_utc(at);
    if (!at_ms) throw std::invalid_argument("at: not a time");
    const std::string_view wanted = value_of(query, "project");
    json list = json::array();
    for (const auto& [id, project] : model.projects()) {
        if (!wanted.empty() && wanted != id) continue;
        for (const UnlocKey* key :
             UnlocModel::open_keys(project, value_of(query, "phone"), *at_ms)) {
            const auto lock = project.locks.find(key->lock_id);
            list.push_back({{"project", id},
                            {"lock_id", key->lock_id},
                            {"lock_name", lock == project.locks.end() ? "" : lock->second.name},
                            {"key_id", key->id}});
        }
    }
    return list;
}

json dump_unloc(UnlocModel& model) {
    json all = json::object();
    for (const auto& [id, project] : model.projects()) {
        json keys = json::array();
        for (const UnlocKey& key : project.keys) {
            json one = to_json(key, project, model.now_ms());
            one["metadata"] = key.metadata;
            keys.push_back(std::move(one));
        }
        json jobs = json::array();
        for (const auto& [job_id, job] : project.jobs) {
            jobs.push_back(to_json(job, project));
        }
        json locks = json::array();
        for (const auto& [lock_id, lock] : project.locks) {
            locks.push_back({{"id", lock_id}, {"name", lock.name}});
        }
        json webhooks = json::array();  // their URLs hold the password
        for (const UnlocWebhook& webhook : project.webhooks) {
            webhooks.push_back({{"id", webhook.id}, {"lockId", webhook.lock_id}});
        }
        all[id] = {{"keys", keys}, {"jobs", jobs}, {"locks", locks}, {"webhooks", webhooks}};
    }
    return all;
}

}  // namespace gatehouse::simulators
