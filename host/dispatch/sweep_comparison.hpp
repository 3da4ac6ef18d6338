// SweepComparison: access's own comparison, and whether people know already.
#pragma once

#include "access/pin.hpp"
#include "base/clock.hpp"
#include "dispatch/alert.hpp"
#include "plugins/plugin_host.hpp"
#include "sweep/comparison.hpp"

namespace gatehouse::dispatch {

class SweepComparison final : public sweep::Comparison {
  public:
    // All outlive the comparison.
    // `pin_key` may be null: then a PIN typed by staff is not noticed.
    SweepComparison(const plugins::PluginHost& plugins, Alerts& alerts, const Clock& clock,
                    const access::PinKey* pin_key = nullptr)
        : plugins_(plugins), alerts_(alerts), clock_(clock), pin_key_(pin_key) {}

    // A rental whose look would fail for want of a person is a difference until its alert stands.
    Result<std::string> difference(
        const config::Business& business, const access::Facts& listed,
        const std::optional<access::RentalRecord>& record) const override;

  private:
    const plugins::PluginHost& plugins_;
    Alerts& alerts_;
    const Clock& clock_;
    const access::PinKey* const pin_key_;
};

}  // namespace gatehouse::dispatch
