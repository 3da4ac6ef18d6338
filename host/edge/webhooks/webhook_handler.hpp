// WebhookHandler: takes signed webhooks in. Finds the endpoint, checks the signature over the raw
// bytes, hands the event to the store and answers once it is committed (promises P1, P2).
//
//   answer | when
//   200    | committed, or known already; unknown types too (P12)
//   400    | signed, but not a JSON event; kept as an event in state "invalid" for the operator
//   401    | signature missing, doubled or wrong
//   404    | no such path or business; takes as long as a 401
//   405    | not POST
//   503    | the store cannot take it now; the sender shall come again
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "edge/http_server.hpp"
#include "observe/metrics.hpp"
#include "store/store.hpp"
#include "verify/verify.hpp"

namespace gatehouse::edge {

// Longest sender id that is kept as it is; a longer one is replaced by its hash.
constexpr std::size_t kMaxSenderIdBytes = 128;

class WebhookHandler final : public HttpHandler {
  public:
    // All outlive the handler. Endpoints are made once, from the configuration.
    WebhookHandler(const config::Config& config, store::Store& store, const Clock& clock,
                   observe::Metrics& metrics);

    void handle(const HttpRequest& request, Responder responder) noexcept override;

  private:
    struct Endpoint {
        std::string business;
        std::string source;
        verify::SignatureScheme scheme;
        const std::vector<config::LabelledSecret>* secrets = nullptr;
    };

    // Lets a string_view find a string key.
    struct PathHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view path) const {
            return std::hash<std::string_view>{}(path);
        }
    };

    void refuse(Responder& responder, int status, std::string_view message) noexcept;
    void take_in(const HttpRequest& request, const Endpoint& endpoint, std::string verified_by,
                 Responder responder);

    store::Store& store_;
    const Clock& clock_;
    std::unordered_map<std::string, Endpoint, PathHash, std::equal_to<>> endpoints_;
    std::vector<config::LabelledSecret> decoy_secrets_;  // keeps a 404 as slow as a 401
    Endpoint decoy_;
    observe::Counter& stored_;
    observe::Counter& duplicates_;
    observe::Counter& refused_;
    observe::Counter& not_stored_;
};

}  // namespace gatehouse::edge
