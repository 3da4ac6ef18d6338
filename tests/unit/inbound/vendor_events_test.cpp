#include "inbound/vendor_events.hpp"

#include <gtest/gtest.h>

namespace gatehouse::inbound {
namespace {

constexpr UnixMs kNow = 1'790'000'000'000;

VendorEvents read(const std::string& events) {
    return read_vendor_events(R"({"schema":1,"events":)" + events + "}", "acme", "doors", kNow)
        .value();
}

TEST(VendorEventsTest, AnEventIsReadWhole) {
    const VendorEvents read_events =
        read(R"([{"id":"e1","kind":"unlock","target":"lock:5","target_name":"North gate",)"
             R"("grant_targets":["group:1","group:2"],"person":"ada@example.com",)"
             R"("person_reference":{"user_id":7},"success":true,"reason":null,)"
             R"("occurred_at":"2026-11-22T08:00:00Z"}])");
    ASSERT_EQ(read_events.events.size(), 1U);
    const VendorEvent& event = read_events.events[0];
    EXPECT_EQ(event.event.business, "acme");
    EXPECT_EQ(event.event.connection, "doors");
    EXPECT_EQ(event.event.vendor_id, "e1");
    EXPECT_EQ(event.event.kind, "unlocked");
    EXPECT_EQ(event.event.target, "lock:5");
    EXPECT_EQ(event.event.target_name, "North gate");
    EXPECT_EQ(event.event.person, "ada@example.com");
    EXPECT_EQ(event.event.success, true);
    EXPECT_EQ(format_utc(event.event.occurred_ms), "2026-11-22T08:00:00.000Z");
    EXPECT_EQ(event.event.received_ms, kNow);
    EXPECT_EQ(event.grant_targets, (std::vector<std::string>{"lock:5", "group:1", "group:2"}));
    EXPECT_EQ(event.reference["user_id"], 7);
}

TEST(VendorEventsTest, AnUnlockThatFailedIsADenial) {
    const VendorEvents events = read(
        R"([{"id":"1","kind":"unlock","success":false,"reason":"fad001","occurred_at":"2026-01-01"},)"
        R"({"id":"2","kind":"unlock","occurred_at":"2026-01-02"},)"
        R"({"id":"3","kind":"lock","occurred_at":"2026-01-03"},)"
        R"({"id":"4","kind":"held_open","occurred_at":"2026-01-04"}])");
    EXPECT_EQ(events.events[0].event.kind, "denied");
    EXPECT_EQ(events.events[0].event.reason, "fad001");
    EXPECT_EQ(events.events[1].event.kind, "unlocked");
    EXPECT_EQ(events.events[2].event.kind, "locked");
    EXPECT_EQ(events.events[3].event.kind, "held_open");
}

TEST(VendorEventsTest, TheVendorsTimeOrders) {
    const VendorEvents events =
        read(R"([{"id":"late","kind":"other","occurred_at":"2026-01-02T00:00:00Z"},)"
             R"({"id":"early","kind":"other","occurred_at":"2026-01-01T00:00:00Z"},)"
             R"({"id":"odd","kind":"other","occurred_at":"yesterday"}])");
    EXPECT_EQ(events.events[0].event.vendor_id, "early");
    EXPECT_EQ(events.events[1].event.vendor_id, "late");
    EXPECT_EQ(events.events[2].event.occurred_ms, kNow);
}

TEST(VendorEventsTest, WithoutANameTheReferenceIsThePerson) {
    const VendorEvents events = read(
        R"([{"id":"1","kind":"other","person_reference":{"user_id":7},"occurred_at":"2026-01-01"},)"
        R"({"id":"2","kind":"other","person_reference":"key-1","occurred_at":"2026-01-02"},)"
        R"({"id":"3","kind":"other","person":null,"occurred_at":"2026-01-03"}])");
    EXPECT_EQ(events.events[0].event.person, "user_id 7");
    EXPECT_EQ(events.events[1].event.person, "key-1");
    EXPECT_EQ(events.events[2].event.person, "");
}

TEST(VendorEventsTest, APageNamesTheNext) {
    const std::string page = R"({"schema":1,"events":[],"next_cursor":"set:7"})";
    EXPECT_EQ(read_vendor_events(page, "acme", "doors", kNow)->next_cursor, "set:7");
    EXPECT_FALSE(read_vendor_events("[]", "acme", "doors", kNow));
    EXPECT_FALSE(read_vendor_events("{", "acme", "doors", kNow));
}

}  // namespace
}  // namespace gatehouse::inbound
