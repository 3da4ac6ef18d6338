// The client's further calls through the real egress: planned move-outs, lists, staff's tasks.

#include "unit/storeganise/client_fixture.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;
using test::PeerAnswer;

class ClientWorkTest : public ClientFixture {
  protected:
    // A rental whose move-out is planned by job j2.
    void plan(const PeerAnswer& job) {
        json rental = rental_json("r1");
        rental["moveOutJobId"] = "j2";
        answers["unit-rentals/r1"] = {200, rental.dump()};
        answers["jobs/j2"] = job;
    }

    std::unique_ptr<Client> client = make();
};

int number_in(const std::string& target, const std::string& name) {
    return std::stoi(target.substr(target.find(name + "=") + name.size() + 1));
}

// A list of `sizes.size()` rentals, each as many bytes long.
test::HttpPeer::Handler list_of(std::vector<std::size_t> sizes) {
    return [sizes](const test::PeerRequest& request) {
        json rows = json::array();
        const auto begin = static_cast<std::size_t>(number_in(request.target, "offset"));
        const auto limit = static_cast<std::size_t>(number_in(request.target, "limit"));
        for (std::size_t at = begin; at < std::min(begin + limit, sizes.size()); ++at) {
            json row = rental_json("r" + std::to_string(at));
            row["owner"]["files"] = std::string(sizes[at], 'f');
            rows.push_back(std::move(row));
        }
        return PeerAnswer{200, rows.dump()};
    };
}

PeerAnswer job_answer(const std::string& members) {
    return {200, R"({"id":"j2","type":"unit_moveOut",)" + members + "}"};
}

TEST_F(ClientWorkTest, APlannedMoveOutEndsOnItsJobsDay) {
    plan(job_answer(R"("state":"ready","data":{"date":"2026-11-30"})"));
    const auto facts = client->rental("r1", nullptr);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->end_date, "2026-11-30");
    EXPECT_EQ(facts->move_out_job_id, "j2");
    EXPECT_EQ(asked(), (std::vector<std::string>{
                           "GET unit-rentals/r1?include=unit,owner,customFields", "GET jobs/j2"}));
}

