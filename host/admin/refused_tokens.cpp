#include "admin/refused_tokens.hpp"

#include "observe/log.hpp"

namespace gatehouse::admin {
namespace {

constexpr std::int64_t kTellEveryNs = 60'000'000'000;

}  // namespace

void RefusedTokens::note(std::string_view peer) {
    if (counter_ != nullptr) counter_->add();
    const std::int64_t now_ns = clock_.steady_ns();
    std::uint64_t requests = 0;
    {
        const std::lock_guard lock(mutex_);
        ++untold_;
        if (told_ns_ && now_ns - *told_ns_ < kTellEveryNs) return;
        told_ns_ = now_ns;
        requests = untold_;
        untold_ = 0;
    }
    observe::warn("admin", "requests without the right token were refused",
                  {{"requests", requests}, {"last_from", peer}});
}

}  // namespace gatehouse::admin
