#include "egress/curl_handle.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "egress/ascii.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::size_t kMaxHeaderBytes = 65'536;

bool has_body(const HttpCall& call) {
    return !call.body.empty() || call.method == "POST" || call.method == "PUT" ||
           call.method == "PATCH";
}

// When a kept connection ends without a byte of answer, libcurl sends the request once more on a
// new one. It cannot where it would have to read the body again.
bool is_repeatable(const HttpCall& call) {
    return call.method != "POST" && call.method != "PATCH";
}

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool is_not_http(CURLcode code) {
    return code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY ||
           code == CURLE_BAD_CONTENT_ENCODING;
}

}  // namespace

CurlHandle::CurlHandle(CurlShared& shared)
    : guard_(shared), easy_(curl_easy_init()), connect_to_(make_list(shared.connect_to)) {
    if (easy_ == nullptr) throw std::runtime_error("libcurl gave no handle");
    set_constants();
}

CurlHandle::~CurlHandle() {
    curl_easy_cleanup(easy_);
}

void CurlHandle::set_constants() {
    guard_.set_on(easy_);
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy_, CURLOPT_MAXCONNECTS, 2L);
    curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
    // Asks for none, and decodes what comes all the same; the limit is on what comes out.
    curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "identity");
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlHandle::on_header);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlHandle::on_body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, connect_to_.get());
}

CurlHandle::HeaderList CurlHandle::make_list(const std::vector<std::string>& lines) {
    HeaderList list;
    for (const std::string& line : lines) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

void CurlHandle::set_request(const HttpCall& call, const Url& url) {
    curl_easy_setopt(easy_, CURLOPT_URL, url.text().c_str());
    if (call.method == "HEAD") {
        curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    } else if (has_body(call)) {
        curl_easy_setopt(easy_, CURLOPT_POST, 1L);
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(call.body.size()));
        if (is_repeatable(call)) {
            curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, call.body.data());  // not copied
        } else {
            unsent_ = call.body;
            curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &CurlHandle::on_unsent);
            curl_easy_setopt(easy_, CURLOPT_READDATA, this);
        }
    } else {
        curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, call.method.c_str());
}

Result<CurlHandle::HeaderList> CurlHandle::make_headers(const HttpCall& call) {
    HeaderList list;
    const auto add = [&list](const std::string& line) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (longer == nullptr) return false;
        static_cast<void>(list.release());
        list.reset(longer);
        return true;
    };
    bool is_complete = add("Expect:");
    bool has_type = false;
    bool has_agent = false;
    for (const auto& [name, value] : call.headers) {
        const std::string key = lower(name);
        has_type = has_type || key == "content-type";
        has_agent = has_agent || key == "user-agent";
        const std::string_view text = trim(value);
        // To libcurl "Name:" means "send none"; the semicolon is its way to say empty.
        is_complete =
            is_complete && add(text.empty() ? name + ";" : name + ": " + std::string(text));
    }
    if (!has_agent) is_complete = is_complete && add("User-Agent: gatehouse");
    if (!has_type) is_complete = is_complete && add("Content-Type:");
    if (!is_complete) return fail(ErrorKind::kInternal, "out of memory for the request's headers");
    return list;
}

Result<HttpReply> CurlHandle::exchange(const HttpCall& call, const Url& url) {
    auto headers = make_headers(call);
    if (!headers) return tl::unexpected(headers.error());
    reply_ = {};
    max_body_bytes_ = call.max_response_bytes;
    header_bytes_ = 0;
    is_too_large_ = false;
    set_request(call, url);
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers->get());

    // Of what cannot be sent twice, nothing may have been sent yet.
    const auto restart = [&] { return is_repeatable(call) || unsent_.size() == call.body.size(); };
    const CURLcode code = guard_.perform(easy_, url, call.timeout_ms, restart);

    // The handle outlives this call's header list and body.
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, nullptr);
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 0L);
    if (code != CURLE_OK) return failure(code);

    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    reply_.status = static_cast<int>(status);
    return std::move(reply_);
}

tl::unexpected<Error> CurlHandle::failure(CURLcode code) const {
    const std::string where = guard_.host_and_port() + ": ";
    if (is_too_large_) {
        return fail(ErrorKind::kInvalid, where + std::string(kTooLarge));
    }
    if (auto refused = guard_.failure(code)) return tl::unexpected(std::move(*refused));
    // It is not the request that is at fault, and it may have been done.
    if (is_not_http(code)) return fail(ErrorKind::kUnavailable, where + "the answer is not HTTP");
    if (code == CURLE_SEND_FAIL_REWIND) {
        return fail(ErrorKind::kUnavailable, where + "the connection ended without an answer");
    }
    return fail(ErrorKind::kUnavailable, where + lower(curl_easy_strerror(code)));
}

void CurlHandle::take_header(std::string_view line) {
    if (line.starts_with("HTTP/")) {  // of the last answer; an interim one (1xx) came before it
        reply_.headers.clear();
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view value = trim(line.substr(colon + 1));
    std::string name = lower(trim(line.substr(0, colon)));
    if (name == "content-encoding") return;  // the body is decoded
    reply_.headers.emplace_back(std::move(name), std::string(value));
}

std::size_t CurlHandle::on_unsent(char* data, std::size_t size, std::size_t count, void* self) {
    std::string_view& unsent = static_cast<CurlHandle*>(self)->unsent_;
    const std::size_t taken = unsent.copy(data, size * count);
    unsent.remove_prefix(taken);
    return taken;
}

std::size_t CurlHandle::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    auto& handle = *static_cast<CurlHandle*>(self);
    const std::string_view line(data, size * count);
    handle.header_bytes_ += line.size();
    if (handle.header_bytes_ > kMaxHeaderBytes) {
        handle.is_too_large_ = true;
        return 0;
    }
    handle.take_header(line);
    return line.size();
}

std::size_t CurlHandle::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    auto& handle = *static_cast<CurlHandle*>(self);
    const std::size_t bytes = size * count;
    std::string& body = handle.reply_.body;
    if (bytes > handle.max_body_bytes_ - body.size()) {
        handle.is_too_large_ = true;
        return 0;
    }
    body.append(data, bytes);
    return bytes;
}

}  // namespace gatehouse::egress
