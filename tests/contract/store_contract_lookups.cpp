// Finding rentals by other things than their id, and transfers.
#include <gmock/gmock.h>

#include <algorithm>

#include "contract/store_products.hpp"

namespace gatehouse::store {

using access::RentalKey;
using access::RentalRecord;
using access::TransferLink;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

RentalRecord record_of(const std::string& rental_id) {
    RentalRecord record;
    record.business = "acme";
    record.rental_id = rental_id;
    record.site_id = "s1";
    record.unit_id = "u1";
    record.renter_id = "p1";
    record.grant_json = "{}";
    return record;
}

std::vector<std::string> ids_of(const Result<std::vector<RentalRecord>>& records) {
    EXPECT_TRUE(records);
    std::vector<std::string> ids;
    for (const RentalRecord& record : *records) {
        ids.push_back(record.rental_id);
    }
    return ids;
}

}  // namespace

TEST_P(StoreProducts, ARecordKeepsAllItsParts) {
    RentalRecord record = record_of("r1");
    record.targets = {"lock:1", "group:2"};
    record.move_in_job_id = "in";
    record.move_out_job_id = "out";
    record.pin_hash = "hash";
    record.swept_end_ms = 5;
    record.fuse_blocked_ms = 6;
    put(record);
    reopen();
    const auto stored = *store().rental("acme", "r1");
    ASSERT_TRUE(stored);
    EXPECT_THAT(stored->targets, ElementsAre("group:2", "lock:1"));
    EXPECT_EQ(stored->move_in_job_id, "in");
    EXPECT_EQ(stored->move_out_job_id, "out");
    EXPECT_EQ(stored->pin_hash, "hash");
    EXPECT_EQ(stored->swept_end_ms, 5);
    EXPECT_EQ(stored->fuse_blocked_ms, 6);
}

TEST_P(StoreProducts, RentalsAreFoundByUnitRenterSiteAndTarget) {
    for (const std::string id : {"r2", "r1", "r3"}) {
        RentalRecord record = record_of(id);
        record.targets = {"lock:1", "lock:" + id};
        if (id == "r3") record.unit_id = record.renter_id = record.site_id = "other";
        put(record);
    }
    for (const auto& [key, value] :
         {std::pair(RentalKey::kUnit, "u1"), std::pair(RentalKey::kRenter, "p1"),
          std::pair(RentalKey::kSite, "s1")}) {
        EXPECT_THAT(ids_of(store().rentals_by("acme", key, value, "", 10)),
                    ElementsAre("r1", "r2"));
        EXPECT_THAT(ids_of(store().rentals_by("acme", key, value, "r1", 10)), ElementsAre("r2"));
        EXPECT_THAT(ids_of(store().rentals_by("bravo", key, value, "", 10)), IsEmpty());
        EXPECT_THAT(ids_of(store().rentals_by("acme", key, "none", "", 10)), IsEmpty());
    }
    const auto by_target = [&](const std::string& target, int limit = 10) {
        return ids_of(store().rentals_by("acme", RentalKey::kTarget, target, "", limit));
    };
    EXPECT_THAT(by_target("lock:1"), ElementsAre("r1", "r2", "r3"));
    EXPECT_THAT(by_target("lock:1", 2), ElementsAre("r1", "r2"));
    EXPECT_THAT(by_target("lock:r2"), ElementsAre("r2"));
}

TEST_P(StoreProducts, TargetsFollowTheRecord) {
    RentalRecord record = record_of("r1");
    for (const std::vector<std::string>& targets :
         {std::vector<std::string>{"lock:1", "lock:2"}, {"lock:2", "lock:3"}, {}}) {
        record.targets = targets;
        put(record);
        for (const std::string target : {"lock:1", "lock:2", "lock:3"}) {
            const bool is_held = std::find(targets.begin(), targets.end(), target) != targets.end();
            const auto found = store().rentals_by("acme", RentalKey::kTarget, target, "", 10);
            EXPECT_EQ(found->size(), is_held ? 1u : 0u) << target;
        }
    }
}

