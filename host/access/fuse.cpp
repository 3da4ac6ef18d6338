#include "access/fuse.hpp"

#include <algorithm>
#include <cmath>

namespace gatehouse::access {

// The share is of the grants there were before the counted ends: it must not shrink as they pass.
std::int64_t allowed_ends(const config::Fuse& fuse, const FuseCounts& counts) {
    const auto grants = static_cast<double>(counts.grants + counts.swept_ends);
    return std::max<std::int64_t>(fuse.max_ends,
                                  static_cast<std::int64_t>(std::floor(fuse.max_share * grants)));
}

bool may_pass(const config::Fuse& fuse, const FuseCounts& counts) {
    return counts.swept_ends < allowed_ends(fuse, counts);
}

Result<bool> FuseDesk::pass(const std::string& business, const std::string& site_id,
                            const std::string& rental_id, const config::Fuse& fuse) {
    const std::lock_guard lock(mutex_);
    passed_.erase({business, rental_id});
    const Result<std::int64_t> unstored = count_unstored(business, site_id);
    if (!unstored) {
        return tl::unexpected(unstored.error());
    }
    const UnixMs now_ms = clock_.now_ms();
    Result<FuseCounts> counts = lookups_.fuse_counts(business, site_id, now_ms - fuse.per_ms);
    if (!counts) {
        return tl::unexpected(counts.error());
    }
    // What is not stored yet still counts among the grants.
    counts->swept_ends += *unstored;
    counts->grants = std::max<std::int64_t>(counts->grants - *unstored, 0);
    if (!may_pass(fuse, *counts)) {
        return false;
    }
    passed_[{business, rental_id}] = Passed{site_id, now_ms, clock_.steady_ns()};
    return true;
}

void FuseDesk::release(const std::string& business, const std::string& rental_id) {
    const std::lock_guard lock(mutex_);
    passed_.erase({business, rental_id});
}

Result<std::int64_t> FuseDesk::count_unstored(const std::string& business,
                                              const std::string& site_id) {
    std::int64_t count = 0;
    for (auto entry = passed_.begin(); entry != passed_.end();) {
        const auto& [key, passed] = *entry;
        if (key.first != business || passed.site_id != site_id) {
            ++entry;
            continue;
        }
        const Result<std::optional<RentalRecord>> record = records_.rental(business, key.second);
        if (!record) {
            return tl::unexpected(record.error());
        }
        // By a clock that went back meanwhile the end is older than its passing.
        const std::int64_t since_ms = (clock_.steady_ns() - passed.at_ns) / 1'000'000;
        const UnixMs at_ms = std::min(passed.at_ms, clock_.now_ms() - since_ms);
        const bool is_stored = *record && (*record)->swept_end_ms >= at_ms;
        count += is_stored ? 0 : 1;
        entry = is_stored ? passed_.erase(entry) : std::next(entry);
    }
    return count;
}

}  // namespace gatehouse::access
