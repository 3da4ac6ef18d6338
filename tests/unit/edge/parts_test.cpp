// The edge's small parts: who is admitted, when a connection is looked at, how messages reach a
// worker, how addresses read.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>

#include <cstring>
#include <thread>
#include <vector>

#include "edge/admission.hpp"
#include "edge/deadlines.hpp"
#include "edge/inbox.hpp"
#include "edge/socket_address.hpp"

namespace gatehouse::edge {
namespace {

sockaddr_storage address(const std::string& text) {
    sockaddr_storage storage{};
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        std::memcpy(&storage, &v4, sizeof v4);
    } else {
        ::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr);
        v6.sin6_family = AF_INET6;
        std::memcpy(&storage, &v6, sizeof v6);
    }
    return storage;
}

bool is_readable(int fd) {
    pollfd asked{fd, POLLIN, 0};
    return ::poll(&asked, 1, 0) == 1;
}

TEST(AdmissionTest, CountsInAllAndPerAddress) {
    Admission admission(3, 2);
    const auto first = address_key(address("192.0.2.1"));
    const auto other = address_key(address("192.0.2.2"));
    auto a = admission.admit(first);
    auto b = admission.admit(first);
    EXPECT_TRUE(a && b);
    EXPECT_FALSE(admission.admit(first));
    auto c = admission.admit(other);
    EXPECT_TRUE(c);
    EXPECT_FALSE(admission.admit(address_key(address("192.0.2.3"))));
    b.reset();
    EXPECT_EQ(admission.count(), 2U);
    EXPECT_TRUE(admission.admit(first));
}

TEST(AdmissionTest, TakesANetworkOfIpv6ForOneClient) {
    EXPECT_EQ(address_key(address("2001:db8::1")), address_key(address("2001:db8::ffff:2")));
    EXPECT_NE(address_key(address("2001:db8::1")), address_key(address("2001:db8:0:1::1")));
    EXPECT_EQ(address_key(address("192.0.2.1")), address_key(address("::ffff:192.0.2.1")));
    EXPECT_NE(address_key(address("192.0.2.1")), address_key(address("::ffff:192.0.2.2")));
}

TEST(AdmissionTest, TellsWhenTheLastOneLeft) {
    Admission admission(1, 1);
    auto slot = admission.admit({});
    EXPECT_FALSE(admission.wait_until_empty(std::chrono::milliseconds(1)));
    std::thread leaving([&slot] { slot.reset(); });
    EXPECT_TRUE(admission.wait_until_empty(std::chrono::seconds(10)));
    leaving.join();
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
    EXPECT_EQ(address_text(address("192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(address_text(address("2001:db8::1")), "2001:db8::1");
    EXPECT_EQ(address_text(address("::ffff:192.0.2.1")), "192.0.2.1");
}

}  // namespace
}  // namespace gatehouse::edge
