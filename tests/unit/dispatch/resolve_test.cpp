#include "dispatch/resolve.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "access/desired.hpp"
#include "dispatch/fan_out.hpp"
#include "support/fake_lookups.hpp"
#include "support/stub_client.hpp"

namespace gatehouse::dispatch {
namespace {

using Ids = std::vector<std::string>;

class FakeClient final : public test::StubClient {
  public:
    Result<storeganise::Job> job(const std::string& id, observe::StepLog*) override {
        asked.push_back(id);
        return job_answer;
    }
    Result<storeganise::RentalPage> rentals(const storeganise::ListQuery& query,
                                            observe::StepLog*) override {
        owners.push_back(query.owner_id);
        storeganise::RentalPage page;
        const auto from = std::min(static_cast<std::size_t>(query.offset), listed.size());
        const auto to = std::min(from + static_cast<std::size_t>(query.limit), listed.size());
        for (std::size_t at = from; at < to; ++at) {
            page.rentals.push_back(listed[at]);
        }
        page.rows = static_cast<int>(to - from);
        return page;
    }

    Result<storeganise::Job> job_answer = fail(ErrorKind::kNotFound, "no job");
    std::vector<access::Facts> listed;
    Ids asked;
    Ids owners;
};

access::RentalRecord record_of(const std::string& rental_id, access::RentalKey key,
                               const std::string& value) {
    access::RentalRecord record;
    record.business = "acme";
    record.rental_id = rental_id;
    if (key == access::RentalKey::kUnit) record.unit_id = value;
    if (key == access::RentalKey::kRenter) record.renter_id = value;
    if (key == access::RentalKey::kSite) record.site_id = value;
    return record;
}

access::Facts facts_of(const std::string& rental_id, const std::string& state) {
    access::Facts facts;
    facts.rental_id = rental_id;
    facts.state = state;
    return facts;
}

storeganise::Job job_of(const std::string& type, const std::string& state, Ids rentals) {
    return {"j1", type, state, std::move(rentals)};
}

class ResolveTest : public testing::Test {
  protected:
    ResolveTest() {
        auto client = std::make_unique<FakeClient>();
        client_ = client.get();
        businesses_["acme"].client = std::move(client);
    }

    Outcome resolve(const std::string& type, const std::string& data,
                    const std::string& key = "9") {
        Task task;
        task.business = "acme";
        task.kind = TaskKind::kResolve;
        task.key = key;
        task.event_id = 9;
        task.event_type = type;
        task.event_body = R"({"id":"e1","data":)" + data + "}";
        observe::StepLog steps(clock_);
        return Resolver(businesses_, lookups_, clock_).run(task, steps);
    }

    void know(access::RentalKey key, const std::string& value, const Ids& rentals) {
        for (const std::string& rental : rentals) {
            lookups_.records.push_back(record_of(rental, key, value));
        }
    }

