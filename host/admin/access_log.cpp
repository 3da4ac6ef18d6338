#include "admin/access_log.hpp"

#include <optional>
#include <string>
#include <vector>

#include "admin/known_business.hpp"
#include "admin/replies.hpp"
#include "admin/views.hpp"
#include "base/csv.hpp"

namespace gatehouse::admin {
namespace {

using nlohmann::json;

constexpr std::size_t kBusinessSegment = 2;

// 0 if the parameter is absent; nothing if it is no time.
std::optional<UnixMs> time_of(const Request& request, const std::string& name) {
    const auto text = text_of(request, name);
    if (!text) return UnixMs{0};
    const Result<UnixMs> at_ms = parse_utc(*text);
    return at_ms && *at_ms > 0 ? std::optional(*at_ms) : std::nullopt;
}

std::string cursor_of(const access::StoredAccessEvent& stored) {
    return std::to_string(stored.event.occurred_ms) + "-" + std::to_string(stored.row);
}

bool read_cursor(const std::string& text, access::AccessEventFilter& filter) {
    const std::size_t dash = text.find('-');
    if (dash == std::string::npos) return false;
    const auto at_ms = parse_id(std::string_view(text).substr(0, dash));
    const auto row = parse_id(std::string_view(text).substr(dash + 1));
    if (!at_ms || !row) return false;
    filter.before_ms = *at_ms;
    filter.before_row = *row;
    return true;
}

// A refusal for what cannot be read.
std::optional<edge::HttpResponse> read_filter(const Request& request,
                                              access::AccessEventFilter& filter) {
    filter.connection = text_of(request, "connection");
    filter.rental_id = text_of(request, "rental");
    filter.renter_id = text_of(request, "renter");
    filter.target = text_of(request, "target");
    const auto from_ms = time_of(request, "from");
    const auto until_ms = time_of(request, "until");
    if (!from_ms || !until_ms) {
        return refusal(400, "from and until are times like 2026-11-22T08:00:00Z or 2026-11-22");
    }
    filter.from_ms = *from_ms;
    filter.until_ms = *until_ms;
    const auto cursor = text_of(request, "cursor");
    if (cursor && !read_cursor(*cursor, filter)) return refusal(400, "cursor cannot be read");
    return std::nullopt;
}

std::string csv_of(const std::vector<access::StoredAccessEvent>& events) {
    static const std::vector<std::string> columns{
        "occurred", "received", "connection", "kind",   "target", "target_name",
        "person",   "success",  "reason",     "rental", "renter", "vendor_id"};
    std::vector<std::string> header = columns;
    header.emplace_back("cursor");
    std::string text = csv_line(header);
    for (const access::StoredAccessEvent& stored : events) {
        const json view = access_event_view(stored);
        std::vector<std::string> fields;
        fields.reserve(columns.size() + 1);
        for (const std::string& column : columns) {
            fields.push_back(csv_text(view[column]));
        }
        fields.push_back(cursor_of(stored));
        text += csv_line(fields);
    }
    return text;
}

}  // namespace

json access_event_view(const access::StoredAccessEvent& stored) {
    const access::AccessEvent& event = stored.event;
    return {{"occurred", time_or_null(event.occurred_ms)},
            {"received", time_or_null(event.received_ms)},
            {"connection", event.connection},
            {"kind", event.kind},
            {"target", event.target},
            {"target_name", event.target_name},
            {"person", event.person},
            {"success", event.success ? json(*event.success) : json()},
            {"reason", event.reason},
            {"rental", event.rental_id},
            {"renter", event.renter_id},
            {"vendor_id", event.vendor_id}};
}

edge::HttpResponse access_log_reply(access::AccessLog& log, const config::Config& config,
                                    const Request& request) {
    const int limit = limit_of(request);
    access::AccessEventFilter filter;
    filter.business = request.path[kBusinessSegment];
    filter.limit = limit;
    if (auto refused = refuse_unknown(config, filter.business)) return std::move(*refused);
    if (auto refused = read_filter(request, filter)) return std::move(*refused);
    const std::string format = text_of(request, "format").value_or("json");
    if (format != "json" && format != "csv") return refusal(400, "format must be json or csv");
    const auto events = log.access_events(filter);
    if (!events) return refusal(events.error());
    if (format == "csv") {
        edge::HttpResponse response;
        response.body = csv_of(*events);
        response.content_type = "text/csv; charset=utf-8";
        return response;
    }
    json list = json::array();
    for (const access::StoredAccessEvent& stored : *events)
        list.push_back(access_event_view(stored));
    json next = nullptr;
    if (std::ssize(*events) == limit) next = cursor_of(events->back());
    return reply({{"access_events", std::move(list)}, {"next_cursor", std::move(next)}});
}

}  // namespace gatehouse::admin
