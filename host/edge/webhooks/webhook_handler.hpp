// WebhookHandler: takes signed webhooks in. Finds the endpoint, checks the signature over the raw
// bytes, hands the event to the store and answers once it is committed (promises P1, P2).
//
//   answer | when
//   200    | committed, or known already; unknown types too (P12)
//   400    | signed, but not a JSON event; kept as an event in state "invalid" for the operator,
//          | without its body where a vendor's PINs would have been struck out of it
//   401    | signature missing, doubled, wrong or too old
//   404    | no such path, business or connection, or one that takes no webhooks; takes as long as
//          | a 401
//   405    | not POST
//   503    | the store cannot take it now; the sender shall come again
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "edge/http_server.hpp"
#include "edge/webhooks/envelope.hpp"
#include "notify/pattern.hpp"
#include "observe/metrics.hpp"
#include "store/store.hpp"
#include "verify/verify.hpp"

namespace gatehouse::edge {

// A connection whose vendor sends webhooks, as its plugin's manifest says it signs them.
struct VendorSource {
    std::string business;
    std::string connection;
    verify::SignatureScheme scheme;
    std::string event_id;  // JSON pointer into the body; empty = none
    std::vector<config::LabelledSecret> secrets;
    std::vector<std::string> struck = {};  // members whose values are not kept
};

class WebhookHandler final : public HttpHandler {
  public:
    // All outlive the handler. Endpoints are made once, from the configuration.
    WebhookHandler(const config::Config& config, std::vector<VendorSource> vendors,
                   store::Store& store, const Clock& clock, observe::Metrics& metrics);

    void handle(const HttpRequest& request, Responder responder) noexcept override;

  private:
    struct Endpoint {
        VendorSource source;  // of Storeganise too: then the connection is "storeganise"
        bool is_storeganise = false;
        notify::RoutedTypes routed =
            notify::RoutedTypes({});  // of Storeganise: what the business's routes want
    };

    // Lets a string_view find a string key.
    struct PathHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view path) const {
            return std::hash<std::string_view>{}(path);
        }
    };

    void refuse(Responder& responder, int status, std::string_view message) noexcept;
    void take_in(const Endpoint& endpoint, const verify::Delivery& delivery,
                 std::string verified_by, Responder responder);

    store::Store& store_;
    const Clock& clock_;
    std::unordered_map<std::string, Endpoint, PathHash, std::equal_to<>> endpoints_;
    Endpoint decoy_;          // keeps a 404 as slow as a 401
    const std::string salt_;  // of the ids of what is not kept, made anew by each start
    observe::Counter& stored_;
    observe::Counter& duplicates_;
    observe::Counter& refused_;
    observe::Counter& not_stored_;
};

}  // namespace gatehouse::edge
