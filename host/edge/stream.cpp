#include "edge/stream.hpp"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace gatehouse::edge {

namespace {

int clamp_to_int(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

IoResult tcp_result(ssize_t returned, IoStatus not_now) {
    if (returned >= 0) return {IoStatus::kDone, static_cast<std::size_t>(returned)};
    const bool later = errno == EAGAIN || errno == EINTR;
    return {later ? not_now : IoStatus::kFailed, 0};
}

}  // namespace

IoStatus Stream::accept_handshake() {
    ERR_clear_error();
    return tls_result(SSL_accept(ssl_)).status;
}

IoResult Stream::read(std::span<char> buffer) {
    if (ssl_ != nullptr) {
        // An old entry in this thread's error queue would be taken for this call's.
        ERR_clear_error();
        return tls_result(SSL_read(ssl_, buffer.data(), clamp_to_int(buffer.size())));
    }
    const IoResult result =
        tcp_result(::recv(fd_, buffer.data(), buffer.size(), 0), IoStatus::kWantRead);
    if (result.status == IoStatus::kDone && result.bytes == 0) return {IoStatus::kEof, 0};
    return result;
}

IoResult Stream::write(std::string_view bytes) {
    if (ssl_ != nullptr) {
        ERR_clear_error();
        return tls_result(SSL_write(ssl_, bytes.data(), clamp_to_int(bytes.size())));
    }
    return tcp_result(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), IoStatus::kWantWrite);
}

IoResult Stream::tls_result(int returned) const {
    if (returned > 0) return {IoStatus::kDone, static_cast<std::size_t>(returned)};
    switch (SSL_get_error(ssl_, returned)) {
        case SSL_ERROR_WANT_READ:
            return {IoStatus::kWantRead, 0};
        case SSL_ERROR_WANT_WRITE:
            return {IoStatus::kWantWrite, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {IoStatus::kEof, 0};
        default:
            return {IoStatus::kFailed, 0};
    }
}

IoStatus Stream::close_writes() {
    if (ssl_ != nullptr) {
        ERR_clear_error();
        const int returned = SSL_shutdown(ssl_);
        if (returned < 0 && SSL_get_error(ssl_, returned) == SSL_ERROR_WANT_WRITE) {
            return IoStatus::kWantWrite;
        }
    }
    return ::shutdown(fd_, SHUT_WR) == 0 ? IoStatus::kDone : IoStatus::kFailed;
}

IoStatus Stream::discard(std::span<char> buffer) {
    const IoResult result =
        tcp_result(::recv(fd_, buffer.data(), buffer.size(), 0), IoStatus::kWantRead);
    if (result.status == IoStatus::kDone && result.bytes == 0) return IoStatus::kEof;
    return result.status;
}

}  // namespace gatehouse::edge
