// NukiModel: accounts with their smart locks, the keypad codes on each lock, and the question that
// everything is about: which locks does this PIN open now.
//
// The lock itself holds the codes; Nuki's API is a copy that lags. A write is accepted with 204 and
// carried out later, or never (developer.nuki.io topics 1178, 22160, 29886).
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

using NukiId = std::int64_t;

constexpr int kNukiKeypadCode = 13;  // the type of a keypad code among authorizations

struct NukiAuth {
    std::string id;   // 24 hex digits
    int auth_id = 0;  // within the lock
    int type = kNukiKeypadCode;
    std::string name, code;
    bool enabled = true;
    std::optional<UnixMs> from = std::nullopt, until = std::nullopt;
    // Without it the dates are kept and not applied (topic 22356).
    bool has_week_days = false;
    std::string created_at, updated_at;
};

// An accepted write on its way to the lock.
struct NukiCommand {
    NukiAuth auth;  // as it shall be
    bool is_removal = false;
    int reads_left = 0;  // so many reads of the list still show the old state
};

struct NukiLock {
    NukiId id = 0;
    std::string name;
    bool has_keypad = true, is_online = true, is_battery_critical = false;
    std::map<std::string, NukiAuth> held;   // on the lock: these open it
    std::map<std::string, NukiAuth> shown;  // what the API says
    std::vector<NukiCommand> commands;
};

struct NukiWebhook {
    std::int64_t id = 0;
    std::string url, secret;
    std::vector<std::string> features;
};

struct NukiAccount {
    NukiId id = 0;
    std::string name;
    std::map<NukiId, NukiLock> locks;
    std::map<std::int64_t, NukiWebhook> webhooks;
    std::vector<nlohmann::json> log;  // newest first
};

struct NukiOpening {
    NukiId lock_id = 0;
    std::string lock_name, auth_id, auth_name;
};

class NukiModel {
  public:
    // The account of that name, made with the API token "nuki-token-<name>" if it is new.
    NukiAccount& account(const std::string& name);
    NukiAccount* find(std::string_view name);
    std::map<std::string, NukiAccount, std::less<>>& accounts() { return accounts_; }

    void add_token(const std::string& token, NukiAccount& account) { tokens_[token] = &account; }
    NukiAccount* caller(const std::string& token) const;  // null: no such token

    // Puts the code on the lock, as its keypad or the phone's app would; `is_seen`: the API knows.
    NukiAuth& put(NukiLock& lock, NukiAuth auth, bool is_seen);
    static bool remove(NukiLock& lock, const std::string& auth_id, bool is_seen);

    // Accepts a write; it is carried out after `confirm_after_reads` more reads of the list.
    void accept(NukiLock& lock, NukiAuth auth, bool is_removal);
    // A read of the list: carries out what is due, if the lock is online.
    void read(NukiLock& lock);
    static void sync(NukiLock& lock) { lock.shown = lock.held; }

    // By a code that is enabled and within its dates.
    static std::vector<NukiOpening> openings(const NukiAccount& account, std::string_view pin,
                                             UnixMs at_ms);

    std::string new_auth_id();
    std::int64_t new_id() { return next_id_++; }
    void reset();

    int confirm_after_reads = 1;
    int commands_to_lose = 0;  // so many next writes are accepted and never carried out

  private:
    void carry_out(NukiLock& lock, const NukiCommand& command);

    std::map<std::string, NukiAccount, std::less<>> accounts_;
    std::map<std::string, NukiAccount*, std::less<>> tokens_;
    std::int64_t next_id_ = 100'000;
    SimClock clock_;
};

}  // namespace gatehouse::simulators
