#include "app/work.hpp"

#include "app/forget.hpp"

namespace gatehouse::app {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

dispatch::Businesses make_businesses(const config::Config& config, egress::Egress& egress,
                                     const Clock& clock) {
    dispatch::Businesses businesses;
    for (const auto& [name, business] : config.businesses) {
        businesses[name] = dispatch::BusinessParts{
            &business,
            storeganise::make_client(business, config.egress.allow_private, egress, clock)};
    }
    return businesses;
}

}  // namespace

Work::Work(const config::Config& config, store::Store& store, egress::Egress& egress,
           plugins::PluginHost& plugins, const access::PinKey& pin_key, const Clock& clock,
           Random& random, observe::Metrics& metrics)
    : businesses_(make_businesses(config, egress, clock)),
      reconciler_(access::Parts{store, store, plugins, pin_key, clock, random}),
      resolver_(businesses_, store, clock),
      looker_(businesses_, reconciler_, store, plugins, config.dispatch, clock),
      router_(businesses_, clock, keep_ids_days(config.store) * kDayMs),
      notifier_(businesses_, plugins, clock),
      sweep_comparison_(plugins, store, clock, &pin_key),
      sweep_({businesses_, plugins, store, store, reconciler_.strays(), sweep_comparison_,
              sweep_reports_, store, clock, metrics}),
      dead_letters_(store),
      news_(businesses_, clock),
      alerts_({businesses_, store, store, dead_letters_, &news_, clock}),
      inbound_(businesses_, plugins, store, clock),
      carer_(config, businesses_, plugins, store, store, clock) {}

dispatch::Handlers Work::handlers() {
    return {{dispatch::TaskKind::kResolve, &resolver_}, {dispatch::TaskKind::kReconcile, &looker_},
            {dispatch::TaskKind::kRoute, &router_},     {dispatch::TaskKind::kNotify, &notifier_},
            {dispatch::TaskKind::kSweep, &sweep_},      {dispatch::TaskKind::kAlert, &alerts_},
            {dispatch::TaskKind::kInbound, &inbound_},  {dispatch::TaskKind::kCare, &carer_}};
}

}  // namespace gatehouse::app
