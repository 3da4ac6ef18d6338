#include "app/work.hpp"

namespace gatehouse::app {
namespace {

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
           plugins::PluginHost& plugins, const Clock& clock)
    : businesses_(make_businesses(config, egress, clock)),
      reconciler_(store, plugins, clock),
      resolver_(businesses_, store, clock),
      looker_(businesses_, reconciler_),
      router_(businesses_, clock),
      notifier_(businesses_, plugins, clock) {}

dispatch::Handlers Work::handlers() {
    return {{dispatch::TaskKind::kResolve, &resolver_},
            {dispatch::TaskKind::kReconcile, &looker_},
            {dispatch::TaskKind::kRoute, &router_},
            {dispatch::TaskKind::kNotify, &notifier_}};
}

}  // namespace gatehouse::app
