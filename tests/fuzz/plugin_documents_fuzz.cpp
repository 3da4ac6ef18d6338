// Any bytes as a plugin's manifest and as a plugin's result: read or refused, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugins/documents.hpp"
#include "plugins/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gatehouse;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    config::Problems problems;
    const auto manifest = plugins::read_manifest_text(text, "/p/plugin.yaml", problems);
    if (!manifest && !config::has_errors(problems)) __builtin_trap();
    for (const char* function : {"access.apply", "targets.list", "inbound.parse"}) {
        plugins::read_result(function, text);
    }
    return 0;
}
