// MessageServices: what messages are sent to, in the test's own process and on one port: Slack's
// incoming webhooks, Twilio's Messages API and a plain receiver of webhooks.
//
//   address                                      | answers
//   /services/T0ACME/B0ACME/<kSlackToken>        | as Slack: 200 "ok", 400 "invalid_payload", ...
//   /2010-04-01/Accounts/<kTwilioAccount>/...    | as Twilio: 201, or an error document
//   /hooks/...                                   | 204
//   /api/v1/admin/unit-rentals/r1[/charges]      | a rental and its charges, as plugins/charge
//   takes
//                                                | Storeganise to be (not proven)
//
// Answers to what its documents do not say (other paths) are a 404. Faults go before all of it.
#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/http_peer.hpp"

namespace gatehouse::test {

class MessageServices {
  public:
    MessageServices();

    static constexpr const char* kSlackToken = "slack-token-of-the-test";
    static constexpr const char* kTwilioAccount = "AC0123456789abcdef0123456789abcdef";
    static constexpr const char* kTwilioToken = "twilio-token-of-the-test";
    static constexpr const char* kChargeKey = "charge-key-of-the-test";
    static constexpr const char* kSigningSecret = "whsec_c2lnbmluZy1zZWNyZXQtb2YtdGhlLXRlc3Qh";

    std::string authority() const { return peer_.authority(); }
    std::string url() const { return "http://" + authority(); }

    // The next `count` requests whose path begins so are answered with `status` and have no effect.
    void fail_next(const std::string& path, int status, int count);
    void end_faults();

    // Titles of the charges of rental "r1".
    std::vector<std::string> charges() const;

    // What was taken, oldest first.
    std::vector<std::string> slack_texts() const;
    struct Sms {
        std::string to;
        std::string text;
    };
    std::vector<Sms> sms() const;
    std::vector<PeerRequest> received() const;

  private:
    struct Fault {
        std::string path;
        int status = 500;
        int remaining = 0;
    };

    PeerAnswer answer(const PeerRequest& request);
    PeerAnswer slack(const PeerRequest& request);
    PeerAnswer twilio(const PeerRequest& request);
    PeerAnswer charges_of_rental(const PeerRequest& request);

    mutable std::mutex mutex_;
    std::vector<Fault> faults_;
    std::vector<std::string> slack_texts_;
    std::vector<Sms> sms_;
    std::vector<PeerRequest> received_;
    nlohmann::json charges_ = nlohmann::json::array();
    HttpPeer peer_;  // last: it serves what stands above
};

}  // namespace gatehouse::test
