// Recorder: what was asked of the simulators. Counters for ever, a log of the last requests.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "simulators/http_front.hpp"

namespace gatehouse::simulators {

class Recorder {
  public:
    // A request that was answered, `fault` being the kind of fault that it met ("" = none).
    // Header values are not kept, so no key is.
    void record(std::string_view service, const Request& request, const Reply& reply,
                std::string_view fault);

    // Adds to a counter of its own, such as kisi's "users_created".
    void count(std::string_view service, std::string_view what);

    // So many requests were open at once; the most is a counter, "most_at_once".
    void note_open(std::string_view service, std::int64_t open);

    // {"kisi": {"requests": 3, "writes": 1, "routes": {...}, "statuses": {...}, ...}, ...}
    nlohmann::json counters() const;

    // The newest `limit` entries, oldest first; `service` "" = all.
    nlohmann::json log(std::string_view service, std::size_t limit) const;

    void clear();

    // How many entries the log keeps. 0 = none.
    void set_log_limit(std::size_t limit);

  private:
    using Counts = std::map<std::string, std::int64_t, std::less<>>;
    struct Counters {
        Counts named, routes, statuses;
    };
    struct Entry {
        std::int64_t number;
        UnixMs at_ms;
        std::string service, account, method, path, query, body, fault;
        int status;
    };

    Counters& of(std::string_view service);

    std::map<std::string, Counters, std::less<>> services_;
    std::deque<Entry> entries_;
    std::size_t log_limit_ = 5000;
    std::int64_t next_number_ = 1;
    SystemClock clock_;
};

}  // namespace gatehouse::simulators
