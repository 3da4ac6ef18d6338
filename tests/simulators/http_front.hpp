// HttpFront: HTTP/1.1 servers with keep-alive for the simulators, plain or TLS.
//
// Everything in this binary runs on one thread, the one that runs the io_context: no part locks.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::simulators {

struct Request {
    std::string method;
    std::string path;   // without the query, not decoded
    std::string query;  // what follows the '?'
    std::string authorization;
    std::string body;
};

// How the answer leaves.
enum class Delivery : std::uint8_t {
    kWhole,
    kCut,   // announces the whole body, sends half of it and closes
    kDrop,  // closes without a byte
    kHang,  // never answers; the connection stays open until the client goes
};

struct Reply {
    int status = 200;
    std::string body;
    std::string headers;  // further header lines, each ended by CRLF
    std::string_view content_type = "application/json; charset=utf-8";
    Delivery delivery = Delivery::kWhole;

    // For the counters and the log, never sent.
    std::string_view route = "unknown";  // "GET /jobs/{id}", a literal
    bool is_search = false;              // a POST that changes nothing
    std::string account;                 // whose key it was: business or organization
};

// To be called exactly once, at once or later.
using Responder = std::function<void(Reply)>;
using Handler = std::function<void(Request, Responder)>;

class HttpFront {
  public:
    explicit HttpFront(boost::asio::io_context& io) : io_(io) {}

    // Serves `handler` on 127.0.0.1:`port` (0 = any); with `tls` as HTTPS. Returns the bound port.
    // Throws boost::system::system_error if it cannot listen. `tls` outlives the front, and the
    // front outlives the last run of the io_context.
    std::uint16_t listen(std::uint16_t port, Handler handler, boost::asio::ssl::context* tls);

  private:
    boost::asio::io_context& io_;
    std::vector<std::shared_ptr<void>> listeners_;  // their sessions refer to them
};

// A server's TLS settings from PEM files. Throws boost::system::system_error.
std::unique_ptr<boost::asio::ssl::context> make_tls(const std::string& certificate_file,
                                                    const std::string& key_file);

}  // namespace gatehouse::simulators
