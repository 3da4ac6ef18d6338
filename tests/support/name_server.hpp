// NameServer: a DNS server on 127.0.0.1 that knows what a test tells it, over UDP.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace gatehouse::test {

class NameServer {
  public:
    // The IPv4 address of a name: "" = there is no such name, nothing = no answer at all. No name
    // has an IPv6 address. [own thread]
    using Knowledge = std::function<std::optional<std::string>(const std::string& name)>;

    explicit NameServer(Knowledge knowledge);
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;
    ~NameServer();

    std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
    int questions() const { return questions_; }

  private:
    void serve();

    Knowledge knowledge_;
    int socket_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> questions_{0};
    std::thread thread_;
};

}  // namespace gatehouse::test
