// CurlGuard: what keeps one libcurl handle to the rules of egress, whatever it speaks: TLS 1.2 with
// our trust store, no proxy, names looked up by our own means, a look at each address before it is
// connected to, an end when the time is up or the host stops.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "egress/address_guard.hpp"
#include "egress/name_lookup.hpp"
#include "egress/trust_store.hpp"
#include "egress/url.hpp"

namespace gatehouse::egress {

// What all handles share. Outlives them.
struct CurlShared {
    AddressGuard guard;
    TrustStore trust;
    std::vector<std::string> connect_to;  // in libcurl's form: HOST:PORT:CONNECT-HOST:CONNECT-PORT
    NameLookup names;
    std::atomic<bool> is_stopped{false};
};

// Outlives the handle that it was set on, and does not move. [one thread at a time]
class CurlGuard {
  public:
    explicit CurlGuard(CurlShared& shared) : shared_(shared) {}
    CurlGuard(const CurlGuard&) = delete;
    CurlGuard& operator=(const CurlGuard&) = delete;

    void set_on(CURL* easy);

    // Does the exchange that was set on `easy`: in `timeout_ms` as a whole, of which at most 5 s go
    // into finding and connecting to the other side. libcurl gives up where it would need a name,
    // which it does before it sends a byte on a new connection; then the name is looked up and the
    // exchange begins again if `restart` says that it may.
    CURLcode perform(CURL* easy, const Url& url, int timeout_ms,
                     const std::function<bool()>& restart);

    const std::string& host_and_port() const { return host_and_port_; }

    // kForbidden: every address of the host was refused. kUnavailable: its name does not resolve,
    // the time is up, the host is stopping. Nothing: the failure is not the guard's doing.
    std::optional<Error> failure(CURLcode code) const;

  private:
    using SteadyClock = std::chrono::steady_clock;
    struct FreeList {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    void set_time_left(CURL* easy) const;
    bool look_up(CURL* easy, const Url& url);

    static int on_resolve(void* resolver, void* reserved, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
    static curl_socket_t on_open_socket(void* self, curlsocktype, curl_sockaddr* address);
    static CURLcode on_tls(CURL* easy, void* tls, void* self);

    CurlShared& shared_;
    std::unique_ptr<curl_slist, FreeList> addresses_;  // the handle keeps a pointer to it

    // Of the exchange under way.
    std::string host_and_port_;
    SteadyClock::time_point connect_deadline_;
    SteadyClock::time_point deadline_;
    std::string lookup_fault_;
    bool is_name_known_ = false;  // libcurl needs no more than itself to find it
    bool lacks_address_ = false;
    bool is_refused_ = false;
    bool is_tried_ = false;
};

}  // namespace gatehouse::egress
