#include "dispatch/inbound_task.hpp"

#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "dispatch/vendor_alerts.hpp"
#include "inbound/rental_tie.hpp"
#include "inbound/vendor_events.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;
using observe::StepKind;

constexpr std::size_t kMaxEventSteps = 20;

std::string describe(const access::AccessEvent& event) {
    std::string text = event.kind;
    if (!event.target.empty()) text += " " + shorten(event.target, 64);
    if (!event.rental_id.empty()) text += ", rental " + shorten(event.rental_id, 64);
    return text;
}

}  // namespace

Outcome InboundReader::run(const Task& task, observe::StepLog& steps) {
    const std::string connection = connection_of(task.key);
    const auto parts = businesses_.find(task.business);
    if (parts == businesses_.end() || !parts->second.config->connections.contains(connection)) {
        return {fail(ErrorKind::kNotFound, "the connection is not in the configuration")};
    }
    const Result<std::string> document = plugins_.call(
        {task.business, connection, "inbound.parse",
         dump_json({{"schema", 1}, {"headers", json::array()}, {"body", task.event_body}}),
         &steps});
    if (!document) {
        return {tl::unexpected(document.error())};
    }
    auto read = inbound::read_vendor_events(*document, task.business, connection, clock_.now_ms());
    if (!read) {
        return {tl::unexpected(read.error())};
    }
    Outcome outcome;
    for (inbound::VendorEvent& event : read->events) {
        if (Result<void> tied = inbound::tie_to_rental(lookups_, event); !tied) {
            return {std::move(tied)};
        }
        if (outcome.access_events.size() < kMaxEventSteps) {
            steps.add(StepKind::kNote, describe(event.event));
        }
        outcome.access_events.push_back(std::move(event.event));
    }
    if (read->events.empty()) {
        steps.add(StepKind::kNote, "the plugin found no event in it");
    }
    outcome.alert_changes = alerts_of(outcome.access_events);
    return outcome;
}

}  // namespace gatehouse::dispatch
