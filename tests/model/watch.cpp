#include "model/watch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gatehouse::model {

std::string to_text(const Openings& openings) {
    std::string text;
    for (const auto& [who, door] : openings) {
        text.append(text.empty() ? "" : ", ").append(who).append(" at ").append(door);
    }
    return text;
}

Openings without(const Openings& all, const Openings& some) {
    Openings rest;
    std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                        std::inserter(rest, rest.end()));
    return rest;
}

void Watch::look() {
    note_look();
    const Openings before = std::exchange(open_, site_.open());
    if (is_in_task_ && before != open_ && !site_.doors().has_gaps()) {
        judge_lost(without(before, open_));
    }
    Openings wrong = without(open_, site_.allowed());
    if (wrong.empty()) return;
    for (const auto* looks : {&looks_, &cut_off_}) {
        for (const auto& [rental_id, facts] : *looks) {
            for (const RentalFacts& each : facts) {
                wrong = without(wrong, each.on(site_.today()));
            }
        }
    }
    if (!wrong.empty()) fail_("let in against the facts: " + to_text(wrong));
}

// Of each rental whose field holds a PIN that cannot be used: the rental whose access stays for it,
// its own or that of the rental before the transfer.
template <typename Visit>
void Watch::for_unusable_pins(Visit visit) const {
    if (site_.doors().key() != Doors::Key::kPin) return;
    for (const std::string& rental_id : site_.occupied_rentals()) {
        if (site_.pins().is_usable(rental_id, site_.pin_field(rental_id))) continue;
        const bool has_access = !site_.facts_of(rental_id).on(site_.today()).empty();
        visit(has_access ? rental_id : site_.pins().from(rental_id));
    }
}

Openings Watch::stuck() const {
    Openings all;
    for_unusable_pins([&](const std::string& rental_id) {
        const auto looks = looks_.find(rental_id);
        if (looks == looks_.end()) return;
        for (const RentalFacts& facts : looks->second) {
            all.merge(Openings(facts.on(site_.today())));
        }
    });
    return all;
}

std::set<std::string> Watch::waiting() const {
    std::set<std::string> all;
    for_unusable_pins([&](const std::string& rental_id) { all.insert(rental_id); });
    return all;
}

void Watch::begin_task(const std::string& rental_id) {
    look();
    is_in_task_ = true;
    rental_id_ = rental_id;
    open_before_ = open_;
    pins_before_ = site_.pin_fields();
    note_look();
}

void Watch::end_task(bool is_done, bool is_cut_off) {
    look();
    judge_pins();
    if (is_done) judge_lost(without(open_before_, open_));
    if (!rental_id_.empty()) {
        const std::string field = site_.pin_field(rental_id_);
        if (!site_.is_over(rental_id_)) {
            site_.pins().looked_at(rental_id_, field, is_done);
        } else if (is_done) {
            site_.pins().forget(rental_id_);
        }
        note_look();
        if (is_done) settle();
        if (is_cut_off) {
            const std::vector<RentalFacts>& lost = looks_[rental_id_];
            std::vector<RentalFacts>& kept = cut_off_[rental_id_];
            kept.insert(kept.end(), lost.begin(), lost.end());
        }
    }
    is_in_task_ = false;
    rental_id_.clear();
    look();
}

// What a look reads and writes is not told apart: whatever was true while it went on counts.
void Watch::note_look() {
    if (rental_id_.empty()) return;
    RentalFacts facts = site_.facts_of(rental_id_);
    std::vector<RentalFacts>& looks = looks_[rental_id_];
    if (looks.empty() || looks.back() != facts) looks.push_back(std::move(facts));
}

void Watch::settle() {
    std::vector<RentalFacts>& looks = looks_[rental_id_];
    looks.erase(looks.begin(), looks.end() - 1);
    if (!site_.doors().has_unseen_orders()) cut_off_.erase(rental_id_);
    settled_.insert(rental_id_);
}

void Watch::judge_lost(const Openings& lost) {
    for (const std::string& rental_id : settled_) {
        const RentalFacts now = site_.facts_of(rental_id);
        for (const Opening& opening : lost) {
            const auto allows = [&](const RentalFacts& facts) {
                return facts.on(site_.today()).contains(opening);
            };
            const bool is_kept = allows(now) && std::ranges::all_of(looks_[rental_id], allows) &&
                                 std::ranges::all_of(cut_off_[rental_id], allows);
            if (is_kept) fail_("shut out: " + to_text({opening}));
        }
    }
}

void Watch::judge_pins() {
    for (const auto& [rental_id, after] : site_.pin_fields()) {
        const auto before = pins_before_.find(rental_id);
        if (before == pins_before_.end() || before->second == after) continue;
        judge_pin(rental_id, before->second, after);
    }
}

void Watch::judge_pin(const std::string& rental_id, const std::string& before,
                      const std::string& after) {
    const Pins& pins = site_.pins();
    if (after.empty()) {
        if (!site_.is_over(rental_id)) fail_("the PIN of a rental was cleared");
        return;
    }
    const bool may_replace = before.empty() || !pins.is_confirmed(rental_id, before);
    if (!may_replace) fail_("a PIN was changed that stood in its field");
    if (!Pins::is_sound(after)) fail_("a PIN that is not sound was chosen: " + after);
    if (!pins.is_usable(rental_id, after)) fail_("a PIN was chosen that another rental has");
}

}  // namespace gatehouse::model
