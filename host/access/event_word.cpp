#include "access/event_word.hpp"

#include "access/rental_state.hpp"

namespace gatehouse::access {
namespace {

std::string both(const char* said, const std::string& read) {
    return std::string("the event says ") + said + ", the rental " + read;
}

}  // namespace

std::string contradiction(const EventWord& word, const Facts& facts, const SiteRules& rules) {
    const RentalPhase phase = phase_of(facts.state);
    const bool is_during = phase == RentalPhase::kDuring;
    // One that is over by now was moved into before.
    if (word.is_moved_in && phase == RentalPhase::kBefore) {
        return both("moved in", "is " + facts.state);
    }
    if (word.is_over && (is_during || phase == RentalPhase::kBefore)) {
        return both("moved out", "is " + facts.state);
    }
    if (!is_during) return "";
    if (rules.overlock_on_overdue && word.is_overdue && !facts.is_overdue) {
        return both("overdue", "is not");
    }
    if (rules.overlock_on_overdue && word.is_paid && facts.is_overdue) {
        return both("paid", "is overdue");
    }
    const bool is_leaving = !facts.move_out_job_id.empty();
    if (word.is_leaving && !is_leaving) return both("a move-out is planned", "has none");
    if (word.is_staying && is_leaving) return both("the move-out is cancelled", "has one");
    return "";
}

}  // namespace gatehouse::access
