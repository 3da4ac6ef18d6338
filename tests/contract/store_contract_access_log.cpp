// The access log: what happened at the doors, kept, found and forgotten.
#include <gmock/gmock.h>

#include "contract/store_products.hpp"

namespace gatehouse::store {

using access::AccessEvent;
using access::AccessEventFilter;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace {

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

}  // namespace gatehouse::store
