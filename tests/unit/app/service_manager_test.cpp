// What is told to the service manager, on a socket as it makes one.
#include "app/service_manager.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "support/temp_dir.hpp"

namespace gatehouse::app {
namespace {

class Listener {
  public:
    explicit Listener(std::string name) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name[0] == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    }

    std::string next() const {
        std::array<char, 1024> bytes{};
        const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        return got < 0 ? "nothing" : std::string(bytes.data(), static_cast<std::size_t>(got));
    }

  private:
    UniqueFd socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

TEST(ServiceManagerTest, IsToldOfStartLifeAndEnd) {
    const test::TempDir folder;
    const std::string path = folder / "notify";
    const std::string abstract = "@gatehouse-test-" + std::to_string(::getpid());
    for (const std::string& name : {path, abstract}) {
        const Listener listener(name);
        ServiceManager manager({name, "30000000", ""});
        ASSERT_TRUE(manager.is_there());
        EXPECT_EQ(manager.watchdog(), std::chrono::milliseconds(30'000));
        manager.ready("serving 3 businesses");
        EXPECT_EQ(listener.next(), "READY=1\nSTATUS=serving 3 businesses");
        manager.lives("still");
        EXPECT_EQ(listener.next(), "WATCHDOG=1\nSTATUS=still");
        manager.stopping();
        EXPECT_EQ(listener.next(), "STOPPING=1\nSTATUS=draining");
    }
}

TEST(ServiceManagerTest, AStatusIsOneLine) {
    const test::TempDir folder;
    const Listener listener(folder / "notify");
    ServiceManager manager({folder / "notify", "", ""});
    manager.ready("one\nMAINPID=1");
    const std::string told = listener.next();
    EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1) << told;
}

TEST(ServiceManagerTest, WithoutOneNothingIsToldAndNothingWaits) {
    const test::TempDir folder;
    const std::vector<std::string> names{"",
                                         "relative",
                                         "/",
                                         "@",
                                         folder / "nobody there",
                                         "/" + std::string(200, 'x'),
                                         "@" + std::string(108, 'x')};
    for (const std::string& name : names) {
        ServiceManager manager({name, "30000000", ""});
        EXPECT_FALSE(manager.is_there()) << name;
        EXPECT_EQ(manager.watchdog(), std::nullopt) << name;
        manager.ready("ready");
        manager.lives("lives");
        manager.stopping();
    }
}

TEST(ServiceManagerTest, AManagerThatDoesNotReadKeepsNobody) {
    const test::TempDir folder;
    const Listener listener(folder / "notify");
    ServiceManager manager({folder / "notify", "", ""});
    for (int i = 0; i < 10'000; ++i)
        manager.lives("lives");
    EXPECT_EQ(listener.next(), "WATCHDOG=1\nSTATUS=lives");
}

TEST(ServiceManagerTest, AWatchdogIsForItsProcessAndASpanIsANumber) {
    const test::TempDir folder;
    const Listener listener(folder / "notify");
    const auto watchdog = [&](const std::string& usec, const std::string& pid) {
        return ServiceManager({folder / "notify", usec, pid}).watchdog();
    };
    EXPECT_EQ(watchdog("2000000", std::to_string(::getpid())), std::chrono::milliseconds(2000));
    EXPECT_EQ(watchdog("2000000", std::to_string(::getpid() + 1)), std::nullopt);
    for (const char* span : {"", "0", "-1", "2s", "2000000x", "99999999999999999999",
                             "9223372036854775807", "1e9", " 1"}) {
        EXPECT_EQ(watchdog(span, ""), std::nullopt) << span;
    }
}

}  // namespace
}  // namespace gatehouse::app