TEST_P(StoreProducts, APinsHolderIsFoundWithinItsSite) {
    RentalRecord record = record_of("r1");
    record.pin_hash = "h1";
    put(record);
    EXPECT_EQ(*store().pin_holder("acme", "s1", "h1"), "r1");
    EXPECT_FALSE(*store().pin_holder("acme", "s2", "h1"));
    EXPECT_FALSE(*store().pin_holder("acme", "s1", "h2"));
    EXPECT_FALSE(*store().pin_holder("acme", "s1", ""));
    EXPECT_FALSE(*store().pin_holder("bravo", "s1", "h1"));
}

TEST_P(StoreProducts, P6_TheFuseCountsASitesGrantsAndItsSweptEnds) {
    RentalRecord ended = record_of("r1");
    ended.grant_json = "";
    ended.swept_end_ms = now();
    put(ended);
    put(record_of("r2"));
    RentalRecord elsewhere = record_of("r3");
    elsewhere.site_id = "s2";
    put(elsewhere);
    const auto counts = store().fuse_counts("acme", "s1", now());
    EXPECT_EQ(counts->swept_ends, 1);
    EXPECT_EQ(counts->grants, 1);
    EXPECT_EQ(store().fuse_counts("acme", "s1", now() + 1)->swept_ends, 0);
    EXPECT_EQ(store().fuse_counts("bravo", "s1", 0)->grants, 0);
}

TEST_P(StoreProducts, P6_RecordsThatWaitForAPersonAreListed) {
    RentalRecord blocked = record_of("r1");
    blocked.fuse_blocked_ms = now();
    put(blocked);
    put(record_of("r2"));
    EXPECT_THAT(ids_of(store().fuse_blocked("acme", 10)), ElementsAre("r1"));
    EXPECT_THAT(ids_of(store().fuse_blocked(std::nullopt, 10)), ElementsAre("r1"));
    EXPECT_EQ(store().fuse_blocked(std::nullopt, 10)->front().business, "acme");
    EXPECT_THAT(ids_of(store().fuse_blocked("bravo", 10)), IsEmpty());
    blocked.fuse_blocked_ms = 0;
    put(blocked);
    EXPECT_THAT(ids_of(store().fuse_blocked("acme", 10)), IsEmpty());
}

TEST_P(StoreProducts, P7_ATransferStandsForBothItsRentalsUntilItIsDone) {
    TransferLink link{"acme", "r1", "r2", "job", now(), 0};
    put(link);
    put(TransferLink{"acme", "r2", "r3", "job2", now() + 1, 0});
    reopen();
    for (const std::string rental : {"r1", "r3"}) {
        EXPECT_EQ(store().open_transfers("acme", rental)->size(), 1u) << rental;
    }
    EXPECT_TRUE(store().open_transfers("bravo", "r1")->empty());
    const auto both = store().open_transfers("acme", "r2");
    ASSERT_EQ(both->size(), 2u);
    EXPECT_EQ(both->at(0).old_rental_id, "r1");
    EXPECT_EQ(both->at(0).new_rental_id, "r2");
    EXPECT_EQ(both->at(0).job_id, "job");
    EXPECT_EQ(both->at(0).made_ms, link.made_ms);
    EXPECT_EQ(both->at(0).business, "acme");

    link.done_ms = now();
    put(link);
    EXPECT_TRUE(store().open_transfers("acme", "r1")->empty());
    EXPECT_EQ(store().open_transfers("acme", "r2")->size(), 1u);
    EXPECT_TRUE(store().forget_events(now() + 1, 10));
    EXPECT_EQ(store().open_transfers("acme", "r2")->size(), 1u) << "an open one stays";
}

TEST_P(StoreProducts, TheEventsThatMarkedARentalAreListedFromTheNewest) {
    const std::int64_t first = resolved_event("e1", {"r1"});
    done(lease_one());
    const std::int64_t second = resolved_event("e2", {"r1", "r2"});
    const auto events = store().events_of_rental("acme", "r1", 10);
    ASSERT_EQ(events->size(), 2u);
    EXPECT_EQ(events->at(0).id, second);
    EXPECT_EQ(events->at(1).id, first);
    EXPECT_EQ(events->at(0).body, "");
    EXPECT_EQ(store().events_of_rental("acme", "r1", 1)->size(), 1u);
    EXPECT_TRUE(store().events_of_rental("bravo", "r1", 1)->empty());
}

}  // namespace gatehouse::store
