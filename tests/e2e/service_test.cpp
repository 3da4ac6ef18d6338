// The real binary under a service manager: when it says that it is ready, that it lives, that it
// ends.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/unique_fd.hpp"
#include "support/child_process.hpp"
#include "support/temp_dir.hpp"
#include "support/throwaway_certificate.hpp"

namespace gatehouse::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// As the service manager makes it.
class NotifySocket {
  public:
    explicit NotifySocket(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(&address.sun_path[0], path.data(), path.size());
        EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
                  0);
        const timeval patience{60, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    }

    std::string next() const {
        std::array<char, 1024> bytes{};
        const ssize_t got = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
        return got < 0 ? "nothing came" : std::string(bytes.data(), static_cast<std::size_t>(got));
    }

  private:
    const UniqueFd fd_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

void write_private(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

class ServiceTest : public testing::Test {
  protected:
    ServiceTest() : manager(folder_ / "notify") {
        const Certificate certificate = make_certificate();
        write_private(folder_ / "certificate.pem", certificate.certificate_pem);
        write_private(folder_ / "key.pem", certificate.key_pem);
        std::filesystem::create_directory(folder_ / "plugins");
        std::filesystem::create_directory(folder_ / "businesses.d");
        write_private(folder_ / "gatehouse.yaml",
                      "listen: {address: 127.0.0.1, port: 0, "
                      "tls: {certificate: certificate.pem, key: key.pem}}\n"
                      "admin: {address: 127.0.0.1, port: 0, token: \"${env:TEST_TOKEN}\"}\n"
                      "store: {sqlite: {path: gatehouse.db}}\n"
                      "plugins: plugins\nbusinesses: businesses.d\n");
    }

    Program program() const {
        return {binary_dir() / "gatehouse",
                {"serve", "--config", (folder_ / "gatehouse.yaml").string()},
                {{"NOTIFY_SOCKET", folder_ / "notify"},
                 {"WATCHDOG_USEC", "400000"},
                 {"GATEHOUSE_LOG", "info"},
                 {"TEST_TOKEN", "a-token-that-is-long-enough"}}};
    }

    TempDir folder_;
    NotifySocket manager;
};

bool listens(std::uint16_t port) {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

TEST_F(ServiceTest, IsReadyWhenItListensLivesAndSaysThatItEnds) {
    ChildProcess host(program());
    const std::string ready = manager.next();
    const std::string serving = "STATUS=serving 0 businesses on port ";
    ASSERT_THAT(ready, StartsWith("READY=1\n" + serving)) << host.output();
    EXPECT_TRUE(listens(static_cast<std::uint16_t>(std::stoi(ready.substr(ready.rfind(' ') + 1)))));
    for (int i = 0; i < 5; ++i) {
        EXPECT_THAT(manager.next(), StartsWith("WATCHDOG=1\n" + serving)) << host.output();
    }
    host.signal(SIGTERM);
    std::string last = manager.next();
    while (last.rfind("WATCHDOG=1", 0) == 0)
        last = manager.next();
    EXPECT_EQ(last, "STOPPING=1\nSTATUS=draining");
    EXPECT_EQ(host.wait(), 0);
    EXPECT_THAT(host.output(), testing::Not(HasSubstr("does not turn")));
}

TEST_F(ServiceTest, AStartThatFailsIsNeverReady) {
    write_private(folder_ / "gatehouse.yaml", "listen: nonsense\n");
    ChildProcess host(program());
    EXPECT_EQ(host.wait(), 2);
    const UniqueFd other(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder_ / "notify";
    std::memcpy(&address.sun_path[0], path.data(), path.size());
    ::sendto(other.get(), "end", 3, 0, reinterpret_cast<const sockaddr*>(&address),
             sizeof(address));
    EXPECT_EQ(manager.next(), "end");  // and nothing before it
}

}  // namespace
}  // namespace gatehouse::test
