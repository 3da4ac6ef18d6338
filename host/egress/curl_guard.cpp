#include "egress/curl_guard.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

namespace gatehouse::egress {

void CurlGuard::set_on(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");  // none, whatever the environment says
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    // The shared trust store takes the place of libcurl's own per-handle one.
    curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &CurlGuard::on_tls);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlGuard::on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &CurlGuard::on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
}

void CurlGuard::begin(const std::string& host_and_port) {
    host_and_port_ = host_and_port;
    is_refused_ = false;
    is_tried_ = false;
}

std::optional<Error> CurlGuard::failure(CURLcode code) const {
    if (is_refused_ && !is_tried_) {
        return Error{ErrorKind::kForbidden,
                     host_and_port_ +
                         ": resolves to a private address that egress.allow_private does not list"};
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return Error{ErrorKind::kUnavailable, host_and_port_ + ": the host is stopping"};
    }
    return std::nullopt;
}

int CurlGuard::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<CurlGuard*>(self)->shared_.is_stopped ? 1 : 0;
}

curl_socket_t CurlGuard::on_open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& guard = *static_cast<CurlGuard*>(self);
    if (!guard.shared_.guard.allows(address->addr, guard.host_and_port_)) {
        guard.is_refused_ = true;
        return CURL_SOCKET_BAD;
    }
    guard.is_tried_ = true;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

CURLcode CurlGuard::on_tls(CURL*, void* tls, void* self) {
    SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(tls),
                            static_cast<CurlGuard*>(self)->shared_.trust.get());
    return CURLE_OK;
}

}  // namespace gatehouse::egress
