// The data of Storeganise's events: signed, but of any shape.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dispatch/event_data.hpp"
#include "storeganise/answers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = gatehouse::dispatch::read_event_data(
        std::string_view(reinterpret_cast<const char*>(data), size));
    if (!read) return 0;
    if (read->rental_ids.size() > 500 || read->changed_keys.size() > 200) std::abort();
    for (const std::string& id : read->rental_ids) {
        if (!gatehouse::storeganise::is_usable_id(id)) std::abort();
    }
    static_cast<void>(gatehouse::dispatch::is_edit_at_the_door(*read));
    return 0;
}
