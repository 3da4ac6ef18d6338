// The HttpClient on libcurl: checks the call, borrows a handle that is already connected to the
// origin if there is one, and puts it back afterwards.

#include <ares.h>

#include <algorithm>
#include <csignal>
#include <mutex>

#include "egress/call_check.hpp"
#include "egress/curl_handle.hpp"
#include "egress/egress.hpp"
#include "egress/handle_pool.hpp"
#include "egress/mail_exchange.hpp"

namespace gatehouse::egress {
namespace {

void initialise_process() {
    static std::once_flag once;
    std::call_once(once, [] {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        ares_library_init(ARES_LIB_INIT_ALL);
        // A peer that closes in the middle of a TLS write must not end the process.
        std::signal(SIGPIPE, SIG_IGN);
    });
}

std::vector<std::string> to_libcurl(std::vector<std::string> connect_to) {
    for (std::string& entry : connect_to) {
        std::replace(entry.begin(), entry.end(), '=', ':');
    }
    return connect_to;
}

class CurlClient final : public HttpClient {
  public:
    explicit CurlClient(const EgressOptions& options)
        : shared_{AddressGuard(options.allow_private), TrustStore(options.ca_file),
                  to_libcurl(options.connect_to), NameLookup(options.name_servers)} {}

    Result<HttpReply> send(const HttpCall& call) override {
        if (shared_.is_stopped) return fail(ErrorKind::kUnavailable, "the host is stopping");
        if (auto checked = check_call(call); !checked) return tl::unexpected(checked.error());
        const auto url = parse_url(call.url);
        if (!url) return tl::unexpected(url.error());

        if (url->is_mail) return send_mail(shared_, call, *url);
        const std::string origin = (url->is_tls ? "https://" : "http://") + url->host_and_port();
        std::unique_ptr<CurlHandle> handle = pool_.take(origin);
        if (!handle) handle = std::make_unique<CurlHandle>(shared_);
        auto reply = handle->exchange(call, *url);
        pool_.put(origin, std::move(handle));
        return reply;
    }

    void stop() override { shared_.is_stopped = true; }

  private:
    CurlShared shared_;
    HandlePool pool_;
};

}  // namespace

std::unique_ptr<HttpClient> make_curl_client(const EgressOptions& options) {
    initialise_process();
    return std::make_unique<CurlClient>(options);
}

}  // namespace gatehouse::egress
