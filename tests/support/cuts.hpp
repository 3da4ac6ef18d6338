// Cuts: a rental's whole life at a vendor in which one request fails, in one of the ways in which
// requests fail, for every request in turn. Afterwards the vendor must hold what it holds after an
// undisturbed life, at the end of each step: when the step is tried again, and when the rental is
// to have something else by then.
//
//   expect_every_cut_is_mended([](Cutter& cutter) { return std::make_unique<KisiLife>(cutter); });
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"

namespace gatehouse::cuts {

using sdk::Json;

enum class Way {
    kNone,
    kNotSent,      // the host could not send it
    kAnswerLost,   // the vendor did it, and nobody heard
    kRefused,      // 500, and nothing was done
    kFailedAfter,  // 500, and all was done
    kTooFast,      // 429
    kEndBefore,    // the host ended before it was sent: the call's answer is lost too
    kEndAfter,     // the host ended after it was sent
};

// Stands between a plugin and its vendor.
class Cutter {
  public:
    using Vendor = std::function<Json(const Json& request)>;

    Cutter() = default;
    Cutter(Way way, int at) : way_(way), at_(at) {}

    Json send(const Json& request, const Vendor& vendor);

    // False: the host ended, so that it never got the call's answer.
    bool end_call() { return !std::exchange(is_dead_, false); }

    int count() const { return count_; }
    bool has_cut() const { return way_ != Way::kNone && count_ > at_; }
    const std::string& what() const { return what_; }

  private:
    Way way_ = Way::kNone;
    int at_ = 0;
    int count_ = 0;
    bool is_dead_ = false;
    std::string what_;  // the request that was cut
};

// One plugin in front of one fresh vendor, whose requests go through the cutter.
class Life {
  public:
    virtual ~Life() = default;

    virtual int steps() const = 0;
    // Asks for what the step wishes, some time after the last call.
    virtual sdk::Outcome apply(int step, const Json& references) = 0;
    // All that the vendor holds, in a form that does not depend on its numbers.
    virtual std::string held() = 0;
};

using MakeLife = std::function<std::unique_ptr<Life>(Cutter& cutter)>;

void expect_every_cut_is_mended(const MakeLife& make);

}  // namespace gatehouse::cuts
