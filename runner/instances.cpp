#include "instances.hpp"

#include <utility>

namespace gatehouse::runner {

Instances::Instances(const gatehouse_entry& entry, const gatehouse_host* host,
                     std::size_t max_instances, PhaseListener on_phase)
    : entry_(entry), host_(host), max_instances_(max_instances), on_phase_(std::move(on_phase)) {}

gatehouse_instance* Instances::acquire(std::string_view name, std::string_view connection,
                                       Call& call, Outcome& outcome) {
    Entry* const entry = reserve(name);
    if (entry == nullptr) {
        outcome.message = "the instance is busy";
        return nullptr;
    }
    gatehouse_instance* made = nullptr;
    try {
        made = make(*entry, connection, call, outcome);
    } catch (...) {
        release(name);
        throw;
    }
    if (made == nullptr) release(name);
    return made;
}

Instances::Entry* Instances::reserve(std::string_view name) {
    const std::lock_guard lock(mutex_);
    auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        Order added{Entry{std::string(name), {}, nullptr, false}};
        found = by_name_.emplace(added.front().name, added.begin()).first;
        order_.splice(order_.begin(), added);
    }
    Entry& entry = *found->second;
    if (entry.is_busy) return nullptr;
    entry.is_busy = true;
    order_.splice(order_.begin(), order_, found->second);
    return &entry;
}

gatehouse_instance* Instances::make(Entry& entry, std::string_view connection, Call& call,
                                    Outcome& outcome) {
    Order surplus;
    {
        const std::lock_guard lock(mutex_);
        surplus = take_surplus();
    }
    for (const Entry& one : surplus) {
        destroy(one.name, one.instance);
    }
    if (entry.instance != nullptr && entry.connection == connection) return entry.instance;
    destroy(entry.name, std::exchange(entry.instance, nullptr));
    entry.connection.assign(connection);

    on_phase_("create of " + entry.name);
    gatehouse_instance* made = nullptr;
    std::int32_t returned = GATEHOUSE_INTERNAL;
    try {
        returned =
            entry_.create(host_, call.handle(), {connection.data(), connection.size()}, &made);
    } catch (...) {
        call.set_thrown();
    }
    on_phase_("");
    if (returned != GATEHOUSE_OK || made == nullptr) {
        outcome = call.outcome(returned);
        if (outcome.kind == GATEHOUSE_OK) outcome = Outcome{};
        if (outcome.message.empty()) outcome.message = "the plugin made no instance";
        return nullptr;
    }
    entry.instance = made;
    return made;
}

void Instances::release(std::string_view name) noexcept {
    const std::lock_guard lock(mutex_);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return;
    found->second->is_busy = false;
    if (found->second->instance == nullptr) {
        order_.erase(found->second);
        by_name_.erase(found);
    }
}

void Instances::clear() {
    Order all;
    {
        const std::lock_guard lock(mutex_);
        all.swap(order_);
        by_name_.clear();
    }
    for (const Entry& entry : all) {
        destroy(entry.name, entry.instance);
    }
}

Instances::Order Instances::take_surplus() {
    Order surplus;
    auto last = order_.end();
    while (order_.size() > max_instances_ && last != order_.begin()) {
        --last;
        if (last->is_busy) continue;
        const auto taken = last++;
        by_name_.erase(taken->name);
        surplus.splice(surplus.end(), order_, taken);
    }
    return surplus;
}

void Instances::destroy(const std::string& name, gatehouse_instance* instance) {
    if (instance == nullptr) return;
    on_phase_("destroy of " + name);
    try {
        entry_.destroy(instance);
    } catch (...) {
        on_phase_("a destroy that threw");
    }
    on_phase_("");
}

}  // namespace gatehouse::runner
