// NameLookup: the addresses of a host, from /etc/hosts and DNS, by c-ares on the calling thread.
// The system's own resolver cannot be given a deadline and cannot be left without leaving a thread
// behind; this one ends when it is told to.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::egress {

// [any thread; find() blocks]
class NameLookup {
  public:
    // `servers` as "10.0.0.1,10.0.0.2:5353"; empty = those of /etc/resolv.conf, which is read anew
    // for every name.
    explicit NameLookup(std::string servers = {}) : servers_(std::move(servers)) {}

    // In the order in which they are to be tried; never empty. kUnavailable: no such name, no
    // server answered within `limit`, or `is_stopped` became true, which is seen within half a
    // second.
    Result<std::vector<std::string>> find(const std::string& host, std::chrono::milliseconds limit,
                                          const std::atomic<bool>& is_stopped) const;

    // Whether a name needs no question: an address in any way of writing one, or localhost.
    static bool is_known(const std::string& host);

  private:
    const std::string servers_;
};

}  // namespace gatehouse::egress
