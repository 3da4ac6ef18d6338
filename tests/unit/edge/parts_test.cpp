// The edge's small parts: when a connection is looked at, how messages reach a
// worker, how addresses read.
#include <gtest/gtest.h>
#include <poll.h>

#include <thread>
#include <vector>

#include "edge/deadlines.hpp"
#include "edge/inbox.hpp"
#include "edge/socket_address.hpp"
#include "unit/edge/addresses.hpp"

namespace gatehouse::edge {
namespace {

bool is_readable(int fd) {
    pollfd asked{fd, POLLIN, 0};
    return ::poll(&asked, 1, 0) == 1;
}

TEST(DeadlinesTest, GivesThemInOrderAndOnlyWhenDue) {
    Deadlines deadlines;
    deadlines.no_later_than(3, 300);
    deadlines.no_later_than(1, 100);
    deadlines.no_later_than(2, 200);
    EXPECT_EQ(deadlines.earliest_ms(), 100);
    EXPECT_EQ(deadlines.take_due(99), std::nullopt);
    EXPECT_EQ(deadlines.take_due(250), 1);
    EXPECT_EQ(deadlines.take_due(250), 2);
    EXPECT_EQ(deadlines.take_due(250), std::nullopt);
}

TEST(DeadlinesTest, MovesAnEntryEarlierButNeverLater) {
    Deadlines deadlines;
    deadlines.no_later_than(1, 200);
    deadlines.no_later_than(1, 300);
    EXPECT_EQ(deadlines.earliest_ms(), 200);
    deadlines.no_later_than(1, 100);
    EXPECT_EQ(deadlines.earliest_ms(), 100);
    deadlines.forget(1);
    EXPECT_EQ(deadlines.earliest_ms(), std::nullopt);
}

TEST(InboxTest, WakesOnceForManyMessagesAndKeepsTheirOrder) {
    Inbox inbox;
    std::vector<Message> messages;
    EXPECT_FALSE(is_readable(inbox.wake_fd()));
    for (std::uint64_t i = 0; i < 3; ++i) {
        inbox.push(Answer{{5, 1}, i, {}});
    }
    EXPECT_TRUE(is_readable(inbox.wake_fd()));
    inbox.take(messages);
    EXPECT_FALSE(is_readable(inbox.wake_fd()));
    ASSERT_EQ(messages.size(), 3U);
    for (std::uint64_t i = 0; i < 3; ++i) {
        EXPECT_EQ(std::get<Answer>(messages[i]).request, i);
    }
    inbox.take(messages);
    EXPECT_TRUE(messages.empty());
}

TEST(InboxTest, DoesNotWakeTheThreadThatLooksByItself) {
    Inbox inbox;
    std::thread worker([&inbox] {
        inbox.adopt_by_this_thread();
        inbox.push(Order::kDrain);
    });
    worker.join();
    EXPECT_FALSE(is_readable(inbox.wake_fd()));
    std::vector<Message> messages;
    inbox.take(messages);
    EXPECT_EQ(messages.size(), 1U);
}

TEST(InboxTest, DropsWhatComesAfterTheEnd) {
    const auto inbox = std::make_shared<Inbox>();
    inbox->push(Order::kDrain);
    inbox->stop();
    make_responder(inbox, {5, 1}, 0).send({});
    std::vector<Message> messages;
    inbox->take(messages);
    EXPECT_TRUE(messages.empty());
}

TEST(ResponderTest, AnswersOnceAndOnlyOnce) {
    const auto inbox = std::make_shared<Inbox>();
    {
        Responder responder = make_responder(inbox, {5, 1}, 7);
        responder.send({201, "first"});
        responder.send({202, "second"});
    }
    std::vector<Message> messages;
    inbox->take(messages);
    ASSERT_EQ(messages.size(), 1U);
    const auto& answer = std::get<Answer>(messages[0]);
    EXPECT_EQ(answer.request, 7U);
    EXPECT_EQ(answer.response.status, 201);
}

TEST(SocketAddressTest, ReadsAsPeopleWriteIt) {
    EXPECT_EQ(address_text(socket_address("192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(address_text(socket_address("2001:db8::1")), "2001:db8::1");
    EXPECT_EQ(address_text(socket_address("::ffff:192.0.2.1")), "192.0.2.1");
}

}  // namespace
}  // namespace gatehouse::edge
