#include "simulators/http_front.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

namespace gatehouse::simulators {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
// A concrete executor instead of the type-erased default: measurably fewer instructions a request.
using Socket = asio::basic_stream_socket<Tcp, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<Tcp, asio::io_context::executor_type>;
using TlsStream = asio::ssl::stream<Socket>;

constexpr std::size_t kMaxBodyBytes = std::size_t{64} << 20;  // bulk seeds are large

Socket& socket_of(Socket& stream) {
    return stream;
}
Socket& socket_of(TlsStream& stream) {
    return stream.next_layer();
}

std::string text(boost::beast::string_view view) {
    return {view.data(), view.size()};
}

Request to_request(http::request<http::string_body>&& message) {
    Request request;
    request.method = text(message.method_string());
    const auto target = message.target();
    const auto mark = target.find('?');
    request.path = text(target.substr(0, mark));
    if (mark != boost::beast::string_view::npos) request.query = text(target.substr(mark + 1));
    request.authorization = text(message[http::field::authorization]);
    request.body = std::move(message.body());
    return request;
}

std::string to_wire(const Reply& reply, bool keep_alive, unsigned version) {
    std::string out;
    out.reserve(256 + reply.headers.size() + reply.body.size());
    out += "HTTP/1.1 ";
    out += std::to_string(reply.status);
    out += ' ';
    out += text(http::obsolete_reason(static_cast<http::status>(reply.status)));
    out += "\r\n";
    if (reply.status != 204) {
        out += "Content-Type: ";
        out += reply.content_type;
        out += "\r\nContent-Length: ";
        out += std::to_string(reply.body.size());
        out += "\r\n";
    }
    out += reply.headers;
    if (!keep_alive) out += "Connection: close\r\n";
    if (keep_alive && version == 10) out += "Connection: keep-alive\r\n";
    out += "\r\n";
    if (reply.status == 204) return out;
    out.append(reply.body, 0,
               reply.delivery == Delivery::kCut ? reply.body.size() / 2 : reply.body.size());
    return out;
}

// One connection. It keeps itself alive through the operation that is under way.
template <typename Stream>
class Session : public std::enable_shared_from_this<Session<Stream>> {
  public:
    Session(Stream stream, const Handler& handler)
        : stream_(std::move(stream)), handler_(handler) {}

    void start() {
        error_code ignored;
        socket_of(stream_).set_option(Tcp::no_delay(true), ignored);
        if constexpr (std::is_same_v<Stream, TlsStream>) {
            auto self = this->shared_from_this();
            stream_.async_handshake(asio::ssl::stream_base::server, [self](error_code error) {
                if (!error) self->read();
            });
        } else {
            read();
        }
    }

  private:
    void read() {
        parser_.emplace();
        parser_->body_limit(kMaxBodyBytes);
        auto self = this->shared_from_this();
        http::async_read(stream_, buffer_, *parser_, [self](error_code error, std::size_t) {
            if (!error) self->dispatch();
        });
    }

    void dispatch() {
        auto message = parser_->release();
        keep_alive_ = message.keep_alive();
        version_ = message.version();
        auto self = this->shared_from_this();
        handler_(to_request(std::move(message)),
                 [self](Reply reply) { self->answer(std::move(reply)); });
    }

    void answer(Reply reply) {
        if (reply.delivery == Delivery::kDrop) return close();
        if (reply.delivery == Delivery::kHang) return wait_for_the_client_to_go();
        if (reply.delivery == Delivery::kCut) keep_alive_ = false;
        out_ = to_wire(reply, keep_alive_, version_);
        auto self = this->shared_from_this();
        asio::async_write(stream_, asio::buffer(out_), [self](error_code error, std::size_t) {
            if (!error && self->keep_alive_) return self->read();
            self->close();
        });
    }

    void wait_for_the_client_to_go() {
        auto self = this->shared_from_this();
        socket_of(stream_).async_wait(Socket::wait_read, [self](error_code) { self->close(); });
    }

    void close() {
        error_code ignored;
        socket_of(stream_).shutdown(Socket::shutdown_both, ignored);
        socket_of(stream_).close(ignored);
    }

    Stream stream_;
    const Handler& handler_;
    boost::beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::string out_;
    bool keep_alive_ = true;
    unsigned version_ = 11;
};

// Owns the listening socket and the handler of one port for as long as the io_context runs.
class Listener : public std::enable_shared_from_this<Listener> {
  public:
    Listener(asio::io_context& io, std::uint16_t port, Handler handler, asio::ssl::context* tls)
        : acceptor_(io, Tcp::endpoint(asio::ip::address_v4::loopback(), port)),
          handler_(std::move(handler)),
          tls_(tls) {}

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    void accept() {
        auto self = shared_from_this();
        acceptor_.async_accept([self](error_code error, Socket socket) {
            if (!error) self->serve(std::move(socket));
            if (error != asio::error::operation_aborted) self->accept();
        });
    }

  private:
    void serve(Socket socket) {
        if (tls_ == nullptr) {
            std::make_shared<Session<Socket>>(std::move(socket), handler_)->start();
        } else {
            std::make_shared<Session<TlsStream>>(TlsStream(std::move(socket), *tls_), handler_)
                ->start();
        }
    }

    Acceptor acceptor_;
    Handler handler_;
    asio::ssl::context* tls_;
};

}  // namespace

std::uint16_t HttpFront::listen(std::uint16_t port, Handler handler, asio::ssl::context* tls) {
    auto listener = std::make_shared<Listener>(io_, port, std::move(handler), tls);
    listeners_.push_back(listener);
    listener->accept();
    return listener->port();
}

std::unique_ptr<asio::ssl::context> make_tls(const std::string& certificate_file,
                                             const std::string& key_file) {
    auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    tls->use_certificate_chain_file(certificate_file);
    tls->use_private_key_file(key_file, asio::ssl::context::pem);
    return tls;
}

}  // namespace gatehouse::simulators
