// CurlGuard: what keeps one libcurl handle to the rules of egress, whatever it speaks: TLS 1.2 with
// our trust store, no proxy, a look at each address before it is connected to, an end when the host
// stops.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "egress/address_guard.hpp"
#include "egress/trust_store.hpp"

namespace gatehouse::egress {

// What all handles share. Outlives them.
struct CurlShared {
    AddressGuard guard;
    TrustStore trust;
    std::vector<std::string> connect_to;  // in libcurl's form: HOST:PORT:CONNECT-HOST:CONNECT-PORT
    std::atomic<bool> is_stopped{false};
};

// Outlives the handle that it was set on, and does not move. [one thread at a time]
class CurlGuard {
  public:
    explicit CurlGuard(CurlShared& shared) : shared_(shared) {}
    CurlGuard(const CurlGuard&) = delete;
    CurlGuard& operator=(const CurlGuard&) = delete;

    void set_on(CURL* easy);

    // An exchange with "host:port" begins.
    void begin(const std::string& host_and_port);

    const std::string& host_and_port() const { return host_and_port_; }

    // Whether the host is one that may be reached without TLS.
    bool may_be_plain() const { return shared_.guard.lists(host_and_port_); }

    // kForbidden: every address of the host was refused. kUnavailable: the host is stopping.
    // Nothing: the failure is not the guard's doing.
    std::optional<Error> failure(CURLcode code) const;

  private:
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
    static curl_socket_t on_open_socket(void* self, curlsocktype, curl_sockaddr* address);
    static CURLcode on_tls(CURL* easy, void* tls, void* self);

    CurlShared& shared_;
    std::string host_and_port_;
    bool is_refused_ = false;
    bool is_tried_ = false;
};

}  // namespace gatehouse::egress
