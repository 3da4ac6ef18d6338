// The plugins' HTTP service: a request document in, a reply or error document out, egress between.
#pragma once

#include <cstdint>
#include <string_view>

#include "egress/egress.hpp"
#include "observe/step.hpp"
#include "plugins/runner_lane.hpp"

namespace gatehouse::plugins {

// Blocks for the exchange. `deadline_ns` is steady time, as Egress::send. [any thread]
ServiceAnswer send_http(egress::Egress& egress, const egress::Policy& policy,
                        std::string_view document, std::int64_t deadline_ns,
                        observe::StepLog* steps);

// schemas/error.json as a service's answer.
ServiceAnswer service_error(const Error& error);

}  // namespace gatehouse::plugins
