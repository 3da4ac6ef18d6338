#include "instances.hpp"

#include <utility>

namespace gatehouse::runner {

Instances::Instances(const gatehouse_entry& entry, const gatehouse_host* host,
                     std::size_t max_instances, PhaseListener on_phase)
    : entry_(entry), host_(host), max_instances_(max_instances), on_phase_(std::move(on_phase)) {}

gatehouse_instance* Instances::acquire(std::string_view name, std::string_view connection,
                                       Call& call, Outcome& outcome) {
    Order::iterator found;
    Order surplus;
    {
        const std::lock_guard lock(mutex_);
        const auto [place, is_new] = by_name_.try_emplace(std::string(name));
        if (is_new) {
            order_.push_front(Entry{std::string(name), {}, nullptr, false});
            place->second = order_.begin();
        }
        found = place->second;
        if (found->is_busy) {
            outcome.message = "the instance is busy";
            return nullptr;
        }
        found->is_busy = true;
        order_.splice(order_.begin(), order_, found);
        surplus = take_surplus();
    }
    for (const Entry& entry : surplus) {
        destroy(entry);
    }
    if (found->instance != nullptr && found->connection == connection) return found->instance;
    if (found->instance != nullptr) destroy(*found);
    found->instance = nullptr;
    found->connection.assign(connection);

    on_phase_("create of " + found->name);
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
        release(name);
        return nullptr;
    }
    found->instance = made;
    return made;
}

void Instances::release(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto found = by_name_.find(std::string(name));
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
        destroy(entry);
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

void Instances::destroy(const Entry& entry) {
    if (entry.instance == nullptr) return;
    on_phase_("destroy of " + entry.name);
    try {
        entry_.destroy(entry.instance);
    } catch (...) {
        on_phase_("a destroy that threw");
    }
    on_phase_("");
}

}  // namespace gatehouse::runner
