#include "simulators/nuki_model.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace gatehouse::simulators {
namespace {

bool is_open_at(const NukiAuth& auth, UnixMs at_ms) {
    if (!auth.enabled) return false;
    if (!auth.has_week_days) return true;
    return (!auth.from || *auth.from <= at_ms) && (!auth.until || at_ms < *auth.until);
}

}  // namespace

NukiAccount& NukiModel::account(const std::string& name) {
    const auto found = accounts_.find(name);
    if (found != accounts_.end()) return found->second;
    NukiAccount& made = accounts_[name];
    made.id = new_id();
    made.name = name;
    add_token("nuki-token-" + name, made);
    return made;
}

NukiAccount* NukiModel::find(std::string_view name) {
    const auto found = accounts_.find(name);
    return found == accounts_.end() ? nullptr : &found->second;
}

NukiAccount* NukiModel::caller(const std::string& token) const {
    const auto found = tokens_.find(token);
    return found == tokens_.end() ? nullptr : found->second;
}

NukiAuth& NukiModel::put(NukiLock& lock, NukiAuth auth, bool is_seen) {
    if (auth.id.empty()) auth.id = new_auth_id();
    if (auth.auth_id == 0) auth.auth_id = static_cast<int>(new_id());
    auth.updated_at = format_utc(clock_.now_ms());
    if (auth.created_at.empty()) auth.created_at = auth.updated_at;
    const std::string id = auth.id;
    if (is_seen) lock.shown[id] = auth;
    return lock.held[id] = std::move(auth);
}

bool NukiModel::remove(NukiLock& lock, const std::string& auth_id, bool is_seen) {
    const bool was_held = lock.held.erase(auth_id) > 0;
    if (is_seen) lock.shown.erase(auth_id);
    return was_held;
}

void NukiModel::accept(NukiLock& lock, NukiAuth auth, bool is_removal) {
    if (commands_to_lose > 0) {
        --commands_to_lose;
        return;
    }
    NukiCommand command{std::move(auth), is_removal, confirm_after_reads};
    if (command.reads_left == 0 && lock.is_online) return carry_out(lock, command);
    lock.commands.push_back(std::move(command));
}

void NukiModel::read(NukiLock& lock) {
    if (!lock.is_online) return;
    std::vector<NukiCommand> waiting;
    for (NukiCommand& command : std::exchange(lock.commands, {})) {
        if (command.reads_left <= 0) {
            carry_out(lock, command);
        } else {
            --command.reads_left;
            waiting.push_back(std::move(command));
        }
    }
    lock.commands = std::move(waiting);
}

void NukiModel::carry_out(NukiLock& lock, const NukiCommand& command) {
    if (command.is_removal) {
        remove(lock, command.auth.id, true);
    } else {
        put(lock, command.auth, true);
    }
}

std::vector<NukiOpening> NukiModel::openings(const NukiAccount& account, std::string_view pin,
                                             UnixMs at_ms) {
    std::vector<NukiOpening> found;
    for (const auto& [id, lock] : account.locks) {
        for (const auto& [auth_id, auth] : lock.held) {
            if (auth.type == kNukiKeypadCode && auth.code == pin && is_open_at(auth, at_ms)) {
                found.push_back({id, lock.name, auth_id, auth.name});
            }
        }
    }
    return found;
}

std::string NukiModel::new_auth_id() {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "64983a56466c%012llx",
                        static_cast<unsigned long long>(new_id()));
    return text.data();
}

void NukiModel::reset() {
    accounts_.clear();
    tokens_.clear();
    next_id_ = 100'000;
    confirm_after_reads = 1;
    commands_to_lose = 0;
}

}  // namespace gatehouse::simulators
