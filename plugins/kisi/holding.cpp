#include "holding.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace gatehouse::kisi {

using sdk::Error;
using sdk::Kind;

Holding::Holding(KisiApi& api, User user, std::string rental_id, std::string business,
                 std::int64_t now_ms, bool is_new)
    : api_(api),
      user_(std::move(user)),
      rental_id_(std::move(rental_id)),
      now_ms_(now_ms),
      claims_(user_.metadata, std::move(business)),
      written_(claims_.metadata()) {
    if (is_new) assignments_.emplace();
}

Held Holding::bring_into_line(const Claim& wish, const Held& before) {
    const std::set<Id> old_groups = groups_so_far(before);
    Held held;
    Claim own{wish.window, {}};
    for (const Id group_id : wish.groups) {
        const bool is_known = old_groups.contains(group_id);
        if (!is_known && is_foreign(group_id, wish.window)) {
            held.foreign.insert(group_id);
        } else {
            own.groups.insert(group_id);
        }
    }

    if (!own.groups.empty()) {
        Claim widest = own;
        widest.groups.insert(old_groups.begin(), old_groups.end());
        claims_.set(rental_id_, widest, now_ms_);
        save_claims();
    }
    for (const Id group_id : own.groups) {
        held.assignments[group_id] = hold(group_id).id;
    }
    claims_.set(rental_id_, own, now_ms_);
    for (const Id group_id : old_groups) {
        if (!own.groups.contains(group_id)) let_go(group_id, before);
    }
    save_claims();
    return held;
}

std::set<Id> Holding::groups_so_far(const Held& before) const {
    std::set<Id> groups;
    for (const auto& [group_id, assignment_id] : before.assignments) {
        groups.insert(group_id);
    }
    if (const Claim* claim = claims_.of(rental_id_)) {
        groups.insert(claim->groups.begin(), claim->groups.end());
    }
    return groups;
}

bool Holding::is_foreign(Id group_id, const Window& wanted) {
    const Assignment* found = find(group_id);
    if (found == nullptr || claims_.needed(group_id, now_ms_)) return false;
    if (!covers_from(now_ms_, found->window, wanted)) {
        throw Error(Kind::kConflict,
                    "in Kisi the user already has a role in group " + std::to_string(group_id) +
                        " that Gatehouse did not make and that lets in too short: remove it there");
    }
    return true;
}

void Holding::save_claims() {
    Json metadata = claims_.metadata();
    if (metadata == written_) return;
    api_.set_metadata(user_.id, metadata);
    written_ = std::move(metadata);
}

const Assignment& Holding::hold(Id group_id) {
    const Window needed = claims_.needed(group_id, now_ms_).value_or(Window{});
    if (const Assignment* found = find(group_id)) {
        if (is_same_from(now_ms_, found->window, needed)) return *found;
        remove(Assignment(*found));
    }
    return make(group_id, needed);
}

void Holding::let_go(Id group_id, const Held& before) {
    const std::optional<Window> needed = claims_.needed(group_id, now_ms_);
    const auto known = before.assignments.find(group_id);
    if (!needed && known != before.assignments.end() && api_.remove_assignment(known->second)) {
        return;
    }
    // It is gone, or was made anew for another rental's window, or is not known by its number.
    const Assignment* found = find(group_id);
    if (found == nullptr) return;
    if (needed && is_same_from(now_ms_, found->window, *needed)) return;
    remove(Assignment(*found));
    if (needed) make(group_id, *needed);
}

const Assignment& Holding::make(Id group_id, const Window& window) {
    auto made = api_.assign(user_.id, group_id, window);
    if (auto* error = std::get_if<Error>(&made)) {
        // Perhaps it is there already: a request that was sent twice, a list that was late.
        assignments_.reset();
        const Assignment* found = find(group_id);
        if (found == nullptr) throw *error;
        if (is_same_from(now_ms_, found->window, window)) return *found;
        remove(Assignment(*found));
        made = api_.assign(user_.id, group_id, window);
        if (auto* again = std::get_if<Error>(&made)) throw *again;
    }
    if (!assignments_) assignments_.emplace();
    return assignments_->emplace_back(std::get<Assignment>(made));
}

const Assignment* Holding::find(Id group_id) {
    if (!assignments_) assignments_ = api_.assignments(user_.id);
    const auto found = std::ranges::find(*assignments_, group_id, &Assignment::group_id);
    return found == assignments_->end() ? nullptr : &*found;
}

void Holding::remove(const Assignment& assignment) {
    api_.remove_assignment(assignment.id);
    std::erase_if(*assignments_, [&](const Assignment& one) { return one.id == assignment.id; });
}

}  // namespace gatehouse::kisi
