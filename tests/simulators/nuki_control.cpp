#include "simulators/nuki_control.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "simulators/nuki_api.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

std::optional<UnixMs> time_in(const json& object, const char* name) {
    const auto at = object.find(name);
    if (at == object.end() || at->is_null()) return std::nullopt;
    const auto at_ms = parse_utc(at->get<std::string>());
    if (!at_ms) throw std::invalid_argument(std::string(name) + ": not a time");
    return *at_ms;
}

NukiLock& lock_in(NukiModel& model, const json& wanted) {
    NukiAccount* account = model.find(wanted.at("account").get<std::string>());
    if (account == nullptr) throw std::invalid_argument("no such account");
    const auto at = account->locks.find(wanted.at("lock_id").get<NukiId>());
    if (at == account->locks.end()) throw std::invalid_argument("no such lock");
    return at->second;
}

NukiAuth auth_like(const NukiLock& lock, const json& wanted) {
    const std::string id = wanted.value("id", "");
    const std::string name = wanted.value("name", "");
    const auto at = std::find_if(lock.held.begin(), lock.held.end(), [&](const auto& entry) {
        return id.empty() ? entry.second.name == name : entry.first == id;
    });
    if (at != lock.held.end()) return at->second;
    NukiAuth made;
    made.name = name;
    return made;
}

void set_by_hand(const json& wanted, NukiAuth& auth) {
    if (wanted.contains("rename")) wanted["rename"].get_to(auth.name);
    if (wanted.contains("code")) wanted["code"].get_to(auth.code);
    if (wanted.contains("enabled")) wanted["enabled"].get_to(auth.enabled);
    if (wanted.contains("type")) wanted["type"].get_to(auth.type);
    if (wanted.contains("from") || wanted.contains("until")) {
        auth.from = time_in(wanted, "from");
        auth.until = time_in(wanted, "until");
        auth.has_week_days = true;
    }
    if (auth.type == kNukiKeypadCode && auth.code.empty()) {
        throw std::invalid_argument("a keypad code needs its code");
    }
}

}  // namespace

void seed_nuki(NukiModel& model, const json& wanted) {
    NukiAccount& account = model.account(wanted.at("account").get<std::string>());
    if (wanted.contains("api_token")) {
        model.add_token(wanted["api_token"].get<std::string>(), account);
    }
    for (const json& entry : wanted.value("locks", json::array())) {
        const auto id = entry.at("id").get<NukiId>();
        NukiLock& lock = account.locks[id];
        lock.id = id;
        lock.name = entry.value("name", lock.name);
        lock.has_keypad = entry.value("keypad", lock.has_keypad);
        lock.is_online = entry.value("online", lock.is_online);
        lock.is_battery_critical = entry.value("battery_critical", lock.is_battery_critical);
        for (const json& auth : entry.value("auths", json::array())) {
            NukiAuth made = auth_like(lock, auth);
            set_by_hand(auth, made);
            model.put(lock, std::move(made), true);
        }
    }
}

json edit_nuki_auth(NukiModel& model, const json& wanted) {
    NukiLock& lock = lock_in(model, wanted);
    NukiAuth auth = auth_like(lock, wanted);
    const bool is_seen = !wanted.value("unseen", false);
    if (wanted.value("delete", false)) {
        if (!NukiModel::remove(lock, auth.id, is_seen)) {
            throw std::invalid_argument("no such code on the lock");
        }
        return {{"id", auth.id}};
    }
    set_by_hand(wanted, auth);
    return {{"id", model.put(lock, std::move(auth), is_seen).id}};
}

json nuki_doors(NukiModel& model, const Query& query) {
    const std::string_view at = value_of(query, "at");
    const auto at_ms = at.empty() ? Result<UnixMs>(SimClock().now_ms()) : parse_utc(at);
    if (!at_ms) throw std::invalid_argument("at: not a time");
    const std::string_view wanted = value_of(query, "account");
    json list = json::array();
    for (const auto& [name, account] : model.accounts()) {
        if (!wanted.empty() && name != wanted) continue;
        for (const NukiOpening& opening :
             NukiModel::openings(account, value_of(query, "pin"), *at_ms)) {
            list.push_back({{"account", name},
                            {"lock_id", opening.lock_id},
                            {"lock_name", opening.lock_name},
                            {"auth_id", opening.auth_id},
                            {"auth_name", opening.auth_name}});
        }
    }
    return list;
}

json dump_nuki(NukiModel& model) {
    json all = json::object();
    for (const auto& [name, account] : model.accounts()) {
        json locks = json::array();
        for (const auto& [id, lock] : account.locks) {
            json entry = to_json(lock, account);
            entry["auths"] = json::array();
            for (const auto& [auth_id, auth] : lock.held) {
                entry["auths"].push_back(to_json(auth, lock));
            }
            entry["commands"] = lock.commands.size();
            locks.push_back(std::move(entry));
        }
        all[name] = {{"locks", locks}, {"webhooks", account.webhooks.size()}};
    }
    return all;
}

}  // namespace gatehouse::simulators
