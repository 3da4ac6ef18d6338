// Storeganise's answers: bytes from outside that must never crash, and never become facts of
// another rental.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storeganise/answers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto job = gatehouse::storeganise::read_job(body, "j1");
    if (job && (job->id != "j1" || job->rental_ids.size() > 64)) std::abort();
    const auto facts = gatehouse::storeganise::read_rental(body, "r1");
    if (facts && (facts->rental_id != "r1" || facts->unit_id.empty() || facts->state.empty())) {
        std::abort();
    }
    static_cast<void>(gatehouse::storeganise::read_written(body, "r1"));
    static_cast<void>(gatehouse::storeganise::to_error({500, {}, std::string(body)}, "x", true, 0));
    return 0;
}
