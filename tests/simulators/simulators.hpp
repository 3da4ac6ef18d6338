// Simulators: the vendors and the control API on their ports, wired together.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

namespace gatehouse::simulators {

struct Options {
    std::uint16_t storeganise_port = 0;  // 0 = any
    std::uint16_t kisi_port = 0;
    std::uint16_t nuki_port = 0;
    std::uint16_t unloc_port = 0;
    std::uint16_t control_port = 0;
    std::string tls_certificate;  // a PEM file; "" = plain http
    std::string tls_key;
    std::uint64_t seed = 1;
    bool is_rate_limited = true;
};

struct Ports {
    std::uint16_t storeganise = 0, kisi = 0, nuki = 0, unloc = 0, control = 0;
};

// Serves while `io` runs, on the thread that runs it.
class Simulators {
  public:
    // Throws boost::system::system_error if a port is taken or a certificate cannot be read.
    // `io` outlives the object.
    Simulators(boost::asio::io_context& io, const Options& options);
    ~Simulators();

    Ports ports() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::simulators
