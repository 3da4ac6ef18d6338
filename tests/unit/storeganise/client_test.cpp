// The client through the real egress, against a peer on 127.0.0.1.

#include "unit/storeganise/client_fixture.hpp"

namespace gatehouse::storeganise {
namespace {

using test::PeerAnswer;
using test::PeerRequest;

const std::string kRental = rental_json("r1").dump();

class ClientTest : public ClientFixture {
  protected:
    PeerRequest last_request() const { return peer.requests().back(); }

    PeerAnswer& answer = answers[""] = {200, "{}"};
    observe::StepLog steps{clock};
};

TEST_F(ClientTest, ReadsAJobWithTheBusinesssKey) {
    answer.body = R"({"id":"5bf5","type":"unit_moveIn","result":{"unitRentalId":"r1"}})";
    const auto job = make()->job("5bf5", &steps);
    ASSERT_TRUE(job) << job.error().message;
    EXPECT_EQ(job->rental_ids, std::vector<std::string>{"r1"});
    EXPECT_EQ(last_request().method, "GET");
    EXPECT_EQ(last_request().target, "/api/v1/admin/jobs/5bf5");
    EXPECT_EQ(last_request().headers.at("authorization"), "ApiKey KEY-THAT-NOBODY-SEES");
    ASSERT_EQ(steps.steps().size(), 1U);
    EXPECT_EQ(steps.steps()[0].text.find("KEY-THAT"), std::string::npos);
    EXPECT_NE(steps.steps()[0].text.find("/api/v1/admin/jobs/5bf5 -> 200"), std::string::npos);
}

TEST_F(ClientTest, ReadsARentalInOneRequest) {
    answer.body = kRental;
    const auto facts = make()->rental("r1", &steps);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->unit_name, "A12");
    EXPECT_EQ(last_request().target,
              "/api/v1/admin/unit-rentals/r1?include=unit,owner,customFields");
    EXPECT_EQ(peer.requests().size(), 1U);
}

TEST_F(ClientTest, AnAddOnHasItsOwnAuthorization) {
    business.storeganise.addon_id = "addon-7";
    make()->job("j1", &steps);
    EXPECT_EQ(last_request().headers.at("authorization"), "Addon addon-7|KEY-THAT-NOBODY-SEES");
}

TEST_F(ClientTest, WritesJustTheChangedFields) {
    const auto written = make()->write_fields("r1",
                                              {{"kisi_overlocked", "true"},
                                               {"kisi_pinCode", std::nullopt},
                                               {"kisi_status", "ok"},
                                               {"kisi_resync", "false"}},
                                              &steps);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(last_request().method, "PUT");
    EXPECT_EQ(last_request().target, "/api/v1/admin/unit-rentals/r1");
    EXPECT_EQ(last_request().headers.at("content-type"), "application/json");
    EXPECT_EQ(last_request().body, R"({"customFields":{"kisi_overlocked":true,"kisi_pinCode":null,)"
                                   R"("kisi_resync":false,"kisi_status":"ok"}})");
}

TEST_F(ClientTest, P4_NothingToWriteSendsNothing) {
    EXPECT_TRUE(make()->write_fields("r1", {}, &steps));
    EXPECT_TRUE(peer.requests().empty());
    EXPECT_TRUE(steps.steps().empty());
}

TEST_F(ClientTest, AbsurdIdsAreRefusedAndOthersEncoded) {
    const auto client = make();
    for (const std::string& id : {std::string(), std::string(".."), std::string("a/b"),
                                  std::string("a b"), std::string(200, 'x')}) {
        EXPECT_EQ(client->job(id, nullptr).error().kind, ErrorKind::kInvalid);
        EXPECT_EQ(client->rental(id, nullptr).error().kind, ErrorKind::kInvalid);
        EXPECT_EQ(client->write_fields(id, {{"a", "b"}}, nullptr).error().kind,
                  ErrorKind::kInvalid);
    }
    EXPECT_TRUE(peer.requests().empty());
    EXPECT_FALSE(client->job("a?b#{{secret:storeganise_api_key}}", nullptr));
    EXPECT_EQ(last_request().target,
              "/api/v1/admin/jobs/a%3Fb%23%7B%7Bsecret%3Astoreganise_api_key%7D%7D");
}

TEST_F(ClientTest, P6_EmptyCutAndForeignAnswersAreErrors) {
    const auto client = make();
    const std::string whole = kRental;
    for (const std::string& body :
         {std::string(), whole.substr(0, whole.size() / 2), std::string("<html></html>"),
          std::string("[]"), std::string("{}")}) {
        answer.body = body;
        EXPECT_EQ(client->rental("r1", nullptr).error().kind, ErrorKind::kUnavailable) << body;
    }
    answer.body = kRental;
    EXPECT_EQ(client->rental("r2", nullptr).error().kind, ErrorKind::kInvalid);
    answer.raw = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + whole;
    answer.is_last = true;
    EXPECT_EQ(client->rental("r1", nullptr).error().kind, ErrorKind::kUnavailable);
    answer.raw = "this is not HTTP\r\n";
    EXPECT_EQ(client->rental("r1", nullptr).error().kind, ErrorKind::kUnavailable);
    answer = PeerAnswer{200, std::string(2'000'000, ' ')};
    EXPECT_EQ(client->rental("r1", nullptr).error().kind, ErrorKind::kUnavailable);
}

TEST_F(ClientTest, ErrorsKeepTheirKind) {
    const auto client = make();
    answer = PeerAnswer{404, R"({"error":{"message":"no job"}})"};
    const auto missing = client->job("j1", nullptr);
    EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(missing.error().message, "Storeganise answered 404 for job j1 \"no job\"");
    answer = PeerAnswer{401, "no"};
    EXPECT_EQ(client->rental("r1", nullptr).error().kind, ErrorKind::kAuth);
    answer = PeerAnswer{503, ""};
    EXPECT_EQ(client->write_fields("r1", {{"a", "b"}}, nullptr).error().kind,
              ErrorKind::kUnavailable);
    answer = PeerAnswer{429, "", {{"Retry-After", "60"}}};
    const auto limited = client->job("j1", nullptr);
    EXPECT_EQ(limited.error().kind, ErrorKind::kRateLimited);
    EXPECT_EQ(limited.error().retry_after_ms, 60'000);
    // The pause holds for the business's next request without asking again.
    const std::size_t asked = peer.requests().size();
    EXPECT_EQ(client->job("j1", nullptr).error().kind, ErrorKind::kRateLimited);
    EXPECT_EQ(peer.requests().size(), asked);
}

TEST_F(ClientTest, P8_AnEchoedKeyIsTakenOut) {
    answer = PeerAnswer{403, R"({"error":{"message":"key KEY-THAT-NOBODY-SEES is no admin"}})"};
    EXPECT_EQ(make()->job("j1", nullptr).error().message,
              "Storeganise answered 403 for job j1 \"key *** is no admin\"");
}

TEST_F(ClientTest, P11_PlainHttpNeedsTheOperatorsWord) {
    const auto client = make_client(business, {}, *egress, clock);
    EXPECT_EQ(client->job("j1", nullptr).error().kind, ErrorKind::kForbidden);
    EXPECT_TRUE(peer.requests().empty());
}

}  // namespace
}  // namespace gatehouse::storeganise
