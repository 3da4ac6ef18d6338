// Any bytes as a vendor's webhook whose member `code` is struck out: no value of it is kept,
// however it is written, and nothing of what is not JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "edge/webhooks/strike.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto content = gatehouse::edge::read_vendor_webhook(text, "/id", {"code"});
    if (!content.envelope && !content.kept.empty()) std::abort();
    if (content.envelope && !gatehouse::parse_json(content.kept)) std::abort();
    // Quotes within texts are escaped, so this is a member's name.
    constexpr std::string_view kName = R"("code":)";
    const std::string& kept = content.kept;
    for (std::size_t at = kept.find(kName); at != std::string::npos; at = kept.find(kName, at)) {
        at += kName.size();
        if (kept.compare(at, 4, "null") != 0) std::abort();
    }
    const auto again = gatehouse::edge::read_vendor_webhook(kept, "/id", {"code"});
    if (again.kept != kept) std::abort();
    return 0;
}
