// SweepComparison: access's own comparison, and whether people know already.
#pragma once

#include "base/clock.hpp"
#include "dispatch/alert.hpp"
#include "plugins/plugin_host.hpp"
#include "sweep/comparison.hpp"

namespace gatehouse::dispatch {

class SweepComparison final : public sweep::Comparison {
  public:
    // All outlive the comparison.
    SweepComparison(const plugins::PluginHost& plugins, Alerts& alerts, const Clock& clock)
        : plugins_(plugins), alerts_(alerts), clock_(clock) {}

    // A rental whose look would fail for want of a person is a difference until its alert stands.
    Result<std::string> difference(
        const config::Business& business, const access::Facts& listed,
        const std::optional<access::RentalRecord>& record) const override;

  private:
    const plugins::PluginHost& plugins_;
    Alerts& alerts_;
    const Clock& clock_;
};

}  // namespace gatehouse::dispatch
