// Checker: reads the whole file on a snapshot, beside everything else, and compares every index
// with its table. What it finds is noted as damage. [any thread]
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "observe/metrics.hpp"
#include "store/sqlite/damage.hpp"
#include "store/sqlite/database.hpp"

namespace gatehouse::store::sqlite {

// What SQLite finds wrong with the database; nothing if it is whole, or if the check was
// interrupted or could not be made (the database's status tells).
std::optional<std::string> find_damage(Database& database);

class Checker {
  public:
    // All outlive it.
    Checker(std::string path, Damage& damage, const Clock& clock, observe::Metrics& metrics);
    ~Checker();  // interrupts a check

    // Starts a check unless one is under way.
    void begin();

    // When the file was last found whole by this object; 0 = not yet.
    UnixMs found_whole_ms() const { return found_whole_ms_; }

    // Waits until no check is under way; false when the time is up first.
    bool wait(std::chrono::milliseconds patience);

  private:
    void work();
    void check();

    const std::string path_;
    Damage& damage_;
    const Clock& clock_;
    observe::Gauge& checked_at_;
    std::atomic<UnixMs> found_whole_ms_ = 0;

    std::mutex mutex_;
    std::condition_variable news_;
    bool is_wanted_ = false;
    bool is_closing_ = false;
    Database* reading_ = nullptr;  // to be interrupted
    std::thread thread_;
};

}  // namespace gatehouse::store::sqlite
