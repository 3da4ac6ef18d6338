// Any JSON as the host's answer: every verb prints it, and nothing that could steer a terminal.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "cli/printers.hpp"
#include "cli/verbs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto document = gatehouse::parse_json(text);
    if (!document) return 0;
    for (const auto& verb : gatehouse::cli::remote_verbs()) {
        std::ostringstream out;
        verb.print(*document, out);
        const std::string printed = out.str();
        if (!gatehouse::is_utf8(printed)) std::abort();
        for (const char c : printed) {
            if ((c >= 0 && c < ' ' && c != '\n') || c == 0x7F) std::abort();
        }
    }
    return 0;
}
