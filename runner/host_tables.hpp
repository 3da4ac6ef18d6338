// The services of the ABI as tables of functions (plugin-api/include/gatehouse/abi.h).
#pragma once

#include "call.hpp"
#include "gatehouse/abi.h"

namespace gatehouse::runner {

// The gatehouse_host that instances get. `link` lives as long as they do. [any thread]
class HostTables {
  public:
    explicit HostTables(HostLink& link);

    const gatehouse_host* host() const { return &shell_; }

  private:
    struct Shell : gatehouse_host {
        HostLink* link;
    };
    static HostLink& link_of(const gatehouse_host* host);
    static const void* service(const gatehouse_host* host, gatehouse_str id);

    Shell shell_{};
};

}  // namespace gatehouse::runner
