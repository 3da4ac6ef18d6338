// Damage: that the file was found broken, by whoever met it first. From then on nothing is read
// from it and nothing written, in this process and in the next ones: what a broken file says may
// end somebody's access. [any thread]
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::store::sqlite {

// The file beside the database that remembers it.
std::string damage_marker_of(const std::string& database_path);

class Damage {
  public:
    // All outlive it.
    Damage(std::string database_path, const Clock& clock, observe::Metrics& metrics);

    // The first one is logged and remembered; further ones change nothing.
    void note(const std::string& what);

    bool is_found() const { return is_found_; }
    std::optional<std::string> what() const;

    // kInternal with what there is to do.
    Result<void> refuse_if_found() const;

  private:
    const std::string database_path_;
    const Clock& clock_;
    observe::Gauge& gauge_;
    std::atomic<bool> is_found_ = false;
    mutable std::mutex mutex_;
    std::string what_;  // guarded by mutex_
};

// kUnavailable if the marker of an earlier process lies there.
Result<void> refuse_marked(const std::string& database_path);

}  // namespace gatehouse::store::sqlite
