#include "simulators/unloc_model.hpp"

#include <algorithm>
#include <cstdio>

namespace gatehouse::simulators {
namespace {

constexpr std::int64_t kSecondMs = 1000;

}  // namespace

UnlocKey* UnlocProject::key(std::string_view key_id) {
    const auto found = std::find_if(keys.begin(), keys.end(),
                                    [&](const UnlocKey& one) { return one.id == key_id; });
    return found == keys.end() ? nullptr : &*found;
}

std::string_view state_of(const UnlocKey& key, UnixMs now_ms) {
    if (key.is_failed) return "error";
    if (key.is_revoked) return "revoked";
    if (!key.is_made) return "creating";
    if (key.is_expired || (key.end && *key.end <= now_ms)) return "expired";
    if (key.start && *key.start > now_ms) return "scheduled";
    return key.recurrence.is_null() ? "active" : "inactive";
}

UnlocProject& UnlocModel::project(const std::string& id) {
    const auto [at, is_new] = projects_.try_emplace(id);
    if (is_new) {
        at->second.id = id;
        at->second.name = "Project " + id;
        at->second.client_id = "unloc-client-" + id;
        at->second.client_secret = "unloc-secret-" + id;
    }
    return at->second;
}

UnlocProject* UnlocModel::find(std::string_view id) {
    const auto found = projects_.find(id);
    return found == projects_.end() ? nullptr : &found->second;
}

std::string UnlocModel::issue_token(UnlocProject& project) {
    std::string token = "eyJ." + new_id() + ".unloc";
    tokens_[token] = {&project, now_ms() + project.token_s * kSecondMs};
    return token;
}

UnlocProject* UnlocModel::caller(const std::string& token) const {
    const auto found = tokens_.find(token);
    const bool is_good = found != tokens_.end() && now_ms() < found->second.until_ms;
    return is_good ? found->second.project : nullptr;
}

void UnlocModel::poll(UnlocProject& project, UnlocJob& job) {
    const bool is_running = job.status == "pending" || job.status == "inProgress";
    if (!is_running) return;
    if (job.polls_left == 0) return finish(project, job);
    job.status = "inProgress";
    if (job.polls_left > 0) --job.polls_left;
}

void UnlocModel::finish(UnlocProject& project, UnlocJob& job) {
    job.status = job.outcome;
    const bool is_good = job.outcome == "succeeded";
    if (!is_good) job.failure = "the simulator was told so";
    for (const std::string& id : job.key_ids) {
        UnlocKey* key = project.key(id);
        if (key == nullptr) continue;
        key->is_made = is_good;
        key->is_failed = !is_good;
    }
}

std::vector<const UnlocKey*> UnlocModel::open_keys(const UnlocProject& project,
                                                   std::string_view phone, UnixMs at_ms) {
    std::vector<const UnlocKey*> keys;
    for (const UnlocKey& key : project.keys) {
        if (key.phone == phone && state_of(key, at_ms) == "active") keys.push_back(&key);
    }
    return keys;
}

std::string UnlocModel::new_id() {
    char text[40];
    std::snprintf(text, sizeof(text), "5e000000-0000-4000-8000-%012llx",
                  static_cast<unsigned long long>(next_id_++));
    return text;
}

void UnlocModel::reset() {
    projects_.clear();
    tokens_.clear();
    next_id_ = 1;
}

}  // namespace gatehouse::simulators
