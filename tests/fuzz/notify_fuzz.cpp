// A template and its data: the first line is the template, the rest is JSON from outside. Filled or
// refused, never a crash, and never larger than it may be.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.hpp"
#include "notify/facts.hpp"
#include "notify/message.hpp"
#include "notify/pattern.hpp"
#include "notify/routes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gatehouse;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = text.find('\n');
    const std::string_view written = text.substr(0, end);
    const std::string_view rest = end == std::string_view::npos ? "" : text.substr(end + 1);
    notify::matches(written, rest);
    notify::told_from(text);
    const Result<nlohmann::json> facts = parse_json(rest);
    if (!facts || !notify::fault_in_template(written).empty()) return 0;
    const nlohmann::json safe = notify::localised(notify::without_pins(*facts), "de");
    const auto message = notify::fill(nlohmann::json(std::string(written)), safe);
    if (!message) return 0;
    if (message->content.get_ref<const std::string&>().size() > notify::kMaxTextBytes) std::abort();
    return 0;
}
