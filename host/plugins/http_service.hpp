// The plugins' HTTP service: a request document in, a reply or error document out, egress between.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "egress/egress.hpp"
#include "observe/step.hpp"
#include "plugins/lane.hpp"

namespace gatehouse::plugins {

// What became of the requests of one call of a plugin.
struct Requests {
    bool has_sent = false;      // one at least went out
    std::optional<Error> shut;  // the last one that was postponed, if any was
};

// Blocks for the exchange. `deadline_ns` is steady time, as Egress::send. What became of it is
// noted in `requests` (may be null). Untold are the numbers in what was refused with, one of which
// may be somebody's PIN. [any thread]
ServiceAnswer send_http(egress::Egress& egress, const egress::Policy& policy,
                        std::string_view document, std::int64_t deadline_ns,
                        observe::StepLog* steps, Requests* requests = nullptr);

// A call that failed because its way was shut, before a request of it went out, was postponed,
// whatever the plugin made of that. One that was stopped in its middle was an attempt: what comes
// no further must not come again and again without end.
Error judged(Error error, const Requests& requests);

// schemas/error.json as a service's answer.
ServiceAnswer service_error(const Error& error);

}  // namespace gatehouse::plugins
