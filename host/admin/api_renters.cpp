// The API's part for what is held of one person: handing it out, and erasing it.
#include "access/rental_record.hpp"
#include "admin/access_log.hpp"
#include "admin/api.hpp"
#include "admin/explain_parts.hpp"
#include "admin/known_business.hpp"
#include "admin/replies.hpp"
#include "admin/views.hpp"
#include "base/json.hpp"
#include "notify/facts.hpp"
#include "observe/log.hpp"

namespace gatehouse::admin {
namespace {

using edge::HttpResponse;
using nlohmann::json;

json steps_view(const std::vector<observe::Step>& steps) {
    json list = json::array();
    for (const observe::Step& step : steps) {
        list.push_back({{"at", time_or_null(step.at_ms)},
                        {"kind", observe::to_string(step.kind)},
                        {"text", step.text}});
    }
    return list;
}

json full_rental_view(const access::RentalRecord& record) {
    json view = rental_view(record);
    view["desired"] = document(record.desired_json);
    view["grant"] = document(record.grant_json);
    view["targets"] = record.targets;
    view["move_in_job"] = text_or_null(record.move_in_job_id);
    view["move_out_job"] = text_or_null(record.move_out_job_id);
    view["has_pin"] = !record.pin_hash.empty();
    return view;
}

// A webhook may name the PIN that staff typed: it is nobody's to hand out.
json body_of(const store::RenterEvent& event) {
    auto body = parse_json(event.body);
    return body ? notify::without_pins(std::move(*body)) : json();
}

json full_event_view(const store::RenterEvent& event) {
    return {{"id", event.id},
            {"source", event.source},
            {"sender_id", event.sender_id},
            {"type", event.type},
            {"received", time_or_null(event.received_ms)},
            {"body", body_of(event)},
            {"body_bytes", event.body.size()},
            {"steps", steps_view(event.steps)}};
}

template <typename Row, typename View>
json list_of(const std::vector<Row>& rows, View view) {
    json list = json::array();
    for (const Row& row : rows) {
        list.push_back(view(row));
    }
    return list;
}

bool is_nothing(const store::RenterData& data) {
    return data.rentals.empty() && data.events.empty() && data.steps.empty() &&
           data.access_events.empty() && data.alerts.empty() && data.dead_letters.empty() &&
           data.erased_ms.empty();
}

json alert_view(const dispatch::AlertRecord& alert) {
    return {{"subject", alert.subject},
            {"text", alert.text},
            {"raised", time_or_null(alert.raised_ms)},
            {"cured", time_or_null(alert.cured_ms)}};
}

}  // namespace

HttpResponse Api::renter(const Request& request) {
    const std::string& business = request.path[2];
    const std::string& renter_id = request.path[4];
    const auto data = deps_.store.renter(business, renter_id);
    if (!data) return refusal(data.error());
    if (is_nothing(*data)) {
        if (auto refused = refuse_unknown(*deps_.config, business)) return std::move(*refused);
        return refusal(404, "Gatehouse holds nothing of this renter");
    }
    return reply({{"business", business},
                  {"renter", renter_id},
                  {"rentals", list_of(data->rentals, full_rental_view)},
                  {"events", list_of(data->events, full_event_view)},
                  {"steps", steps_view(data->steps)},
                  {"access_events", list_of(data->access_events, access_event_view)},
                  {"alerts", list_of(data->alerts, alert_view)},
                  {"dead_letters", list_of(data->dead_letters, dead_letter_view)},
                  {"erased", list_of(data->erased_ms, time_or_null)}});
}

// A business that was taken out of the configuration leaves its rows, and its renters may ask for
// them as long as they are there; what its vendors hold nobody can end here any more.
HttpResponse Api::erase_renter(const Request& request) {
    const std::string& business = request.path[2];
    const std::string& renter_id = request.path[4];
    std::vector<std::string> left_open;
    if (auto refused = refuse_unknown(*deps_.config, business)) {
        const auto data = deps_.store.renter(business, renter_id);
        if (!data) return refusal(data.error());
        if (is_nothing(*data)) return std::move(*refused);
        const bool is_gone = !deps_.config->refused.contains(business);
        if (is_gone) left_open = data->held;
    }
    const auto held = left_open.empty() ? store::Held::kRefuse : store::Held::kErase;
    const auto changed = deps_.store.erase_renter(business, renter_id, held);
    if (!changed) return refusal(changed.error());
    observe::info("admin", "a renter was erased",
                  {{"business", business}, {"renter", renter_id}, {"rows", *changed}});
    std::string message = *changed == 0 ? "nothing was held of this renter"
                                        : "erased " + std::to_string(*changed) + " rows";
    for (const std::string& rental_id : left_open) {
        message += "; rental " + rental_id +
                   " had access, which nobody ends any more: end it at the vendor";
    }
    return reply(
        {{"message", message}, {"business", business}, {"renter", renter_id}, {"rows", *changed}});
}

}  // namespace gatehouse::admin
