// RateBucket: the pure arithmetic of one key's rate, without threads or clocks. Turns are handed
// out in the order of asking; a pause moves every turn that has not come yet.
#pragma once

#include <cstdint>

namespace gatehouse::egress {

// [one thread at a time]
class RateBucket {
  public:
    // A place in the queue. Where it stands in time may move; ask turn_ns() again.
    struct Ticket {
        std::int64_t turn_ns = 0;
        std::int64_t shift_ns = 0;
    };

    // When the next request may begin: now or later.
    std::int64_t next_turn_ns(std::int64_t now_ns, double per_second, int burst) const;

    // Takes that turn. `per_second` <= 0: no limit but for pauses.
    Ticket take(std::int64_t now_ns, double per_second, int burst);

    std::int64_t turn_ns(const Ticket& ticket) const {
        return ticket.turn_ns + (shift_ns_ - ticket.shift_ns);
    }

    // No turn comes before `until_ns`. A shorter pause than the present one changes nothing.
    void pause(std::int64_t now_ns, std::int64_t until_ns);

  private:
    std::int64_t full_at_ns_ = 0;  // when the bucket would be full again (GCRA's arrival time)
    std::int64_t paused_until_ns_ = 0;
    std::int64_t shift_ns_ = 0;
};

}  // namespace gatehouse::egress
