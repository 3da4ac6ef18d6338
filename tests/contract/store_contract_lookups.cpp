// Finding rentals by other things than their id, transfers, alerts and the access log.
#include <gmock/gmock.h>

#include <algorithm>

#include "contract/store_products.hpp"

namespace gatehouse::store {

using access::AccessEvent;
using access::AccessEventFilter;
using access::RentalKey;
using access::RentalRecord;
using access::TransferLink;
using dispatch::AlertChange;
using dispatch::AlertRecord;
using dispatch::Completion;
using dispatch::Task;
using dispatch::TaskKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Outcome = dispatch::Completion::Outcome;

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

AccessEvent event_at(const std::string& vendor_id, UnixMs occurred_ms) {
    AccessEvent event;
    event.business = "acme";
    event.connection = "doors";
    event.vendor_id = vendor_id;
    event.kind = "unlocked";
    event.occurred_ms = occurred_ms;
    return event;
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

TEST_P(StoreProducts, AnAlertIsRaisedOnceHoweverOftenItsWorkFails) {
    const AlertChange raised{"rental:r1", true, "no e-mail", "r1", "u1"};
    change(raised);
    const Task task = lease_one();
    EXPECT_EQ(task.kind, TaskKind::kAlert);
    EXPECT_EQ(task.key, "rental:r1");
    EXPECT_EQ(task.event_id, 0);
    done(task);
    clock_.advance_ms(1000);
    change(raised);
    EXPECT_TRUE(lease().empty()) << "the same text changes nothing";
    const AlertRecord stands = alert("rental:r1");
    EXPECT_EQ(stands.business, "acme");
    EXPECT_EQ(stands.text, "no e-mail");
    EXPECT_EQ(stands.rental_id, "r1");
    EXPECT_EQ(stands.unit_id, "u1");
    EXPECT_EQ(stands.raised_ms, kStartMs);
    EXPECT_EQ(stands.cured_ms, 0);

    AlertChange changed = raised;
    changed.text = "no phone";
    change(changed);
    EXPECT_EQ(lease_one().key, "rental:r1");
    EXPECT_EQ(alert("rental:r1").text, "no phone");
    EXPECT_EQ(alert("rental:r1").raised_ms, kStartMs);
}

TEST_P(StoreProducts, ACureEndsWhatStandsAndNothingElse) {
    const AlertChange cure{"rental:r1", false};
    change(cure);
    EXPECT_TRUE(lease().empty());
    EXPECT_FALSE(*store().alert("acme", "rental:r1"));
    change({"rental:r1", true, "no e-mail"});
    done(lease_one());
    clock_.advance_ms(1000);
    change(cure);
    EXPECT_EQ(alert("rental:r1").cured_ms, now());
    done(lease_one());
    change(cure);
    EXPECT_TRUE(lease().empty());
}

TEST_P(StoreProducts, ARunChangesAlertsInItsOwnCommit) {
    run([](Completion& ended) {
        ended.alert_changes = {{"rental:r1", true, "first"}, {"connection:doors", true, "second"}};
    });
    EXPECT_EQ(lease(5).size(), 2u);
    const auto alerts = store().alerts("acme", 10);
    ASSERT_EQ(alerts->size(), 2u);
    EXPECT_EQ(alerts->at(0).text, "first");
    EXPECT_EQ(store().alerts(std::nullopt, 1)->size(), 1u);
    EXPECT_TRUE(store().alerts("bravo", 10)->empty());
}

TEST_P(StoreProducts, WhatAnAlertsRunReachedIsKeptUntilItIsOver) {
    change({"rental:r1", true, "no e-mail"});
    AlertRecord reached = alert("rental:r1");
    reached.job_id = "job";
    reached.is_told = true;
    reach(reached);
    EXPECT_EQ(alert("rental:r1").job_id, "job");
    EXPECT_TRUE(alert("rental:r1").is_told);
    EXPECT_FALSE(alert("rental:r1").is_cure_told);

    change({"rental:r1", false});
    reached = alert("rental:r1");
    reached.is_cure_told = true;
    reached.is_over = true;
    reach(reached);
    EXPECT_FALSE(*store().alert("acme", "rental:r1"));
}

TEST_P(StoreProducts, ACureThatComesWhileTheAlertIsToldIsNotLost) {
    change({"rental:r1", true, "no e-mail"});
    AlertRecord reached = alert("rental:r1");
    const Task task = lease_one();
    change({"rental:r1", false});
    Completion ended = completion(task, Outcome::kDone);
    reached.job_id = "job";
    reached.is_told = true;
    ended.alert = reached;
    ASSERT_TRUE(store().complete(ended));
    EXPECT_EQ(alert("rental:r1").job_id, "job");
    EXPECT_EQ(alert("rental:r1").cured_ms, now());
    EXPECT_EQ(lease_one().key, "rental:r1");
}

TEST_P(StoreProducts, AnAlertThatIsRaisedWhileItsCureIsToldIsANewOne) {
    change({"rental:r1", true, "no e-mail"});
    AlertRecord reached = alert("rental:r1");
    reached.job_id = "job";
    reached.is_told = true;
    reach(reached);
    change({"rental:r1", false});
    reached = alert("rental:r1");
    const Task task = lease_one();
    change({"rental:r1", true, "no e-mail"});
    Completion ended = completion(task, Outcome::kDone);
    reached.is_cure_told = true;
    reached.is_over = true;
    ended.alert = reached;
    ASSERT_TRUE(store().complete(ended));
    const AlertRecord stands = alert("rental:r1");
    EXPECT_EQ(stands.cured_ms, 0);
    EXPECT_EQ(stands.job_id, "");
    EXPECT_FALSE(stands.is_told);
    EXPECT_EQ(lease_one().key, "rental:r1");
}

TEST_P(StoreProducts, AnAlertThatIsBackBeforeItsCureWasToldWasNeverAway) {
    change({"rental:r1", true, "no e-mail"});
    AlertRecord reached = alert("rental:r1");
    reached.job_id = "job";
    reached.is_told = true;
    reach(reached);
    change({"rental:r1", false});
    change({"rental:r1", true, "no e-mail"});
    const AlertRecord stands = alert("rental:r1");
    EXPECT_EQ(stands.cured_ms, 0);
    EXPECT_EQ(stands.job_id, "job");
    EXPECT_TRUE(stands.is_told);
}

TEST_P(StoreProducts, AnAccessEventIsKeptWholeAndOnce) {
    AccessEvent event = event_at("v1", now() - 5);
    event.target = "lock:1";
    event.target_name = "Front";
    event.person = "ada@example.com";
    event.success = false;
    event.reason = "expired";
    event.received_ms = now();
    event.rental_id = "r1";
    event.renter_id = "p1";
    put({event});
    AccessEvent copy = event;
    copy.kind = "denied";
    AccessEvent other_connection = event;
    other_connection.connection = "gates";
    other_connection.success.reset();
    put({copy, other_connection});
    reopen();
    AccessEventFilter filter;
    filter.business = "acme";
    const auto events = store().access_events(filter);
    ASSERT_EQ(events->size(), 2u);
    const AccessEvent& kept = events->at(1).event;
    EXPECT_EQ(kept.business, "acme");
    EXPECT_EQ(kept.connection, "doors");
    EXPECT_EQ(kept.vendor_id, "v1");
    EXPECT_EQ(kept.kind, "unlocked");
    EXPECT_EQ(kept.target, "lock:1");
    EXPECT_EQ(kept.target_name, "Front");
    EXPECT_EQ(kept.person, "ada@example.com");
    EXPECT_EQ(kept.success, false);
    EXPECT_EQ(kept.reason, "expired");
    EXPECT_EQ(kept.occurred_ms, now() - 5);
    EXPECT_EQ(kept.received_ms, now());
    EXPECT_EQ(kept.rental_id, "r1");
    EXPECT_EQ(kept.renter_id, "p1");
    EXPECT_FALSE(events->at(0).event.success);
}

TEST_P(StoreProducts, AccessEventsAreFilteredByEveryPart) {
    AccessEvent one = event_at("v1", now());
    one.rental_id = "r1";
    one.renter_id = "p1";
    one.target = "lock:1";
    AccessEvent two = event_at("v2", now() + 1);
    two.connection = "gates";
    put({one, two});
    const auto found = [&](auto change) {
        AccessEventFilter filter;
        filter.business = "acme";
        change(filter);
        return vendor_ids(filter);
    };
    using Filter = AccessEventFilter&;
    EXPECT_THAT(found([](Filter) {}), ElementsAre("v2", "v1"));
    EXPECT_THAT(found([](Filter f) { f.rental_id = "r1"; }), ElementsAre("v1"));
    EXPECT_THAT(found([](Filter f) { f.renter_id = "p1"; }), ElementsAre("v1"));
    EXPECT_THAT(found([](Filter f) { f.target = "lock:1"; }), ElementsAre("v1"));
    EXPECT_THAT(found([](Filter f) { f.connection = "gates"; }), ElementsAre("v2"));
    EXPECT_THAT(found([](Filter f) { f.rental_id = "r1", f.connection = "gates"; }), IsEmpty());
    EXPECT_THAT(found([](Filter f) { f.rental_id = "r1", f.target = "lock:2"; }), IsEmpty());
    EXPECT_THAT(found([](Filter f) { f.business = "bravo"; }), IsEmpty());
    EXPECT_THAT(found([&](Filter f) { f.from_ms = now() + 1; }), ElementsAre("v2"));
    EXPECT_THAT(found([&](Filter f) { f.until_ms = now() + 1; }), ElementsAre("v1"));
}

TEST_P(StoreProducts, AccessEventsArePagedByTheVendorsTime) {
    put({event_at("b", now()), event_at("c", now()), event_at("a", now() - 10),
         event_at("d", now() + 10)});
    std::vector<std::string> seen;
    AccessEventFilter filter;
    filter.business = "acme";
    filter.limit = 1;
    for (auto page = store().access_events(filter); !page->empty();
         page = store().access_events(filter)) {
        seen.push_back(page->front().event.vendor_id);
        filter.before_ms = page->front().event.occurred_ms;
        filter.before_row = page->front().row;
    }
    EXPECT_THAT(seen, ElementsAre("d", "c", "b", "a"));
}

TEST_P(StoreProducts, OldAccessEventsAreForgotten) {
    std::vector<AccessEvent> events;
    for (int i = 0; i < 5; ++i) {
        events.push_back(event_at("v" + std::to_string(i), now() + i));
    }
    put(events);
    EXPECT_EQ(*store().forget_access_events(now() + 4, 3), 3);
    EXPECT_EQ(*store().forget_access_events(now() + 4, 3), 1);
    EXPECT_EQ(*store().forget_access_events(now() + 4, 3), 0);
    AccessEventFilter filter;
    filter.business = "acme";
    EXPECT_THAT(vendor_ids(filter), ElementsAre("v4"));
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
