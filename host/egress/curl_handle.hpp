// CurlHandle: one libcurl easy handle with its connection, used for one exchange at a time and
// kept for the next one to the same origin.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "egress/curl_guard.hpp"
#include "egress/http_client.hpp"
#include "egress/url.hpp"

namespace gatehouse::egress {

// [one thread at a time]
class CurlHandle {
  public:
    explicit CurlHandle(CurlShared& shared);
    CurlHandle(const CurlHandle&) = delete;
    CurlHandle& operator=(const CurlHandle&) = delete;
    ~CurlHandle();

    // As HttpClient::send(). `url` is call.url, read.
    Result<HttpReply> exchange(const HttpCall& call, const Url& url);

  private:
    struct FreeHeaders {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };
    using HeaderList = std::unique_ptr<curl_slist, FreeHeaders>;

    void set_constants();
    void set_request(const HttpCall& call, const Url& url);
    Result<HeaderList> make_headers(const HttpCall& call);
    void take_header(std::string_view line);
    tl::unexpected<Error> failure(CURLcode code) const;

    static std::size_t on_unsent(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

    static HeaderList make_list(const std::vector<std::string>& lines);

    CurlGuard guard_;
    CURL* easy_;
    const HeaderList connect_to_;

    // Of the exchange under way.
    std::string_view unsent_;
    HttpReply reply_;
    std::size_t max_body_bytes_ = 0;
    std::size_t header_bytes_ = 0;
    bool is_too_large_ = false;
};

}  // namespace gatehouse::egress
