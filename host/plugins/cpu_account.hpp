// CpuAccount: whether a process used more processor time than its calls account for. Pure.
#pragma once

#include <cstdint>

namespace gatehouse::plugins {

// Each call in the plugin's hands pays for one processor as long as it lasts; what is used beyond
// that is owed. A little is free: nothing is owed of it, however long it goes on. [one thread]
class CpuAccount {
  public:
    explicit CpuAccount(std::int64_t now_ns) : paid_until_ns_(now_ns) {}

    // A call came into the plugin's hands (+1) or left them (-1).
    void change_calls(std::int64_t now_ns, int by);

    // What is owed, now that the process has used `used_ns` in all.
    std::int64_t owed_ns(std::int64_t now_ns, std::int64_t used_ns);

    static constexpr std::int64_t kFreeShare = 50;            // one part in so many of a processor
    static constexpr std::int64_t kMostFreeNs = 250'000'000;  // however long nothing was used

  private:
    void pay(std::int64_t now_ns);

    std::int64_t paid_until_ns_;
    std::int64_t calls_ = 0;
    std::int64_t paid_ns_ = 0;  // by calls, since the last look
    std::int64_t free_ns_ = 0;  // the same for nothing
    std::int64_t used_ns_ = 0;  // at the last look
    std::int64_t owed_ns_ = 0;
};

}  // namespace gatehouse::plugins
