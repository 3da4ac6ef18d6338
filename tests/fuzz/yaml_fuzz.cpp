// Any bytes as gatehouse.yaml and as a business file: read or refused, never a crash or a throw.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "config/host_fields.hpp"
#include "config/yaml_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gatehouse::config;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    Problems problems;
    // Without Sources: the fuzzer must not choose files to read.
    read_yaml_text(text, "f.yaml", nullptr, problems, [](Fields& fields) {
        Config config;
        std::filesystem::path businesses;
        host_fields(fields, config, businesses);
    });
    read_yaml_text(text, "f.yaml", nullptr, problems, [](Fields& fields) {
        Business business;
        business_fields(fields, {"127.0.0.1:9090"}, business);
    });
    for (const Problem& problem : problems)
        to_string(problem);
    return 0;
}
