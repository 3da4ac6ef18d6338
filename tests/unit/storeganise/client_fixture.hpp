// What the tests of the client stand on: the real egress, and a peer on 127.0.0.1 that answers as
// Storeganise would.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "storeganise/client.hpp"
#include "support/http_peer.hpp"

namespace gatehouse::storeganise {

inline constexpr const char* kBase = "/api/v1/admin/";

// As a list's row and a rental's own page show it.
inline nlohmann::json rental_json(const std::string& id, const std::string& site_id = "s1") {
    using nlohmann::json;
    return json{{"id", id},
                {"unitId", "u1"},
                {"siteId", site_id},
                {"ownerId", "o1"},
                {"state", "occupied"},
                {"customFields", json::object()},
                {"unit", {{"id", "u1"}, {"name", "A12"}, {"customFields", json::object()}}},
                {"owner", {{"id", "o1"}, {"name", "Ada Example"}}}};
}

class ClientFixture : public testing::Test {
  protected:
    ClientFixture() {
        business.business = "acme";
        business.storeganise.api = "http://" + peer.authority() + "/api";
        business.storeganise.api_key = Secret("KEY-THAT-NOBODY-SEES");
    }

    std::unique_ptr<Client> make() { return make_client(business, allowed, *egress, clock); }

    // "GET unit-rentals/r1?include=..."
    std::vector<std::string> asked() const {
        std::vector<std::string> all;
        for (const test::PeerRequest& request : peer.requests()) {
            all.push_back(request.method + " " + request.target.substr(std::string(kBase).size()));
        }
        return all;
    }

    // By path, without the query; what stands here for "" answers all others.
    std::map<std::string, test::PeerAnswer> answers;
    test::HttpPeer peer{[this](const test::PeerRequest& request) {
        const std::string path = request.target.substr(std::string(kBase).size());
        const auto found = answers.find(path.substr(0, path.find('?')));
        if (found != answers.end()) return found->second;
        return answers.contains("") ? answers.at("") : test::PeerAnswer{404, "{}"};
    }};
    std::vector<std::string> allowed{peer.authority()};
    ManualClock clock{1'800'000'000'000};
    observe::Metrics metrics;
    std::unique_ptr<egress::HttpClient> http = egress::make_curl_client({allowed, ""});
    std::unique_ptr<egress::Egress> egress = egress::make_egress(*http, clock, metrics);
    config::Business business;
};

}  // namespace gatehouse::storeganise
