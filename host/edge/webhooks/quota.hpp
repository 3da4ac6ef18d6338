// Quota: how much one business's senders may bring, so that none of them fills the disk of all. In
// memory: a restart gives every business a full allowance.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace gatehouse::edge {

// Two buckets, filled evenly: a minute's worth of events and a day's worth of bytes. [any thread]
class Quota {
  public:
    explicit Quota(const config::Quota& limits);

    // Takes one event, or so many bytes of what is kept. Nothing if it fits; else how long it takes
    // until it would, in milliseconds.
    std::optional<std::int64_t> take_event(std::int64_t now_ns);
    std::optional<std::int64_t> take_bytes(std::size_t bytes, std::int64_t now_ns);

    // Of what was not kept after all.
    void give_back(std::size_t bytes);

  private:
    struct Bucket {
        double most = 0;
        double per_ns = 0;
        double level = 0;
        std::int64_t filled_ns = 0;
    };
    std::optional<std::int64_t> take(Bucket& bucket, double amount, std::int64_t now_ns);

    std::mutex mutex_;
    Bucket events_;  // guarded by mutex_
    Bucket bytes_;   // guarded by mutex_
};

// Who is beyond its quota, for alerts. [any thread]
class QuotaNews {
  public:
    // Calm for so long, and it is over.
    static constexpr std::int64_t kCalmNs = 600'000'000'000;

    struct Change {
        std::string business;
        bool is_exceeded = false;
    };

    // `wake` is called for the first refusal of each business, on the thread that refuses: it must
    // only take a note. May be null.
    explicit QuotaNews(std::function<void()> wake) : wake_(std::move(wake)) {}

    void note_refusal(const std::string& business, std::int64_t now_ns);

    // What changed since the last call.
    std::vector<Change> take_changes(std::int64_t now_ns);

    // When take_changes() has something to say again, if nobody is refused meanwhile.
    std::optional<std::int64_t> next_ns() const;

  private:
    struct State {
        std::int64_t last_ns = 0;
        bool is_told = false;
    };

    const std::function<void()> wake_;
    mutable std::mutex mutex_;
    std::map<std::string, State> exceeded_;  // guarded by mutex_
};

}  // namespace gatehouse::edge
