#include "edge/counters.hpp"

#include <string>

namespace gatehouse::edge {

namespace {

constexpr std::array<const char*, kRefusals> kRefusalWords{"full", "address", "rate"};
constexpr std::array<const char*, kParts> kPartWords{"handshake", "head", "body", "answer",
                                                     "reply"};

}  // namespace

Counters::Counters(observe::Metrics* metrics) {
    if (metrics != nullptr) show_in(*metrics);
}

void Counters::show_in(observe::Metrics& metrics) {
    const std::string prefix = "gatehouse_edge_";
    accepted.show_as(
        metrics.counter(prefix + "connections_accepted_total", "Connections that were admitted"));
    for (std::size_t i = 0; i < kRefusals; ++i) {
        refused[i].show_as(metrics.counter(prefix + "connections_refused_total",
                                           "Connections closed when accepted, by the limit met",
                                           {{"limit", kRefusalWords[i]}}));
    }
    evicted.show_as(metrics.counter(prefix + "connections_evicted_total",
                                    "Idle strangers closed to make room"));
    proxy_header_failed.show_as(metrics.counter(prefix + "proxy_headers_failed_total",
                                                "Proxies' connections without a right header"));
    handshake_failed.show_as(metrics.counter(prefix + "handshakes_failed_total",
                                             "TLS handshakes that did not succeed",
                                             {{"reason", "failed"}}));
    handshake_dropped.show_as(metrics.counter(prefix + "handshakes_failed_total",
                                              "TLS handshakes that did not succeed",
                                              {{"reason", "dropped"}}));
    for (std::size_t i = 0; i < kParts; ++i) {
        timed_out[i].show_as(metrics.counter(prefix + "timed_out_total",
                                             "What took too long, by the part that did",
                                             {{"part", kPartWords[i]}}));
    }
    bad_requests.show_as(metrics.counter(prefix + "bad_requests_total",
                                         "Requests that were malformed or too large"));
    unwelcome.show_as(metrics.counter(prefix + "unwelcome_total",
                                      "Requests that were refused before their body was read"));
    no_room.show_as(metrics.counter(prefix + "bodies_refused_total",
                                    "Requests refused because too many bodies were under way"));
    requests.show_as(metrics.counter(prefix + "requests_total", "Requests that were framed well"));
    open = &metrics.gauge(prefix + "connections", "Connections that are open");
    certificate_not_after_s = &metrics.gauge(prefix + "certificate_not_after_seconds",
                                             "When the certificate in force ends, Unix time");
    acknowledge_s = &metrics.histogram(
        prefix + "acknowledge_seconds", "From the last byte of a verified webhook to its answer",
        {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5});
}

}  // namespace gatehouse::edge
