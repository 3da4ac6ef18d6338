// Any bytes as a service's environment file: read or refused; names are names and values are text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/encoding.hpp"
#include "config/environment_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gatehouse::config;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    Variables variables;
    Problems problems;
    read_environment_text(text, "env", variables, problems);
    for (const auto& [name, value] : variables) {
        const bool is_text =
            gatehouse::is_utf8(value.reveal()) && value.reveal().find('\0') == std::string::npos;
        if (name.empty() || !is_text || value.reveal().size() > size) __builtin_trap();
    }
    for (const Problem& problem : problems)
        to_string(problem);
    return 0;
}
