// What happens to a connection before its first request: a proxy's header, the handshake, and being
// closed to make room.
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "edge/connection.hpp"
#include "edge/proxy_header.hpp"
#include "edge/socket_address.hpp"

namespace gatehouse::edge {

void Connection::begin() {
    state_ = peer_->ssl() == nullptr ? State::kServing : State::kHandshake;
    quiet_since_ms_ = context_.now_ms;
}

// The header's bytes and no others are taken from the socket: what follows is the client's.
void Connection::read_proxy_header() {
    std::array<char, kMaxProxyHeader> ahead{};
    const ssize_t seen = ::recv(id_.fd, ahead.data(), ahead.size(), MSG_PEEK);
    if (seen < 0 && (errno == EAGAIN || errno == EINTR)) return;
    const std::size_t before = proxy_header_.size();
    if (seen > 0) proxy_header_.append(ahead.data(), static_cast<std::size_t>(seen));
    const ProxyHeader header = edge::read_proxy_header(proxy_header_);
    const bool is_whole = header.outcome == ProxyHeader::Outcome::kComplete;
    const std::size_t taken = (is_whole ? header.size : proxy_header_.size()) - before;
    if (seen <= 0 || header.outcome == ProxyHeader::Outcome::kBroken ||
        ::recv(id_.fd, ahead.data(), taken, 0) != static_cast<ssize_t>(taken)) {
        context_.counters.proxy_header_failed.add();
        state_ = State::kFinished;
        return;
    }
    if (!is_whole) return;
    proxy_header_ = std::string();
    if (header.client) {
        address_ = address_text(*header.client);
        const auto refused =
            context_.admission.name_client(slot_, address_key(*header.client), context_.now_ms);
        if (refused) {
            context_.counters.refuse(*refused, context_.now_ms);
            state_ = State::kFinished;
            return;
        }
    }
    begin();
}

void Connection::continue_handshake() {
    switch (stream_.accept_handshake()) {
        case IoStatus::kDone:
            state_ = State::kServing;
            quiet_since_ms_ = context_.now_ms;
            return;
        case IoStatus::kWantRead:
            return;
        case IoStatus::kWantWrite:
            blocked_ = true;
            return;
        default:
            context_.counters.handshake_failed.add();
            state_ = State::kFinished;
    }
}

void Connection::on_evicted() {
    context_.counters.evicted.add();
    is_last_ = quiet_ = true;
    waiting_.clear();
    if (state_ != State::kServing || unsent() > 0) state_ = State::kFinished;
}

}  // namespace gatehouse::edge
