// Networks: a list of addresses and networks as the operator writes them, "10.0.0.0/8",
// "2001:db8::1".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "edge/admission.hpp"

namespace gatehouse::edge {

// [any thread]
class Networks {
  public:
    // kInvalid when one is no address or network.
    static Result<Networks> read(const std::vector<std::string>& texts);

    bool contain(const sockaddr_storage& address) const;

  private:
    // The first `bits` of 16 bytes; IPv4 is mapped into IPv6.
    struct Network {
        AddressKey bytes{};
        std::size_t bits = 128;
    };

    std::vector<Network> networks_;
};

}  // namespace gatehouse::edge
