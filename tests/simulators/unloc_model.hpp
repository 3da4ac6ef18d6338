// UnlocModel: projects with their locks, keys, jobs and webhooks, and the question that everything
// is about: which locks can this phone open now.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulators/sim_clock.hpp"

namespace gatehouse::simulators {

struct UnlocLock {
    std::string id, name;
    bool is_anonymised = false;  // its privacy policy hides who used it
};

struct UnlocKey {
    std::string id, lock_id, phone, person, created_at;
    std::optional<UnixMs> start, end;
    nlohmann::json recurrence, metadata;
    bool is_made = false;  // its job is done
    bool is_revoked = false, is_expired = false, is_failed = false;
    bool is_integrators = true;  // made by the API: only these tell of their use
};

// Makes keys, or fails to.
struct UnlocJob {
    std::string id, status = "pending", failure, created_at;
    std::vector<std::string> key_ids;
    int polls_left = 0;   // negative: never done by itself
    std::string outcome;  // succeeded, failedValidation, failedJob, timeout
};

struct UnlocWebhook {
    std::string id, lock_id, url;
};

struct UnlocProject {
    std::string id, name, client_id, client_secret;
    std::map<std::string, UnlocLock> locks;
    std::vector<UnlocKey> keys;  // in order of making
    std::map<std::string, UnlocJob> jobs;
    std::vector<UnlocWebhook> webhooks;

    // What the documents leave open, and what tests want.
    int job_polls = 1;  // how often a new job is asked for before it is done; negative: for ever
    std::string job_outcome = "succeeded";
    std::string created_shape = "id";  // of createdKeys: id, keyId or key
    bool shows_metadata = true;        // in what is read
    bool takes_second_key = true;      // of one person for one lock
    bool has_mobile_key = true;        // the module
    std::int64_t token_s = 3600;

    UnlocKey* key(std::string_view key_id);
};

struct UnlocToken {
    UnlocProject* project = nullptr;
    UnixMs until_ms = 0;
};

// creating, scheduled, active, inactive, expired, revoked or error.
std::string_view state_of(const UnlocKey& key, UnixMs now_ms);

class UnlocModel {
  public:
    // The project of that id, made with client "unloc-client-<id>" and secret "unloc-secret-<id>"
    // if it is new. Stays good until reset().
    UnlocProject& project(const std::string& id);
    UnlocProject* find(std::string_view id);
    std::map<std::string, UnlocProject, std::less<>>& projects() { return projects_; }

    std::string issue_token(UnlocProject& project);
    // Null if it is unknown or over.
    UnlocProject* caller(const std::string& token) const;
    void expire_tokens() { tokens_.clear(); }

    // One poll of a job, which brings it on.
    static void poll(UnlocProject& project, UnlocJob& job);
    static void finish(UnlocProject& project, UnlocJob& job);

    // Locks that a made key of this phone opens at that time.
    static std::vector<const UnlocKey*> open_keys(const UnlocProject& project,
                                                  std::string_view phone, UnixMs at_ms);

    std::string new_id();  // a UUID
    UnixMs now_ms() const { return clock_.now_ms(); }
    void reset();

  private:
    std::map<std::string, UnlocProject, std::less<>> projects_;
    std::map<std::string, UnlocToken, std::less<>> tokens_;
    std::int64_t next_id_ = 1;
    SimClock clock_;
};

}  // namespace gatehouse::simulators
