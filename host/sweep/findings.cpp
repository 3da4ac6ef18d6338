#include "sweep/findings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/encoding.hpp"

namespace gatehouse::sweep {
namespace {

// A business that is connected for the first time differs in every rental.
constexpr std::size_t kMaxFound = 50'000;
constexpr std::size_t kMaxWithDetail = 500;
constexpr std::size_t kMaxUnread = 100;
constexpr std::size_t kMaxNamed = 5;
constexpr std::size_t kMaxWhyBytes = 160;

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

void Findings::add(Unread row) {
    ++rows_unreadable;
    occupied_unreadable += row.is_occupied ? 1 : 0;
    row.why = shorten(row.why, kMaxWhyBytes);
    if (unread_.size() < kMaxUnread) unread_.push_back(std::move(row));
}

std::string Findings::unread_trouble() const {
    if (occupied_unreadable == 0) return "";
    std::string text =
        std::to_string(occupied_unreadable) +
        " occupied rentals in the list cannot be read, their access stays as it is: ";
    std::size_t named = 0;
    for (const Unread& row : unread_) {
        if (!row.is_occupied) continue;
        if (named == kMaxNamed) return text + "; and more";
        text += (named++ == 0 ? "" : "; ") + row.name + ": " + row.why;
    }
    return text;
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
