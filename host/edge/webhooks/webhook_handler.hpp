// WebhookHandler: takes signed webhooks in. Finds the endpoint, checks the signature over the raw
// bytes, hands the event to the store and answers once it is committed (promises P1, P2).
//
//   answer | when
//   200    | committed, or known already; unknown types too (P12)
//   400    | signed, but not a JSON event; kept as an event in state "invalid" for the operator,
//          | without its body where a vendor's PINs would have been struck out of it
//   401    | signature missing, doubled, wrong or too old; no such business or connection, or one
//          | that takes no webhooks: nobody learns which there are
//   404    | no such path
//   405    | not POST
//   415    | a Content-Encoding
//   429    | beyond the business's quota, with the time until it would fit
//   503    | the store cannot take it now, or the business's configuration is refused; the sender
//          | shall come again
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/config.hpp"
#include "edge/http_server.hpp"
#include "edge/webhooks/envelope.hpp"
#include "edge/webhooks/quota.hpp"
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
    // All outlive the handler. Endpoints are made once, from the configuration. `on_quota` is
    // called when somebody goes beyond a quota: see quota_news(). `id_key` is what the ids of bytes
    // that may not be kept hang on: the same key knows the same bytes again; none = one for this
    // handler alone.
    WebhookHandler(const config::Config& config, std::vector<VendorSource> vendors,
                   store::Store& store, const Clock& clock, observe::Metrics& metrics,
                   std::function<void()> on_quota = nullptr, Secret id_key = {});

    // What the head alone shows to be unwelcome; the same for every business, whether it exists.
    std::optional<HttpResponse> refuse_head(const HttpRequest& request) noexcept override;

    void handle(const HttpRequest& request, Responder responder) noexcept override;

    QuotaNews& quota_news() { return quota_news_; }

  private:
    struct Endpoint {
        VendorSource source;     // of Storeganise too: then the connection is "storeganise"
        Quota* quota = nullptr;  // the business's
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

    std::optional<HttpResponse> unwelcome(const HttpRequest& request) const;
    bool shows_signature(const HttpRequest& request) const;
    void refuse_quota(const Endpoint& endpoint, Responder& responder, std::int64_t wait_ms);
    bool is_held(std::string_view path) const;
    void take_in(const Endpoint& endpoint, const verify::Delivery& delivery,
                 std::string verified_by, Responder responder);

    store::Store& store_;
    const Clock& clock_;
    std::unordered_map<std::string, Endpoint, PathHash, std::equal_to<>> endpoints_;
    std::map<std::string, std::unique_ptr<Quota>> quotas_;  // by business; never written after
    QuotaNews quota_news_;
    std::set<std::string, std::less<>> held_;     // businesses whose configuration is refused
    Endpoint decoy_;                              // stands for each that is not
    std::vector<std::string> signature_headers_;  // of all endpoints
    std::size_t most_secrets_ = 1;                // of any endpoint
    const Secret id_key_;
    observe::Counter& stored_;
    observe::Counter& duplicates_;
    observe::Counter& refused_;
    observe::Counter& not_stored_;
    observe::Counter& held_back_;
    observe::Counter& over_quota_;
};

}  // namespace gatehouse::edge
