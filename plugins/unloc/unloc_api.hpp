// UnlocApi: the few requests of Unloc's API v2 that the plugin makes, as values.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/window.hpp"

namespace gatehouse::unloc {

using sdk::Json;
using sdk::Window;

struct Account {
    std::string base_url;  // without a slash at the end
    std::string client_id;
    std::string client_secret;  // the reference {{secret:...}}
    std::string project_id;
};

// What Unloc gave for the account; kept between calls. Empty = none.
struct Token {
    std::string text;
    std::int64_t until_ns = 0;  // steady time
};

struct Lock {
    std::string id;
    std::string name;
};

struct Key {
    std::string id;
    std::string lock_id;
    std::string phone;  // E.164
    std::string name;   // of the person; may be empty
    std::string state;  // creating, scheduled, active, inactive, expired, revoked, error
    Window window;
    bool has_recurrence = false;  // opens at certain hours only
    Json metadata;                // null if Unloc shows none
};

struct NewKey {
    std::string lock_id;
    std::string phone;
    Window window;
    Json metadata;
};

struct Job {
    enum class State : std::uint8_t { kRunning, kSucceeded, kRefused, kFailed };
    State state = State::kRunning;
    std::string failure;            // Unloc's words; may be empty
    std::set<std::string> key_ids;  // of the keys that it made, as far as they can be read
};

// Who is told of the use of a lock.
struct Webhook {
    std::string lock_id;
    std::string url;  // may hold the password
};

enum class Revoked : std::uint8_t { kDone, kGone, kExpired };

// Every function throws Error for an answer that is not what was asked for. [call]
class UnlocApi {
  public:
    // `token` is used while it holds, fetched anew before its end, and once more when Unloc refuses
    // it. It and `host` outlive the object.
    UnlocApi(const sdk::Host& host, sdk::Http http, Account account, Token& token);

    std::string project_name();
    std::vector<Lock> locks();

    // All keys of this person in the project, whatever their state, all pages.
    std::vector<Key> keys_of(const std::string& phone);

    // One page of all keys, after the key `after` (empty = from the first).
    std::vector<Key> keys_after(const std::string& after);
    static constexpr std::size_t kPageSize = 500;

    std::optional<Key> key(const std::string& id);

    // The number of the job that makes them all. The error is Unloc's 409.
    std::variant<std::string, sdk::Error> create(const std::vector<NewKey>& keys);

    // Nothing if Unloc does not know it (any more).
    std::optional<Job> job(const std::string& id);

    Revoked revoke(const std::string& key_id);

    // Those for access events. Throws Error(kUnsupported) if Unloc has no such list.
    std::vector<Webhook> webhooks();

    // `url` may hold a secret's reference.
    void add_webhook(const Webhook& webhook);

  private:
    std::vector<Key> keys_page(const std::string& filter, const std::string& after);
    sdk::HttpReply send(const std::string& method, const std::string& path,
                        const Json* body = nullptr);
    sdk::HttpReply send_with_token(const std::string& method, const std::string& url,
                                   const Json* body);
    void fetch_token();

    const sdk::Host& host_;
    sdk::Http http_;
    Account account_;
    Token& token_;
};

}  // namespace gatehouse::unloc
