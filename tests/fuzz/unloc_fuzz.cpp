// Any bytes as what Unloc sends and as what the host kept for its plugin: read, or refused by an
// Error and by nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "inbound.hpp"
#include "references.hpp"
#include "unloc_error.hpp"

namespace {

using namespace gatehouse;

void read_event(const std::string& body) {
    try {
        const sdk::Json read = unloc::parse_event({{"schema", 1}, {"body", body}});
        if (read.at("events").size() != 1) std::abort();
    } catch (const sdk::Error& error) {
        if (error.kind() != sdk::Kind::kInvalid) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read_event(text);
    const unloc::References references = unloc::references_from(sdk::read_json(text));
    const sdk::Json written = unloc::to_json(references);
    if (unloc::to_json(unloc::references_from(written)) != written) std::abort();
    (void)unloc::to_error({400, {}, text}, "fuzz");
    return 0;
}