    ManualClock clock_{1'800'000'000'000};
    Businesses businesses_;
    test::FakeLookups lookups_;
    FakeClient* client_ = nullptr;
};

// The rentals to look at, in order.
Ids looks(const Outcome& outcome) {
    EXPECT_TRUE(outcome.status.has_value()) << outcome.status.error().message;
    Ids ids;
    for (const NewTask& task : outcome.follow_ups) {
        EXPECT_EQ(task.business, "acme");
        EXPECT_EQ(task.event_id, 9);
        if (task.kind == TaskKind::kReconcile) ids.push_back(task.key);
    }
    return ids;
}

Priority priority_in(const Outcome& outcome) {
    EXPECT_FALSE(outcome.follow_ups.empty());
    return outcome.follow_ups.empty() ? Priority::kNormal : outcome.follow_ups[0].priority;
}

TEST_F(ResolveTest, AMoveMarksEachRentalOfItsJob) {
    client_->job_answer = job_of("unit_moveIn", "completed", {"r1", "r2"});
    const Outcome outcome = resolve("job.unit_moveIn.completed", R"({"jobId":"j1"})");
    EXPECT_EQ(looks(outcome), (Ids{"r1", "r2"}));
    EXPECT_EQ(priority_in(outcome), Priority::kUrgent);
    EXPECT_EQ(client_->asked, Ids{"j1"});
    EXPECT_TRUE(outcome.transfers.empty());
}

TEST_F(ResolveTest, AJobIsNamedByTextOrByAnObject) {
    client_->job_answer = job_of("unit_moveOut", "completed", {"r1"});
    EXPECT_EQ(looks(resolve("job.unit_moveOut.completed", R"({"jobId":{"id":"j1"}})")), Ids{"r1"});
}

TEST_F(ResolveTest, AMoveThatNamesItsRentalNeedsNoJob) {
    EXPECT_EQ(looks(resolve("job.unit_moveIn.completed", R"({"unitRentalId":"r1"})")), Ids{"r1"});
    EXPECT_TRUE(client_->asked.empty());
    // The job is gone meanwhile; the rental is not.
    EXPECT_EQ(looks(resolve("job.unit_moveOut.cancelled", R"({"jobId":"j1","unitRentalId":"r1"})")),
              Ids{"r1"});
}

TEST_F(ResolveTest, APlannedMoveOutNeedsNoCompletedJob) {
    for (const char* state : {"ready", "cancelled"}) {
        client_->job_answer = job_of("unit_moveOut", state, {"r1"});
        for (const char* type : {"job.unit_moveOut.created", "job.unit_moveOut.cancelled"}) {
            const Outcome outcome = resolve(type, R"({"jobId":"j1"})");
            EXPECT_EQ(looks(outcome), Ids{"r1"}) << type << " " << state;
            EXPECT_EQ(priority_in(outcome), Priority::kUrgent);
        }
    }
}

TEST_F(ResolveTest, AJobThatDoesNotReadCompletedYetIsReadAgain) {
    client_->job_answer = job_of("unit_moveIn", "running", {"r1"});
    const Outcome outcome = resolve("job.unit_moveIn.completed", R"({"jobId":"j1"})");
    ASSERT_FALSE(outcome.status.has_value());
    EXPECT_EQ(outcome.status.error().kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(outcome.follow_ups.empty());
}

TEST_F(ResolveTest, P7_ATransferLinksItsRentalsAndMarksBoth) {
    client_->job_answer = job_of("unit_transfer", "completed", {"new", "old"});
    client_->job_answer->old_rental_id = "old";
    client_->job_answer->new_rental_id = "new";
    const Outcome outcome = resolve("job.unit_transfer.completed", R"({"jobId":"j1"})");
    EXPECT_EQ(looks(outcome), (Ids{"new", "old"}));
    for (const NewTask& task : outcome.follow_ups) {
        EXPECT_EQ(task.priority, Priority::kUrgent);
    }
    ASSERT_EQ(outcome.transfers.size(), 1U);
    EXPECT_EQ(outcome.transfers[0].business, "acme");
    EXPECT_EQ(outcome.transfers[0].old_rental_id, "old");
    EXPECT_EQ(outcome.transfers[0].new_rental_id, "new");
    EXPECT_EQ(outcome.transfers[0].job_id, "j1");
    EXPECT_EQ(outcome.transfers[0].made_ms, clock_.now_ms());
    EXPECT_EQ(outcome.transfers[0].done_ms, 0);
}

TEST_F(ResolveTest, WhatAnEventSaysOfItsRentalsGoesWithTheirLooks) {
    const std::map<std::string, TaskFlags> said{{"job.unit_moveIn.completed", kSaysMovedIn},
                                                {"job.unit_moveOut.completed", kSaysOver},
                                                {"job.unit_moveOut.created", kSaysLeaving},
                                                {"job.unit_moveOut.cancelled", kSaysStaying},
                                                {"unitRental.markOverdue", kSaysOverdue},
                                                {"unitRental.unmarkOverdue", kSaysPaid},
                                                {"unitRental.updated", 0}};
    for (const auto& [type, flags] : said) {
        const Outcome outcome = resolve(type, R"({"unitRentalIds":["r1","r2"]})");
        ASSERT_EQ(outcome.follow_ups.size(), 2U) << type;
        for (const NewTask& look : outcome.follow_ups) {
            EXPECT_EQ(look.flags, flags) << type;
        }
    }
    const Outcome transfer =
        resolve("job.unit_transfer.completed", R"({"oldRentalId":"old","newRentalId":"new"})");
    for (const NewTask& look : transfer.follow_ups) {
        EXPECT_EQ(look.flags, look.key == "old" ? kSaysOver : kSaysMovedIn);
    }
}

TEST_F(ResolveTest, P7_ATransferMayNameItsRentalsItself) {
    const Outcome outcome = resolve("job.unit_transfer.completed",
                                    R"({"oldRentalId":{"id":"old"},"newRentalId":"new"})");
    EXPECT_EQ(looks(outcome), (Ids{"new", "old"}));
    ASSERT_EQ(outcome.transfers.size(), 1U);
    EXPECT_EQ(outcome.transfers[0].old_rental_id, "old");
    EXPECT_EQ(outcome.transfers[0].new_rental_id, "new");
    // Half of one is no link, but what is named is looked at.
    const Outcome half = resolve("job.unit_transfer.completed", R"({"oldRentalId":"old"})");
    EXPECT_EQ(looks(half), Ids{"old"});
    EXPECT_TRUE(half.transfers.empty());
}

TEST_F(ResolveTest, ARentalsEventsNameItInEveryForm) {
    for (const char* data :
         {R"({"unitRentalId":"r1"})", R"({"unitRentalId":{"id":"r1"}})",
          R"({"unitRentalIds":"r1"})", R"({"unitRentalIds":["r1",{"id":"r1"},7,"a/b",""]})"}) {
        EXPECT_EQ(looks(resolve("unitRental.markOverdue", data)), Ids{"r1"}) << data;
    }
    EXPECT_EQ(looks(resolve("unitRental.markOverdue", R"({"unitRentalIds":["r1","r2"]})")),
              (Ids{"r1", "r2"}));
    EXPECT_EQ(looks(resolve("unitRental.markOverdue", R"({"unitRentalIds":"r1,r2, r3,,r1"})")),
              (Ids{"r1", "r2", "r3"}));
    EXPECT_TRUE(client_->asked.empty());
}

TEST_F(ResolveTest, OfThousandsThatAnEventNamesNoneIsLeftOut) {
    Ids all;
    for (int number = 0; number < 1'203; ++number) {
        all.push_back("r" + std::to_string(number));
    }
    const std::string data = nlohmann::json{{"unitRentalIds", all}}.dump();
    Ids seen;
    std::string key = "9";
    int runs = 0;
    for (; !key.empty() && runs < 10; ++runs) {
        const Outcome outcome = resolve("unitRental.markOverdue", data, key);
        const Ids found = looks(outcome);
        EXPECT_LE(found.size(), 500U);
        seen.insert(seen.end(), found.begin(), found.end());
        key.clear();
        for (const NewTask& task : outcome.follow_ups) {
            if (task.kind == TaskKind::kResolve) key = task.key;
        }
    }
    EXPECT_EQ(seen, all);
    EXPECT_EQ(runs, 3);
}

TEST_F(ResolveTest, ARentalsEventMayNameAJobAlone) {
    client_->job_answer = job_of("unitRental_update", "running", {"r1"});
    EXPECT_EQ(looks(resolve("unitRental.updated", R"({"jobId":"j1"})")), Ids{"r1"});
}

TEST_F(ResolveTest, P11_AnAddOnsAddressIsNotRead) {
    Task task;
    task.business = "acme";
    task.event_id = 9;
    task.event_type = "unitRental.updated";
    task.event_body = R"({"id":"e1","type":"unitRental.updated","addonId":"a7",
        "apiUrl":"https://elsewhere.example","data":{"unitRentalId":"r1"}})";
    observe::StepLog steps(clock_);
    EXPECT_EQ(looks(Resolver(businesses_, lookups_, clock_).run(task, steps)), Ids{"r1"});
}

TEST_F(ResolveTest, P10_BurstsAndEchoesLetThoseAtADoorGoFirst) {
    const auto of = [this](const std::string& type, const std::string& more) {
        return priority_in(resolve(type, R"({"unitRentalId":"r1")" + more + "}"));
    };
    EXPECT_EQ(of("unitRental.markOverdue", ""), Priority::kNormal);
    EXPECT_EQ(of("unitRental.unmarkOverdue", ""), Priority::kUrgent);
    EXPECT_EQ(of("unitRental.updated", ""), Priority::kUrgent);
    const auto changed = [&](const std::string& keys) {
        return of("unitRental.updated", R"(,"changedKeys":[)" + keys + "]");
    };
    EXPECT_EQ(changed(R"("customFields.nuki_pinCode")"), Priority::kUrgent);
    EXPECT_EQ(changed(R"("customFields.kisi_overlocked")"), Priority::kUrgent);
    EXPECT_EQ(changed(R"("customFields.kisi_resync")"), Priority::kUrgent);
    EXPECT_EQ(changed(R"("price",7)"), Priority::kNormal);
    EXPECT_EQ(changed(R"("customFields.kisi_overlocked","customFields.kisi_status")"),
              Priority::kNormal);
}

TEST_F(ResolveTest, AUnitLeadsToItsKnownRentals) {
    know(access::RentalKey::kUnit, "u1", {"r1", "r2"});
    const Outcome outcome =
        resolve("unit.updated", R"({"unitId":"u1","changedKeys":["customFields.kisi_id"]})");
    EXPECT_EQ(looks(outcome), (Ids{"r1", "r2"}));
    EXPECT_EQ(priority_in(outcome), Priority::kNormal);
    EXPECT_EQ(looks(resolve("unit.updated", R"({"unitId":{"id":"u1"}})")), (Ids{"r1", "r2"}));
    EXPECT_TRUE(client_->owners.empty());
}

TEST_F(ResolveTest, WhatIsOverAtTheVendorIsNotLookedAt) {
    access::RentalRecord over = record_of("r1", access::RentalKey::kUnit, "u1");
    over.desired_json = access::desired_to_json({});
    access::RentalRecord ending = over;
    ending.rental_id = "r2";
    ending.grant_json = "{}";
    access::RentalRecord active = record_of("r3", access::RentalKey::kUnit, "u1");
    access::Desired desired;
    desired.state = access::AccessState::kActive;
    active.desired_json = access::desired_to_json(desired);
    lookups_.records = {over, ending, active};
    EXPECT_EQ(looks(resolve("unit.updated", R"({"unitId":"u1"})")), (Ids{"r2", "r3"}));
}

TEST_F(ResolveTest, ARentersEveryRentalIsLookedAt) {
    know(access::RentalKey::kRenter, "o1", {"r1", "r2"});
    client_->listed = {facts_of("r2", "occupied"), facts_of("r3", "occupied"),
                       facts_of("r4", "ended"), facts_of("r5", "reserved")};
    EXPECT_EQ(looks(resolve("user.updated", R"({"userId":"o1"})")), (Ids{"r1", "r2", "r3", "r5"}));
    EXPECT_EQ(client_->owners, Ids{"o1"});
}

TEST_F(ResolveTest, P12_WhomNobodyKnowsIsASuccessWithoutAnAct) {
    for (const auto& [type, data] :
         std::map<std::string, std::string>{{"user.updated", R"({"userId":"staff"})"},
                                            {"unit.updated", R"({"unitId":"u9"})"},
                                            {"site.settings.updated", R"({"siteId":"s9"})"}}) {
        const Outcome outcome = resolve(type, data);
        EXPECT_TRUE(outcome.status.has_value()) << type;
        EXPECT_TRUE(outcome.follow_ups.empty()) << type;
    }
}

TEST_F(ResolveTest, ASiteOfThousandsIsReadInBoundedRuns) {
    Ids all;
    for (int number = 10'000; number < 11'203; ++number) {
        all.push_back("r" + std::to_string(number));
    }
    know(access::RentalKey::kSite, "s1", all);
    Ids seen;
    std::string key = "9";
    int runs = 0;
    for (; !key.empty(); ++runs) {
        const Outcome outcome = resolve("site.settings.updated", R"({"siteId":"s1"})", key);
        const Ids found = looks(outcome);
        EXPECT_LE(found.size(), 500U);
        seen.insert(seen.end(), found.begin(), found.end());
        key.clear();
        for (const NewTask& task : outcome.follow_ups) {
            if (task.kind == TaskKind::kResolve) key = task.key;
        }
    }
    EXPECT_EQ(seen, all);
    EXPECT_EQ(runs, 3);
}

TEST_F(ResolveTest, ARenterOfManyIsReadInBoundedRuns) {
    for (int number = 1000; number < 1730; ++number) {
        client_->listed.push_back(facts_of("r" + std::to_string(number), "occupied"));
    }
    Outcome outcome = resolve("user.updated", R"({"userId":"o1"})");
    EXPECT_EQ(looks(outcome).size(), 500U);
    ASSERT_EQ(outcome.follow_ups.back().kind, TaskKind::kResolve);
    outcome = resolve("user.updated", R"({"userId":"o1"})", outcome.follow_ups.back().key);
    EXPECT_EQ(looks(outcome).size(), 230U);
    EXPECT_EQ(outcome.follow_ups.back().kind, TaskKind::kReconcile);
}

TEST_F(ResolveTest, AnEventThatNamesNothingCanNeverWork) {
    for (const char* type : {"job.unit_moveIn.completed", "unitRental.updated", "unit.updated",
                             "user.updated", "site.settings.updated"}) {
        for (const char* data : {"{}", "null", R"("j1")", R"({"jobId":7,"userId":"","unitId":[]})",
                                 R"({"unitRentalIds":["../x"]})"}) {
            const Outcome outcome = resolve(type, data);
            ASSERT_FALSE(outcome.status.has_value()) << type << data;
            EXPECT_EQ(outcome.status.error().kind, ErrorKind::kInvalid);
        }
    }
}

TEST_F(ResolveTest, WhatTimeMayCureIsKeptRetryable) {
    const auto kind = [this](Result<storeganise::Job> job) {
        client_->job_answer = std::move(job);
        return resolve("job.unit_moveIn.completed", R"({"jobId":"j1"})").status.error().kind;
    };
    EXPECT_EQ(kind(fail(ErrorKind::kNotFound, "no job")), ErrorKind::kNotFound);
    EXPECT_EQ(kind(job_of("unit_moveIn", "completed", {})), ErrorKind::kNotFound);
    EXPECT_EQ(kind(fail(ErrorKind::kInvalid, "another job")), ErrorKind::kUnavailable);
    lookups_.is_broken = true;
    EXPECT_EQ(resolve("unit.updated", R"({"unitId":"u1"})").status.error().kind,
              ErrorKind::kUnavailable);
}

TEST_F(ResolveTest, ABusinessThatIsGoneIsNotFound) {
    Task task;
    task.business = "gone";
    observe::StepLog steps(clock_);
    EXPECT_EQ(Resolver(businesses_, lookups_, clock_).run(task, steps).status.error().kind,
              ErrorKind::kNotFound);
}

TEST(CursorTest, IsKeptInTheKeyOfTheTask) {
    EXPECT_EQ(cursor_of("17").phase, Cursor::Phase::kKnown);
    EXPECT_EQ(cursor_of("17").after, "");
    const Cursor known = cursor_of(key_of(17, {Cursor::Phase::kKnown, "a/b", 0}));
    EXPECT_EQ(known.phase, Cursor::Phase::kKnown);
    EXPECT_EQ(known.after, "a/b");
    const Cursor listed = cursor_of(key_of(17, {Cursor::Phase::kListed, "", 150}));
    EXPECT_EQ(listed.phase, Cursor::Phase::kListed);
    EXPECT_EQ(listed.offset, 150);
    EXPECT_EQ(cursor_of("17/listed/soon").offset, 0);
    EXPECT_EQ(cursor_of("17/").after, "");
}

TEST(EventTypesTest, P12_OnlyKnownTypesAskForALook) {
    for (const char* type :
         {"job.unit_moveIn.completed", "job.unit_moveOut.completed", "job.unit_moveOut.created",
          "job.unit_moveOut.cancelled", "job.unit_transfer.completed", "unitRental.updated",
          "unitRental.markOverdue", "unitRental.unmarkOverdue", "unit.updated", "user.updated",
          "site.settings.updated"}) {
        EXPECT_TRUE(asks_for_a_look(type)) << type;
    }
    for (const char* type : {"job.unit_moveIn.created", "business.updated", "unit.occupied", ""}) {
        EXPECT_FALSE(asks_for_a_look(type)) << type;
    }
}

}  // namespace
}  // namespace gatehouse::dispatch
