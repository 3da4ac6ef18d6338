#include "dispatch/vendor_alerts.hpp"

namespace gatehouse::dispatch {
namespace {

AlertChange battery_alert(const access::AccessEvent& event) {
    AlertChange change;
    change.subject = "door:" + event.target;
    change.is_raised = !event.success.value_or(false);
    const std::string door =
        event.target_name.empty() ? event.target : event.target_name + " (" + event.target + ")";
    change.text = "the battery of " + door + " is low, says connection " + event.connection;
    change.rental_id = event.rental_id;
    return change;
}

}  // namespace

std::string connection_subject(const std::string& connection) {
    return "connection:" + connection;
}

std::vector<AlertChange> alerts_of(const std::vector<access::AccessEvent>& events) {
    std::vector<AlertChange> changes;
    for (const access::AccessEvent& event : events) {
        if (event.kind == "low_battery" && !event.target.empty()) {
            changes.push_back(battery_alert(event));
        } else if (event.kind == "webhook_disabled") {
            changes.push_back({connection_subject(event.connection), true,
                               "the vendor of connection " + event.connection +
                                   " says that it switched its webhook off",
                               "", ""});
        }
    }
    return changes;
}

}  // namespace gatehouse::dispatch
