// Rounds: what the main thread looks after now and then. Each round says when it wants to be made
// again; one that fails is told in the log and made again soon.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::app {

// [one thread]
class Rounds {
  public:
    // Makes the round at `now_ns` (steady) and gives when it wants to be made again.
    using Make = std::function<Result<std::int64_t>(std::int64_t now_ns)>;

    // kWhenDue: at its time. kWhenWoken: whenever turn() is called, as news may have come.
    enum class When : std::uint8_t { kWhenDue, kWhenWoken };

    // Due at once. `failed` is what the log says of an error: "the edge's alert is not stored".
    void add(std::string failed, When when, Make make);

    // Makes what is due and gives when the next one is, at the earliest now.
    std::int64_t turn(std::int64_t now_ns);

  private:
    struct Round {
        std::string failed;
        When when;
        Make make;
        std::int64_t next_ns = 0;
    };
    std::vector<Round> rounds_;
};

}  // namespace gatehouse::app
