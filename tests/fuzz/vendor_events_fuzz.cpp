// Webhooks of Nuki and Seam: bytes from outside that must never crash, and never pass a PIN on.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "nuki/marker.hpp"
#include "nuki/nuki_events.hpp"
#include "seam/code_name.hpp"
#include "seam/seam_events.hpp"

namespace {

using namespace gatehouse;

constexpr std::int64_t kNowMs = 1'780'000'000'000;

void check(const sdk::Json& event) {
    if (event.is_null()) return;
    for (const char* must : {"id", "kind", "occurred_at"}) {
        if (!event.contains(must) || !event[must].is_string()) std::abort();
    }
    if (event.contains("code")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const sdk::Json& event : nuki::events_of_webhook(text, kNowMs)) {
        check(event);
    }
    check(seam::to_event(sdk::read_json(text)));
    const auto rental = nuki::rental_in("acme", text);
    if (rental && nuki::marker_of("acme", *rental) != text) std::abort();
    const auto other = seam::rental_in("acme", text);
    if (other && seam::name_of("acme", *other) != text) std::abort();
    return 0;
}
