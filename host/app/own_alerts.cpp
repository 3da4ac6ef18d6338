#include "app/own_alerts.hpp"

#include <limits>
#include <string>
#include <utility>

#include "config/scalar.hpp"
#include "edge/tls_fault.hpp"
#include "observe/log.hpp"

namespace gatehouse::app {
namespace {

using dispatch::AlertChange;

constexpr const char* kConfiguration = "configuration:";
constexpr const char* kQuota = "quota:";
constexpr const char* kEdge = "edge";
constexpr const char* kCertificate = "certificate";

// Raised with `text`, or cured if there is none.
Result<void> tell(const std::string& business, const std::string& subject, std::string text,
                  dispatch::Alerts& alerts) {
    const auto standing = alerts.alert(business, subject);
    if (!standing) return tl::unexpected(standing.error());
    const bool stands = *standing && (*standing)->cured_ms == 0;
    if (text.empty() ? !stands : stands && (*standing)->text == text) return {};
    if (!text.empty()) {
        observe::warn("app", "alert",
                      {{"business", business}, {"subject", subject}, {"reason", text}});
    }
    const bool is_raised = !text.empty();
    return alerts.change_alerts(business,
                                {AlertChange{subject, is_raised, std::move(text), "", ""}});
}

// Empty if it will do for now.
std::string fault_in_certificate(const config::Listen& listen, UnixMs now_ms) {
    if (const auto fault = edge::fault_in({listen.certificate, listen.key})) {
        return "the former certificate is still served: " + fault->message;
    }
    const auto dates = edge::dates_of(listen.certificate);
    const auto end = dates ? edge::near_end(*dates, now_ms) : std::nullopt;
    return end ? "the certificate " + end->message + ": " + end->suggestion : "";
}

}  // namespace

Result<void> tell_configuration(const config::Config& config, dispatch::Alerts& alerts) {
    for (const auto& [name, refused] : config.refused) {
        Result<void> told = tell(name, kConfiguration + name,
                                 "the business does not run, its configuration has mistakes "
                                 "(gatehouse check): " +
                                     refused.reason,
                                 alerts);
        if (!told) return told;
    }
    // One read for all: there may be very many businesses, and few alerts.
    const auto all = alerts.alerts(std::nullopt, std::numeric_limits<int>::max());
    if (!all) return tl::unexpected(all.error());
    for (const dispatch::AlertRecord& alert : *all) {
        const bool is_over =
            alert.subject.starts_with(kQuota) ||
            (alert.subject.starts_with(kConfiguration) && !config.refused.contains(alert.business));
        if (!is_over || alert.cured_ms != 0) continue;
        if (Result<void> told = tell(alert.business, alert.subject, "", alerts); !told) return told;
    }
    return {};
}

Result<void> tell_quotas(const std::vector<edge::QuotaNews::Change>& changes,
                         const config::Config& config, dispatch::Alerts& alerts) {
    for (const auto& [name, is_exceeded] : changes) {
        const auto business = config.businesses.find(name);
        if (business == config.businesses.end()) continue;
        const config::Quota& quota = business->second.quota;
        std::string text;
        if (is_exceeded) {
            text = "more webhooks than the business's quota (" +
                   config::format_number(quota.events_per_second) + " a second, " +
                   config::format_size(quota.bytes_per_day) +
                   " a day): some were answered 429; sweeps find what was lost";
        }
        if (Result<void> told = tell(name, kQuota + name, std::move(text), alerts); !told) {
            return told;
        }
    }
    return {};
}

Result<void> tell_certificate(const config::Listen& listen, UnixMs now_ms,
                              dispatch::Alerts& alerts) {
    return tell(std::string(dispatch::kHostAlerts), kCertificate,
                fault_in_certificate(listen, now_ms), alerts);
}

Result<void> tell_edge(bool is_refusing, dispatch::Alerts& alerts) {
    return tell(std::string(dispatch::kHostAlerts), kEdge,
                is_refusing ? "senders find no room: connections are closed or answered 503 until "
                              "others end (metrics gatehouse_edge_connections_refused_total, "
                              "gatehouse_edge_bodies_refused_total)"
                            : "",
                alerts);
}

}  // namespace gatehouse::app
