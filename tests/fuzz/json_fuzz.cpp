// Any bytes as JSON from outside: host and plugins read the same, a strict reader's reading is
// never changed, and what was read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "gatehouse/sdk/error.hpp"

namespace {

using nlohmann::json;

// Numbers that are written in another way may differ in their last digit: texts are compared.
void check_again(const json& value) {
    const std::string text = gatehouse::dump_json(value);
    const auto again = gatehouse::parse_json(text, 64);
    if (!again || gatehouse::dump_json(*again) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = gatehouse::parse_json(text, 64);
    const json of_plugin = gatehouse::sdk::read_json(text);
    if (value.has_value() == of_plugin.is_discarded()) std::abort();
    const json strict = json::parse(text, nullptr, false);
    if (value && !strict.is_discarded() && *value != strict) std::abort();
    if (value) check_again(*value);
    const std::string mended = gatehouse::sdk::mend_json(text);
    if (gatehouse::sdk::mend_json(mended) != mended) std::abort();
    if (gatehouse::sdk::unmended_offset(text, mended.size()) > size) std::abort();
    return 0;
}
