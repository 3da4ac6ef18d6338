#include "sweep/list_walk.hpp"

#include <algorithm>

namespace gatehouse::sweep {
namespace {

constexpr int kMaxStepsBack = 40;
constexpr int kMaxOffset = 5'000'000;

}  // namespace

Result<std::vector<std::string>> ListWalk::take(const std::vector<std::string>& first_ids,
                                                const std::vector<std::string>& ids, int rows) {
    if (offset_ > 0 && leaves_a_gap(first_ids)) {
        if (++steps_back_ > kMaxStepsBack) {
            return fail(ErrorKind::kConflict, "the list changes faster than it can be read");
        }
        offset_ = std::max(0, offset_ - (kPageRows - kOverlapRows));
        return std::vector<std::string>{};
    }
    std::vector<std::string> fresh;
    for (const std::string& id : ids) {
        if (seen_.add(id)) fresh.push_back(id);
    }
    is_over_ = fresh.empty() && rows < kPageRows;
    offset_ = std::max(0, offset_ + rows - kOverlapRows);
    if (offset_ > kMaxOffset) {
        return fail(ErrorKind::kConflict, "the list does not end");
    }
    return fresh;
}

bool ListWalk::leaves_a_gap(const std::vector<std::string>& first_ids) const {
    return std::ranges::none_of(first_ids, [&](const std::string& id) { return seen_.has(id); });
}

}  // namespace gatehouse::sweep
