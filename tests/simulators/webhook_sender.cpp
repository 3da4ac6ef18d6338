#include "simulators/webhook_sender.hpp"

#include <openssl/hmac.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "base/encoding.hpp"

namespace gatehouse::simulators {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;
using Steady = std::chrono::steady_clock;

asio::ssl::context& client_tls() {
    static asio::ssl::context context(asio::ssl::context::tls_client);
    return context;
}

template <typename Stream>
class Link final : public WebhookLink, public std::enable_shared_from_this<Link<Stream>> {
  public:
    Link(asio::io_context& io, Url url)
        : io_(io), url_(std::move(url)), resolver_(io), timer_(io) {}

    void deliver(std::string body, std::string signature, const DeliveryRules& rules,
                 Done done) override {
        rules_ = rules;
        done_ = std::move(done);
        outcome_ = {};
        request_ = {http::verb::post, url_.target, 11};
        request_.set(http::field::host, url_.host + ":" + url_.port);
        request_.set(http::field::content_type, "application/json;charset=UTF-8");
        if (!signature.empty()) request_.set("sg-signature", signature);
        for (const auto& [name, value] : rules_.headers) {
            request_.set(name, value);
        }
        request_.body() = std::move(body);
        request_.prepare_payload();
        attempt();
    }

  private:
    auto self() { return this->shared_from_this(); }

    void attempt() {
        ++outcome_.attempts;
        outcome_.status = 0;
        outcome_.error.clear();
        started_ = Steady::now();
        if (stream_) return write();
        if constexpr (std::is_same_v<Stream, Tls>) {
            stream_.emplace(io_, client_tls());
        } else {
            stream_.emplace(io_);
        }
        resolver_.async_resolve(
            url_.host, url_.port,
            [link = self()](error_code error, const Tcp::resolver::results_type& found) {
                if (error) return link->failed(error);
                link->connect(found);
            });
    }

    void connect(const Tcp::resolver::results_type& found) {
        expire_later();
        beast::get_lowest_layer(*stream_).async_connect(
            found, [link = self()](error_code error, const Tcp::endpoint&) {
                if (error) return link->failed(error);
                beast::get_lowest_layer(*link->stream_).socket().set_option(Tcp::no_delay(true));
                link->shake_hands();
            });
    }

    void shake_hands() {
        if constexpr (std::is_same_v<Stream, Tls>) {
            stream_->async_handshake(asio::ssl::stream_base::client,
                                     [link = self()](error_code error) {
                                         if (error) return link->failed(error);
                                         link->write();
                                     });
        } else {
            write();
        }
    }

    void write() {
        expire_later();
        http::async_write(*stream_, request_, [link = self()](error_code error, std::size_t) {
            if (error) return link->failed(error);
            link->read();
        });
    }

    void read() {
        response_ = {};
        http::async_read(*stream_, buffer_, response_,
                         [link = self()](error_code error, std::size_t) {
                             if (error) return link->failed(error);
                             link->answered();
                         });
    }

    void answered() {
        beast::get_lowest_layer(*stream_).expires_never();
        if (!response_.keep_alive()) drop_connection();
        outcome_.status = static_cast<int>(response_.result_int());
        finish_or_retry();
    }

    void failed(error_code error) {
        outcome_.error = error.message();
        drop_connection();
        finish_or_retry();
    }

    void drop_connection() {
        stream_.reset();
        buffer_.clear();
    }

    void finish_or_retry() {
        outcome_.took_us =
            std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - started_).count();
        if (outcome_.status == 200 || outcome_.attempts >= rules_.attempts) {
            // `done` may start the next delivery, so it must not be held by the link any more.
            const Done done = std::move(done_);
            return done(outcome_);
        }
        timer_.expires_after(std::chrono::milliseconds(rules_.retry_ms));
        timer_.async_wait([link = self()](error_code) { link->attempt(); });
    }

    void expire_later() {
        beast::get_lowest_layer(*stream_).expires_after(
            std::chrono::milliseconds(rules_.timeout_ms));
    }

    asio::io_context& io_;
    Url url_;
    Tcp::resolver resolver_;
    asio::steady_timer timer_;
    std::optional<Stream> stream_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response<http::string_body> response_;
    DeliveryRules rules_;
    Done done_;
    Outcome outcome_;
    Steady::time_point started_;
};

}  // namespace

Result<Url> parse_url(std::string_view text) {
    Url url;
    const auto scheme_end = text.find("://");
    const std::string_view scheme = text.substr(0, scheme_end);
    if (scheme_end == std::string_view::npos || (scheme != "https" && scheme != "http")) {
        return fail(ErrorKind::kInvalid, "a URL begins with https:// or http://");
    }
    url.is_tls = scheme == "https";
    text.remove_prefix(scheme_end + 3);
    const auto slash = std::min(text.find('/'), text.size());
    const std::string_view authority = text.substr(0, slash);
    url.target = slash == text.size() ? "/" : std::string(text.substr(slash));
    const auto colon = std::min(authority.rfind(':'), authority.size());
    url.host = authority.substr(0, colon);
    url.port = url.is_tls ? "443" : "80";
    if (colon != authority.size()) url.port = authority.substr(colon + 1);
    if (url.host.empty() || url.port.empty()) return fail(ErrorKind::kInvalid, "a URL has a host");
    return url;
}

std::string sign(std::string_view secret, std::string_view body) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned length = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), mac.data(), &length);
    return to_base64(std::string_view(reinterpret_cast<const char*>(mac.data()), length));
}

nlohmann::json to_json(const Outcome& outcome) {
    return {{"status", outcome.status},
            {"attempts", outcome.attempts},
            {"took_us", outcome.took_us},
            {"error", outcome.error}};
}

std::shared_ptr<WebhookLink> make_link(asio::io_context& io, const Url& url) {
    if (url.is_tls) return std::make_shared<Link<Tls>>(io, url);
    return std::make_shared<Link<Plain>>(io, url);
}

}  // namespace gatehouse::simulators