TEST_F(ClientWorkTest, APageThatIsTooLargeIsReadInParts) {
    struct Case {
        std::vector<std::size_t> sizes;
        std::size_t requests;
        std::vector<std::string> unreadable;
    };
    std::vector<std::size_t> one_huge(50, 100);
    one_huge[17] = 2'000'000;
    for (const Case& c :
         {Case{std::vector<std::size_t>(50, 24'000), 3, {}},
          Case{std::vector<std::size_t>(60, 100'000), 15, {}}, Case{one_huge, 13, {"row 18"}},
          Case{std::vector<std::size_t>(3, 600'000), 10, {}}}) {
        test::HttpPeer large(list_of(c.sizes));
        allowed = {large.authority()};
        http = egress::make_curl_client({allowed, ""});
        egress = egress::make_egress(*http, clock, metrics);
        business.storeganise.api = "http://" + large.authority() + "/api";
        const auto page = make()->rentals({}, nullptr);
        ASSERT_TRUE(page) << page.error().message;
        const auto rows = std::min<std::size_t>(c.sizes.size(), 50);
        EXPECT_EQ(page->rows, static_cast<int>(rows));
        ASSERT_EQ(page->unreadable.size(), c.unreadable.size());
        for (std::size_t at = 0; at < c.unreadable.size(); ++at) {
            EXPECT_EQ(page->unreadable[at].name, c.unreadable[at]);
        }
        ASSERT_EQ(page->rentals.size(), rows - c.unreadable.size());
        EXPECT_EQ(page->rentals.front().rental_id, "r0");
        EXPECT_EQ(page->rentals.back().rental_id, "r" + std::to_string(rows - 1));
        EXPECT_EQ(large.requests().size(), c.requests);
    }
}

TEST_F(ClientWorkTest, ACancelledOrVanishedMoveOutPlansNothing) {
    for (const PeerAnswer& job : {job_answer(R"("state":"cancelled","data":{"date":"2026-11-30"})"),
                                  job_answer(R"("state":"canceled","data":{"date":"2026-11-30"})"),
                                  PeerAnswer{404, "{}"}}) {
        plan(job);
        const auto facts = client->rental("r1", nullptr);
        ASSERT_TRUE(facts) << facts.error().message;
        EXPECT_EQ(facts->end_date, std::nullopt);
        EXPECT_EQ(facts->move_out_job_id, "");
    }
}

TEST_F(ClientWorkTest, P6_AMoveOutThatCannotBeReadFailsTheWholeRead) {
    for (const PeerAnswer& job : {PeerAnswer{500, ""}, PeerAnswer{200, ""}, PeerAnswer{200, "[]"},
                                  job_answer(R"("data":{"date":"soon"})")}) {
        plan(job);
        EXPECT_EQ(client->rental("r1", nullptr).error().kind, ErrorKind::kUnavailable);
    }
    plan({200, R"({"id":"other","type":"unit_moveOut"})"});
    EXPECT_EQ(client->rental("r1", nullptr).error().kind, ErrorKind::kInvalid);
}

// Every way of writing a reference that egress knows, and names of secrets that exist.
TEST_F(ClientWorkTest, P8_NoTextOfARequestStandsForASecret) {
    answers[""] = {200, R"({"id":"j9","state":"completed"})"};
    answers["unit-rentals/r1"] = {200, "{}"};
    for (const std::string text :
         {"{{secret:api_key}}", "{{secret:storeganise_api_key}}", "{{secret:webhook_secret_1}}",
          "x {{base64:{{secret:api_key}}}}", "{{standard-webhooks:api_key}}",
          "{{secret:", "{{secret:gone}}", "%7B%7Bsecret%3Aapi_key%7D%7D"}) {
        ASSERT_TRUE(client->write_fields("r1", {{"kisi_status", text}}, nullptr)) << text;
        EXPECT_EQ(json::parse(peer.requests().back().body)["customFields"]["kisi_status"], text);
        static_cast<void>(client->create_task({"unit", "u1", text, text}, nullptr));
        EXPECT_NE(peer.requests().back().body.find(json(text).dump()), std::string::npos) << text;
        static_cast<void>(client->object("users", "u?" + text, nullptr));
    }
    for (const test::PeerRequest& request : peer.requests()) {
        EXPECT_EQ(request.headers.at("authorization"), "ApiKey KEY-THAT-NOBODY-SEES");
        EXPECT_EQ((request.target + request.body).find("KEY-THAT"), std::string::npos);
    }
}

TEST_F(ClientWorkTest, P8_ItsSecretsAreTakenOutOfAnswers) {
    business.storeganise.webhook_secrets.push_back({Secret("the-webhook's-secret"), "env:W"});
    answers[""] = {
        200,
        R"({"id":"u1","note":"KEY-THAT-NOBODY-SEES","hook":{"secret":"the-webhook's-secret"}})"};
    const auto user = make()->object("users", "u1", nullptr);
    ASSERT_TRUE(user) << user.error().message;
    EXPECT_EQ((*user)["note"], "***");
    EXPECT_EQ((*user)["hook"]["secret"], "***");
}

TEST_F(ClientWorkTest, AnEndedRentalNeedsNoJob) {
    json rental = rental_json("r1");
    rental["moveOutJobId"] = "j2";
    rental["state"] = "ended";
    answers["unit-rentals/r1"] = {200, rental.dump()};
    EXPECT_TRUE(client->rental("r1", nullptr));
    EXPECT_EQ(peer.requests().size(), 1U);
}

TEST_F(ClientWorkTest, ListsAreAskedForByPageAndFilter) {
    answers["unit-rentals"] = {200, json::array({rental_json("r1"), rental_json("r2")}).dump()};
    answers["users"] = {200, R"([{"id":"o1"},{"id":"o2"}])"};
    ListQuery query;
    query.updated_after_ms = *parse_utc("2026-11-22T08:00:00.125Z");
    query.site_id = "s1";
    query.owner_id = "o1";
    query.ids = {"r1", "r2"};
    query.limit = 2;
    query.offset = 40;
    const auto page = client->rentals(query, nullptr);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->rows, 2);
    EXPECT_EQ(page->rentals[1].rental_id, "r2");
    EXPECT_EQ(client->users(ListQuery{}, nullptr)->ids, (std::vector<std::string>{"o1", "o2"}));
    EXPECT_EQ(client->units(ListQuery{}, nullptr).error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(asked(),
              (std::vector<std::string>{
                  "GET unit-rentals?limit=2&offset=40&updatedAfter=2026-11-22T08%3A00%3A00.125Z"
                  "&siteId=s1&ownerId=o1&ids=r1,r2&include=unit,owner,customFields",
                  "GET users?limit=50&offset=0", "GET units?limit=50&offset=0"}));
    query.ids = {"r1,r2"};
    EXPECT_EQ(client->rentals(query, nullptr).error().kind, ErrorKind::kInvalid);
}

TEST_F(ClientWorkTest, StaffsTaskIsAJob) {
    answers["jobs"] = {200, R"({"id":"j9","type":"task"})"};
    const auto made =
        client->create_task({"unit", "u1", "No door", "Unit A12 has no target"}, nullptr);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(*made, "j9");
    EXPECT_EQ(asked(), std::vector<std::string>{"POST jobs"});
    EXPECT_EQ(json::parse(peer.requests()[0].body),
              json::parse(R"({"type":"task","ownerId":null,"data":{"targetType":"unit",
                  "targetId":"u1","title":"No door","desc":"Unit A12 has no target"}})"));
}

// A row of the list of jobs.
std::string job_row(const std::string& id, const std::string& state, const std::string& unit,
                    const std::string& text) {
    return json({{"id", id},
                 {"type", "task"},
                 {"state", state},
                 {"data", {{"targetType", "unit"}, {"targetId", unit}, {"desc", text}}}})
        .dump();
}

TEST_F(ClientWorkTest, AnOpenTaskOfOursIsFound) {
    StaffTask task{"unit", "u1", "No door", "Unit A12 has no target (rental:r1)", " (rental:r1)"};
    const auto list = [&](const std::string& rows) { answers["jobs"] = {200, "[" + rows + "]"}; };
    const auto found = [&] { return client->find_task(task, 1'800'000'000'000, nullptr); };
    list(job_row("j1", "completed", "u1", "x (rental:r1)") + "," +
         job_row("j2", "ready", "u2", "x (rental:r1)") + "," +
         job_row("j3", "ready", "u1", "x (rental:r1) y") + "," +
         R"({"id":"j4","type":"unit_moveIn","state":"ready"})");
    EXPECT_EQ(found().value(), "");
    list(job_row("j5", "ready", "u1", "Unit A12 has no door (rental:r1)"));
    EXPECT_EQ(found().value(), "j5");
    task.mark.clear();
    EXPECT_EQ(found().value(), "") << "without a mark nothing is ours";
    answers["jobs"] = {200, "{}"};
    EXPECT_EQ(found().error().kind, ErrorKind::kUnavailable);
    answers["jobs"] = {404, ""};
    EXPECT_EQ(found().error().kind, ErrorKind::kNotFound);
}

TEST_F(ClientWorkTest, ATaskIsCompletedByItsOpenSteps) {
    answers["jobs/j9"] = {200, R"({"id":"j9","type":"task","state":"ready","steps":[
        {"id":"s1","state":"completed"},{"id":"s2","state":"ready"}]})"};
    answers["jobs/j9/steps/s2"] = {200, "{}"};
    EXPECT_TRUE(client->complete_task("j9", nullptr));
    EXPECT_EQ(asked(), (std::vector<std::string>{"GET jobs/j9", "PUT jobs/j9/steps/s2"}));
    EXPECT_EQ(peer.requests()[1].body, R"({"state":"completed"})");
}

TEST_F(ClientWorkTest, ATaskThatIsGoneOrCompletedIsCompleted) {
    EXPECT_TRUE(client->complete_task("gone", nullptr));
    answers["jobs/j9"] = {200, R"({"id":"j9","type":"task","state":"completed","steps":[]})"};
    EXPECT_TRUE(client->complete_task("j9", nullptr));
    answers["jobs/j9"] = {200, R"({"id":"j9","type":"task","steps":[{"id":"s1"}]})"};
    EXPECT_TRUE(client->complete_task("j9", nullptr)) << "its step answers 404";
    answers["jobs/j9/steps/s1"] = {500, ""};
    EXPECT_EQ(client->complete_task("j9", nullptr).error().kind, ErrorKind::kUnavailable);
}

TEST_F(ClientWorkTest, ObjectsAreReadAsTheyAre) {
    answers["invoices/i1"] = {200, R"({"id":"i1","total":12.5})"};
    EXPECT_EQ((*client->object("invoices", "i1", nullptr))["total"], 12.5);
    EXPECT_EQ(client->object("settings", "i1", nullptr).error().kind, ErrorKind::kUnsupported);
    EXPECT_EQ(client->object("users", "a/b", nullptr).error().kind, ErrorKind::kInvalid);
    answers["users/o1"] = {200, R"({"id":"o2"})"};
    EXPECT_EQ(client->object("users", "o1", nullptr).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(asked()[0], "GET invoices/i1?include=customFields");
}

}  // namespace
}  // namespace gatehouse::storeganise
