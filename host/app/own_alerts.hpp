// The host's own alerts: businesses whose configuration is refused or that are beyond their quota,
// senders that find no room, and the certificate's end. Read first, so that nothing is written
// where nothing changed. [one thread; blocks for a commit]
#pragma once

#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "dispatch/alert.hpp"
#include "edge/webhooks/quota.hpp"

namespace gatehouse::app {

// "configuration:<business>" for each refused one; cured for those that run again. Quotas
// of an earlier process are over, too. Once, at start.
Result<void> tell_configuration(const config::Config& config, dispatch::Alerts& alerts);

// "quota:<business>" for who went beyond it or has been calm since.
Result<void> tell_quotas(const std::vector<edge::QuotaNews::Change>& changes,
                         const config::Config& config, dispatch::Alerts& alerts);

// "certificate" of the host (dispatch::kHostAlerts): the files that are named are no pair, their
// end is near or past; cured when they are good.
Result<void> tell_certificate(const config::Listen& listen, UnixMs now_ms,
                              dispatch::Alerts& alerts);

// "edge" of the host: senders are refused because all is full; cured when none was for a minute.
Result<void> tell_edge(bool is_refusing, dispatch::Alerts& alerts);

}  // namespace gatehouse::app
