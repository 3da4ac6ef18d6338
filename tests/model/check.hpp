// Check: runs a history against the machine and says what promise it broke, if any; makes a failing
// history as short as it stays failing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "model/history.hpp"
#include "observe/metrics.hpp"
#include "store/store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::model {

// A store that many histories share, each as a business of its own. [one thread]
class Check {
  public:
    Check();
    ~Check();
    Check(const Check&) = delete;
    Check& operator=(const Check&) = delete;

    // What was wrong, with the line of the history at which it showed; empty if nothing.
    //  - What must hold at every moment and of every PIN: watch.hpp.
    //  - After quiet and its sweeps, the vendor's openings are the facts' (P5).
    //  - After that, a day makes no write anywhere (P4).
    std::string run(const History& history, std::uint64_t seed);

    // A history that fails too, from which no act can be taken away.
    History shrink(History history, std::uint64_t seed);

  private:
    test::TempDir dir_;
    ManualClock clock_;
    observe::Metrics metrics_;
    std::unique_ptr<store::Store> store_;
    int next_business_ = 1;
};

}  // namespace gatehouse::model
