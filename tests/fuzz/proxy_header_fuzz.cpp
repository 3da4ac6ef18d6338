// A PROXY header of arbitrary bytes: no crash, no byte beyond the header taken, and the same
// outcome whether the bytes come at once or one by one.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "edge/proxy_header.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using gatehouse::edge::ProxyHeader;
    using Outcome = ProxyHeader::Outcome;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const ProxyHeader whole = gatehouse::edge::read_proxy_header(bytes);
    if (whole.outcome == Outcome::kComplete && (whole.size == 0 || whole.size > bytes.size())) {
        std::abort();
    }
    for (std::size_t end = 1; end <= size; ++end) {
        const ProxyHeader part = gatehouse::edge::read_proxy_header(bytes.substr(0, end));
        if (part.outcome == Outcome::kIncomplete) continue;
        if (part.outcome != whole.outcome || part.size != whole.size) std::abort();
        return 0;
    }
    if (whole.outcome != Outcome::kIncomplete && size > 0) std::abort();
    return 0;
}
