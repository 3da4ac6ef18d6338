#include "plugins/cpu_account.hpp"

#include <algorithm>

namespace gatehouse::plugins {

void CpuAccount::change_calls(std::int64_t now_ns, int by) {
    pay(now_ns);
    calls_ += by;
}

std::int64_t CpuAccount::owed_ns(std::int64_t now_ns, std::int64_t used_ns) {
    pay(now_ns);
    owed_ns_ = std::max<std::int64_t>(owed_ns_ + (used_ns - used_ns_) - paid_ns_ - free_ns_, 0);
    used_ns_ = used_ns;
    paid_ns_ = 0;
    free_ns_ = 0;
    return owed_ns_;
}

void CpuAccount::pay(std::int64_t now_ns) {
    const std::int64_t passed_ns = std::max<std::int64_t>(now_ns - paid_until_ns_, 0);
    paid_until_ns_ = std::max(now_ns, paid_until_ns_);
    paid_ns_ += passed_ns * calls_;
    free_ns_ = std::min(free_ns_ + passed_ns / kFreeShare, kMostFreeNs);
}

}  // namespace gatehouse::plugins
