#include "egress/curl_guard.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "egress/ascii.hpp"

namespace gatehouse::egress {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectLimit{5'000};

long ms_until(std::chrono::steady_clock::time_point when) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(when - std::chrono::steady_clock::now()).count();
    return static_cast<long>(std::max<std::int64_t>(left, 1));
}

// Whom a connection to `url` is really made to: the name and "name:port", as libcurl will ask.
struct Peer {
    std::string host;
    std::string host_and_port;
};

Peer peer_of(const Url& url, const std::vector<std::string>& connect_to) {
    const std::string from = url.host_and_port() + ":";
    for (const std::string& entry : connect_to) {
        if (!equal_without_case(from, std::string_view(entry).substr(0, from.size()))) continue;
        const std::string elsewhere = entry.substr(from.size());
        return {elsewhere.substr(0, elsewhere.rfind(':')), elsewhere};
    }
    return {url.host, url.host_and_port()};
}

}  // namespace

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
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, &CurlGuard::on_resolve);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, this);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &CurlGuard::on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
}

CURLcode CurlGuard::perform(CURL* easy, const Url& url, int timeout_ms,
                            const std::function<bool()>& restart) {
    const auto now = SteadyClock::now();
    const milliseconds limit(std::max(timeout_ms, 1));
    host_and_port_ = url.host_and_port();
    deadline_ = now + limit;
    connect_deadline_ = now + std::min(limit, kConnectLimit);
    lookup_fault_.clear();
    is_name_known_ = NameLookup::is_known(peer_of(url, shared_.connect_to).host);
    lacks_address_ = false;
    is_refused_ = false;
    is_tried_ = false;
    set_time_left(easy);
    const CURLcode code = curl_easy_perform(easy);
    if (!lacks_address_ || !restart() || !look_up(easy, url)) return code;
    set_time_left(easy);
    return curl_easy_perform(easy);
}

void CurlGuard::set_time_left(CURL* easy) const {
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms_until(deadline_));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, ms_until(connect_deadline_));
}

// What is found is the handle's for a minute, as a name that libcurl looked up itself would be.
bool CurlGuard::look_up(CURL* easy, const Url& url) {
    const Peer peer = peer_of(url, shared_.connect_to);
    const auto found = shared_.names.find(peer.host, milliseconds(ms_until(connect_deadline_)),
                                          shared_.is_stopped);
    if (!found) {
        lookup_fault_ = found.error().message;
        return false;
    }
    std::string entry = "+" + peer.host_and_port + ":";
    for (std::size_t i = 0; i < found->size(); ++i) {
        const std::string& address = (*found)[i];
        const bool is_v6 = address.find(':') != std::string::npos;
        entry += (i == 0 ? "" : ",") + (is_v6 ? "[" + address + "]" : address);
    }
    std::unique_ptr<curl_slist, FreeList> addresses(curl_slist_append(nullptr, entry.c_str()));
    curl_easy_setopt(easy, CURLOPT_RESOLVE, addresses.get());
    addresses_ = std::move(addresses);
    lacks_address_ = false;
    is_name_known_ = true;
    return true;
}

std::optional<Error> CurlGuard::failure(CURLcode code) const {
    if (is_refused_ && !is_tried_) {
        return Error{ErrorKind::kForbidden,
                     host_and_port_ +
                         ": resolves to a private address that egress.allow_private does not list"};
    }
    if (!lookup_fault_.empty()) {
        return Error{ErrorKind::kUnavailable, host_and_port_ + ": " + lookup_fault_};
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return Error{ErrorKind::kUnavailable,
                     host_and_port_ +
                         (shared_.is_stopped ? ": the host is stopping" : ": timeout was reached")};
    }
    return std::nullopt;
}

int CurlGuard::on_resolve(void* /*resolver*/, void* /*reserved*/, void* self) {
    auto& guard = *static_cast<CurlGuard*>(self);
    guard.lacks_address_ = !guard.is_name_known_;
    return guard.lacks_address_ ? 1 : 0;
}

// libcurl's own deadline does not count where it takes leave of a mail server.
int CurlGuard::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& guard = *static_cast<CurlGuard*>(self);
    return guard.shared_.is_stopped || SteadyClock::now() >= guard.deadline_ ? 1 : 0;
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
