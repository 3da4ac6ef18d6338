// Any bytes as path and query of an admin request, split at the first '?': taken apart or refused.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "admin/request.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t mark = text.find('?');
    const std::string_view query =
        mark == std::string_view::npos ? std::string_view() : text.substr(mark + 1);
    const auto request = gatehouse::admin::parse_request("GET", text.substr(0, mark), query);
    if (!request) return 0;
    for (const auto& segment : request->path) {
        if (segment.empty() || segment.size() > size) std::abort();
    }
    return 0;
}
