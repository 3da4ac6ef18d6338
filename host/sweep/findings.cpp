#include "sweep/findings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gatehouse::sweep {
namespace {

// A business that is connected for the first time differs in every rental.
constexpr std::size_t kMaxFound = 50'000;
constexpr std::size_t kMaxWithDetail = 500;

}  // namespace

std::string_view to_string(Kind kind) {
    switch (kind) {
        case Kind::kFactsDiffer:
            return "facts differ";
        case Kind::kNotListed:
            return "not listed";
        case Kind::kNotHeld:
            return "not held";
        case Kind::kHeldOtherwise:
            return "held otherwise";
        case Kind::kOrphan:
            return "orphan";
    }
    return "unknown";
}

void Findings::add(Difference difference) {
    if (found_.size() >= kMaxFound) {
        is_full_ = true;
        return;
    }
    if (found_.size() >= kMaxWithDetail) difference.detail.clear();
    found_.push_back(std::move(difference));
}

void Findings::accept() {
    for (const Difference& difference : found_) {
        ++counts[static_cast<std::size_t>(difference.kind)];
    }
    std::ranges::move(found_, std::back_inserter(accepted_));
    found_.clear();
}

void Findings::reject(std::string trouble) {
    found_.clear();
    troubles_.push_back(std::move(trouble));
}

std::vector<Difference> Findings::take(std::size_t limit) {
    const auto end = accepted_.end();
    const auto begin = end - static_cast<std::ptrdiff_t>(std::min(limit, accepted_.size()));
    std::vector<Difference> taken(std::make_move_iterator(begin), std::make_move_iterator(end));
    accepted_.erase(begin, end);
    return taken;
}

std::vector<Orphan> Findings::take_orphans(std::size_t limit) {
    const auto end = orphans_.end();
    const auto begin = end - static_cast<std::ptrdiff_t>(std::min(limit, orphans_.size()));
    std::vector<Orphan> taken(std::make_move_iterator(begin), std::make_move_iterator(end));
    orphans_.erase(begin, end);
    for ([[maybe_unused]] const Orphan& orphan : taken) {
        ++counts[static_cast<std::size_t>(Kind::kOrphan)];
    }
    return taken;
}

}  // namespace gatehouse::sweep
