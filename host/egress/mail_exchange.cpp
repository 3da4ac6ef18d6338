#include "egress/mail_exchange.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include "egress/ascii.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::size_t kMaxReceivers = 50;
constexpr std::size_t kMaxAddressBytes = 254;
constexpr int kFirstRefusal = 400;
constexpr int kLoginRefused = 535;

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

bool is_domain(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.';
    });
}

// Nothing that could end the command's argument or begin another one.
bool is_address(std::string_view text) {
    const std::size_t at = text.rfind('@');
    return at != std::string_view::npos && at > 0 && text.size() <= kMaxAddressBytes &&
           is_domain(text.substr(at + 1)) && std::ranges::all_of(text.substr(0, at), [](char c) {
               return c > 0x20 && c < 0x7f && std::strchr("<>()[]\\,;:\"@", c) == nullptr;
           });
}

struct Envelope {
    std::string from;
    std::vector<std::string> to;
    std::string user;
    std::string password;
};

Result<Envelope> envelope_of(const HttpCall& call) {
    Envelope envelope;
    for (const auto& [name, value] : call.headers) {
        const std::string key = lower(name);
        if (key == "mail-user") {
            envelope.user = value;
        } else if (key == "mail-password") {
            envelope.password = value;
        } else if (key == "mail-from" && is_address(value)) {
            envelope.from = value;
        } else if (key == "rcpt-to" && is_address(value)) {
            envelope.to.push_back(value);
        } else {
            return fail(ErrorKind::kInvalid, "the mail's " + name + " cannot be used");
        }
    }
    if (envelope.from.empty() || envelope.to.empty() || envelope.to.size() > kMaxReceivers) {
        return fail(ErrorKind::kInvalid, "a mail needs one sender and 1 to 50 receivers");
    }
    if (envelope.user.empty() != envelope.password.empty()) {
        return fail(ErrorKind::kInvalid, "a mail account needs a user and a password");
    }
    return envelope;
}

class Exchange {
  public:
    explicit Exchange(CurlShared& shared)
        : shared_(shared), guard_(shared), easy_(curl_easy_init()) {}
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    ~Exchange() { curl_easy_cleanup(easy_); }

    Result<HttpReply> run(const HttpCall& call, const Url& url, const Envelope& envelope) {
        List receivers;
        List connect_to;
        const bool is_ready = easy_ != nullptr && append_all(receivers, envelope.to) &&
                              append_all(connect_to, shared_.connect_to);
        if (!is_ready) return fail(ErrorKind::kInternal, "out of memory for a mail");
        body_ = call.body;
        set_security(url);
        set_mail(call, url, envelope);
        curl_easy_setopt(easy_, CURLOPT_MAIL_RCPT, receivers.get());
        curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, connect_to.get());
        const auto restart = [&] { return body_.size() == call.body.size(); };
        return reply_to(url, guard_.perform(easy_, url, call.timeout_ms, restart));
    }

  private:
    static bool append_all(List& list, const std::vector<std::string>& lines) {
        for (const std::string& line : lines) {
            curl_slist* longer = curl_slist_append(list.get(), line.c_str());
            if (longer == nullptr) return false;
            static_cast<void>(list.release());
            list.reset(longer);
        }
        return true;
    }

    void set_security(const Url& url) {
        guard_.set_on(easy_);
        curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(easy_, CURLOPT_USE_SSL,
                         !url.is_tls && shared_.guard.lists(url.host_and_port()) ? CURLUSESSL_TRY
                                                                                 : CURLUSESSL_ALL);
    }

    void set_mail(const HttpCall& call, const Url& url, const Envelope& envelope) {
        // To libcurl the path is the name to say EHLO with; this machine's own is nobody's affair.
        const std::string domain = envelope.from.substr(envelope.from.rfind('@') + 1);
        const std::string address =
            (url.is_tls ? "smtps://" : "smtp://") + url.host_and_port() + "/" + domain;
        curl_easy_setopt(easy_, CURLOPT_URL, address.c_str());
        // Leave is taken within the exchange, where its deadline holds.
        curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(easy_, CURLOPT_MAIL_FROM, envelope.from.c_str());
        if (!envelope.user.empty()) {
            curl_easy_setopt(easy_, CURLOPT_USERNAME, envelope.user.c_str());
            curl_easy_setopt(easy_, CURLOPT_PASSWORD, envelope.password.c_str());
        }
        curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &Exchange::on_read);
        curl_easy_setopt(easy_, CURLOPT_READDATA, this);
        curl_easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE,
                         static_cast<curl_off_t>(call.body.size()));
    }

    Result<HttpReply> reply_to(const Url& url, CURLcode code) const {
        const std::string where = url.host_and_port() + ": ";
        long status = 0;
        curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
        HttpReply reply;
        reply.status = static_cast<int>(status);
        if (code == CURLE_OK) return reply;
        if (code == CURLE_LOGIN_DENIED && reply.status < kFirstRefusal) {
            reply.status = kLoginRefused;
        }
        if (auto refused = guard_.failure(code)) return tl::unexpected(std::move(*refused));
        if (code == CURLE_USE_SSL_FAILED) {
            return fail(ErrorKind::kForbidden, where + "the mail server offers no STARTTLS");
        }
        if (reply.status >= kFirstRefusal) return reply;
        return fail(ErrorKind::kUnavailable, where + lower(curl_easy_strerror(code)));
    }

    static std::size_t on_read(char* out, std::size_t size, std::size_t count, void* self) {
        auto& exchange = *static_cast<Exchange*>(self);
        const std::size_t bytes = std::min(size * count, exchange.body_.size());
        std::memcpy(out, exchange.body_.data(), bytes);
        exchange.body_.remove_prefix(bytes);
        return bytes;
    }

    CurlShared& shared_;
    CurlGuard guard_;
    CURL* easy_;
    std::string_view body_;  // what is left of it
};

}  // namespace

Result<HttpReply> send_mail(CurlShared& shared, const HttpCall& call, const Url& url) {
    if (call.method != "POST") return fail(ErrorKind::kInvalid, "a mail is a POST");
    const Result<Envelope> envelope = envelope_of(call);
    if (!envelope) return tl::unexpected(envelope.error());
    return Exchange(shared).run(call, url, *envelope);
}

}  // namespace gatehouse::egress
