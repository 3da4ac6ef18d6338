// BlameBook: which connections' calls ended runners of one plugin, and what follows from it. One
// that did so twice within ten minutes is isolated for a day: it works in a lane of its own. One
// whose call was under way when a runner ended, and may be why, is a suspect: what it asks runs
// alone until it is known. To be blamed wrongly costs nobody more than a process.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::plugins {

// [any thread] Its mutex is a leaf: nothing else is locked under it.
class BlameBook {
  public:
    static constexpr std::int64_t kWithinMs = 600'000;
    static constexpr std::size_t kDeaths = 2;
    static constexpr std::int64_t kIsolatedMs = 86'400'000;  // after the last death
    static constexpr std::int64_t kSuspectMs = 600'000;

    enum class Standing { kGood, kSuspect, kIsolated };

    // `clock` and `gauge` (may be null), which counts the isolated, are borrowed. Of other
    // connections than these, which a runner may speak of, it takes no note.
    BlameBook(std::string plugin, const Clock& clock, std::set<std::string> connections,
              observe::Gauge* gauge = nullptr)
        : plugin_(std::move(plugin)),
          clock_(clock),
          connections_(std::move(connections)),
          gauge_(gauge) {}

    // A call of `connection` ended a runner; `how` is what is said of it.
    void blame(const std::string& connection, const std::string& how);

    // Any of them may be why a runner ended when none was at work.
    void suspect(const std::vector<std::string>& connections);

    Standing standing(const std::string& connection);

    struct Entry {
        std::string connection;
        std::string why;  // the last death
        UnixMs until_ms = 0;
    };
    std::vector<Entry> isolated() const;

    // While a suspect call runs alone, others of its connection do so as well.
    class Trial {
      public:
        Trial(BlameBook& book, std::string connection);
        Trial(const Trial&) = delete;
        Trial& operator=(const Trial&) = delete;
        ~Trial();

      private:
        BlameBook& book_;
        const std::string connection_;
    };

  private:
    struct Page {
        std::deque<std::int64_t> deaths_ms;  // steady; the last kDeaths
        std::int64_t isolated_until_ms = 0;  // steady
        std::int64_t suspect_until_ms = 0;   // steady
        UnixMs until_ms = 0;
        std::string why;
        int trials = 0;
    };

    std::int64_t steady_ms() const { return clock_.steady_ns() / 1'000'000; }
    void count_isolated(std::int64_t now_ms);  // [holding mutex_]

    const std::string plugin_;
    const Clock& clock_;
    const std::set<std::string> connections_;
    observe::Gauge* const gauge_;
    mutable std::mutex mutex_;
    std::map<std::string, Page> pages_;  // by connection
};

}  // namespace gatehouse::plugins
