// NukiApi: the few requests of Nuki's Web API that the plugin makes, as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/window.hpp"

namespace gatehouse::nuki {

using sdk::Json;
using LockId = std::int64_t;

struct SmartLock {
    LockId id = 0;
    std::string name;
};

// A keypad code as the API shows it, which lags behind the lock.
struct KeypadCode {
    std::string id;
    std::string auth;  // "<lock>/<number on the lock>", as some events name it; may be empty
    std::string name;
    std::string code;  // empty if the API does not tell
    bool is_enabled = true;
    bool is_restricted = false;  // to some weekdays or hours
    bool applies_dates = true;   // Nuki does not without weekdays (forum topic 22356)
    sdk::Window dates;
    std::string updated_at;
    bool is_under_way = false;  // a write has not reached the lock yet
};

// What Nuki takes as a code.
bool is_keypad_pin(std::string_view text);

// What is written. Without a code the one that is held stays.
struct WantedCode {
    std::string name;
    std::string code;
    bool is_enabled = true;
    sdk::Window dates;
};

enum class Accepted {
    kYes,   // not done: the list will tell
    kBusy,  // another write is under way
    kGone,  // there is no such code, or no longer
    kTaken  // the API knows this PIN on this lock already
};

// Every function throws Error for an answer that is not what was asked for. [call]
class NukiApi {
  public:
    NukiApi(sdk::Http http, std::string base_url, std::string token)
        : http_(http), base_url_(std::move(base_url)), token_(std::move(token)) {}

    // The account of the token, for people.
    std::string account();

    std::vector<SmartLock> locks();

    // Whether Nuki reaches the lock. What is sent to one out of reach may be done much later.
    bool is_reachable(LockId lock);

    // Keypad codes only.
    std::vector<KeypadCode> codes(LockId lock);

    // Errors of kind kInvalid name "credential" if the PIN is refused.
    Accepted add(LockId lock, const WantedCode& wanted);
    Accepted change(LockId lock, const std::string& id, const WantedCode& wanted);
    Accepted remove(LockId lock, const std::string& id);

    // The lock of an add() that threw without Nuki having refused: the code may be there or come.
    std::optional<LockId> doubtful_lock() const { return doubtful_lock_; }

    // Makes the API look at the lock again.
    void sync(LockId lock);

    // {"webhookUrl", "webhookFeatures"} of each registered webhook.
    Json webhooks();

    // The account's log since `since_ms`, newest first, at most 50; `before` = an entry's id.
    Json log(std::int64_t since_ms, const std::string& before);

    static constexpr std::size_t kLogPage = 50;

  private:
    sdk::HttpReply send(const std::string& method, const std::string& path,
                        const Json* body = nullptr);
    Json list(const std::string& path, const std::string& what);

    sdk::Http http_;
    std::string base_url_;
    std::string token_;
    std::optional<LockId> doubtful_lock_;
};

}  // namespace gatehouse::nuki
