// Egress: the one door to the outside for plugins and for the Storeganise client. It decides where
// a request may go, fills secrets in and strikes them from answers, keeps the rate and writes the
// redacted step (promises P8, P11).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "egress/http_client.hpp"
#include "egress/secrets.hpp"
#include "egress/way.hpp"
#include "observe/metrics.hpp"
#include "observe/step.hpp"

namespace gatehouse::egress {

class Pause;

// What one connection may do outside. Made from the manifest and the connection's YAML; changed
// only by a new configuration. Immutable once given to Egress.
struct Policy {
    std::string key;                       // "acme/doors": the rate is kept per key
    std::vector<std::string> hosts;        // "api.kisi.io" or "127.0.0.1:9090"; nothing else passes
    std::vector<std::string> plain_hosts;  // of these, the ones that may be spoken to without TLS
    double requests_per_second = 0;        // 0 = no limit
    int burst = 1;
    // Of the host's own clients: the whole value of Authorization, set on the way out. Then no text
    // of a call stands for a secret, whatever it says.
    Secret authorization;
    // Their references are filled in, and all of them are struck from all that comes back.
    Secrets secrets;
    bool is_shadow = false;  // writes are recorded and answered 200 {}, not sent
};

// [any thread; send() blocks for the rate, then for the exchange]
class Egress {
  public:
    virtual ~Egress() = default;

    // Sends `call` under `policy`, waiting for its turn. `deadline` is steady time in ns: no
    // request begins that cannot end by then. Adds one step to `steps` (may be null): method, host,
    // path, status, milliseconds; never a query value, header, body or secret.
    //
    // kForbidden: host not listed, plain http where not allowed, private address not allowed.
    // kInvalid: malformed URL, a reference that cannot be filled in (secrets.hpp).
    // kRateLimited: the turn would come after the deadline (with the delay). kUnavailable and the
    // rest as HttpClient. Postponed if nothing was sent because of the rate, the connection's
    // breaker or too many requests to the same origin.
    virtual Result<HttpReply> send(const Policy& policy, HttpCall call, std::int64_t deadline_ns,
                                   observe::StepLog* steps) = 0;

    // Why it is no use to begin something of `policy` that sends requests: nobody answers there
    // (breaker.hpp), or its next turn is far off. Postponed until it is of use; nothing = go ahead.
    virtual std::optional<Error> shut(const Policy& /*policy*/) const { return std::nullopt; }

    // The connections whose breaker is not closed.
    virtual std::vector<Way> ways() const { return {}; }

    // Ends every wait for a turn, with kUnavailable; later calls fail at once. See also
    // HttpClient::stop().
    virtual void stop() {}
};

struct EgressOptions {
    std::vector<std::string> allow_private;  // "127.0.0.1:9090": private addresses that may be used
    std::string ca_file;                     // extra trust anchor, PEM; empty = the system's
    // "api.kisi.io:443=10.0.0.9:8443": where to connect instead. Name, certificate check and
    // allow-list stay those of the URL; the address must be allowed as any other.
    std::vector<std::string> connect_to = {};
    std::string name_servers = {};  // "10.0.0.1:53"; empty = the system's
};

// Keeps connections open for the next call to the same origin. Ignores SIGPIPE for the process.
// Throws std::runtime_error when `ca_file` cannot be used: that is for start-up.
std::unique_ptr<HttpClient> make_curl_client(const EgressOptions& options);

// `pause` is how requests wait for their turn; null = on the machine's clock.
std::unique_ptr<Egress> make_egress(HttpClient& client, const Clock& clock,
                                    observe::Metrics& metrics, Pause* pause = nullptr);

}  // namespace gatehouse::egress
