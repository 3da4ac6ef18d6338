#include "support/name_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace gatehouse::test {
namespace {

constexpr std::size_t kHeadBytes = 12;
constexpr unsigned char kTypeA = 1;
constexpr char kNoSuchName = 3;

// The name of the only question; `at` moves behind it.
std::string name_at(const std::string& message, std::size_t& at) {
    std::string name;
    while (at < message.size() && message[at] != 0) {
        const auto length = static_cast<unsigned char>(message[at]);
        name += (name.empty() ? "" : ".") + message.substr(at + 1, length);
        at += length + 1U;
    }
    ++at;
    return name;
}

std::string answer_to(const std::string& question, std::size_t end, bool is_for_v4,
                      const std::string& address) {
    std::string answer = question.substr(0, end);
    answer[2] = static_cast<char>(0x81);  // a response
    answer[3] =
        static_cast<char>(static_cast<unsigned char>(0x80) | (address.empty() ? kNoSuchName : 0));
    answer[7] = is_for_v4 && !address.empty() ? 1 : 0;  // so many answers
    answer[9] = answer[11] = 0;
    if (answer[7] == 0) return answer;
    in_addr bytes{};
    ::inet_pton(AF_INET, address.c_str(), &bytes);
    answer += std::string("\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4", 12);
    answer.append(reinterpret_cast<const char*>(&bytes), sizeof(bytes));
    return answer;
}

}  // namespace

NameServer::NameServer(Knowledge knowledge) : knowledge_(std::move(knowledge)) {
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("no name server");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

NameServer::~NameServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
}

void NameServer::serve() {
    std::array<char, 1500> bytes{};
    while (true) {
        sockaddr_in from{};
        socklen_t size = sizeof(from);
        const ssize_t got = ::recvfrom(socket_, bytes.data(), bytes.size(), 0,
                                       reinterpret_cast<sockaddr*>(&from), &size);
        if (got <= 0) return;
        const std::string question(bytes.data(), static_cast<std::size_t>(got));
        if (question.size() < kHeadBytes + 5) continue;
        ++questions_;
        std::size_t at = kHeadBytes;
        const std::string name = name_at(question, at);
        const std::optional<std::string> address = knowledge_(name);
        if (!address || at + 4 > question.size()) continue;
        const bool is_for_v4 = static_cast<unsigned char>(question[at + 1]) == kTypeA;
        const std::string answer = answer_to(question, at + 4, is_for_v4, *address);
        ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from),
                 size);
    }
}

}  // namespace gatehouse::test
