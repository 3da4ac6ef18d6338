// What a hostile plugin can hand to egress: a URL, a header, a body with references.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "egress/call_check.hpp"
#include "egress/retry_after.hpp"
#include "egress/secrets.hpp"
#include "egress/url.hpp"

namespace {

using gatehouse::Secret;
namespace egress = gatehouse::egress;

// What passes must be one line, and mean the same when it is read again.
void check_url(std::string_view text) {
    const auto url = egress::parse_url(text);
    if (!url) return;
    const std::string written = url->text();
    if (written.find_first_of("\r\n \\#\"") != std::string::npos) std::abort();
    const auto again = egress::parse_url(written);
    if (!again || again->host != url->host || again->port != url->port ||
        again->target != url->target) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_url(text);
    check_url("https://" + text);
    static_cast<void>(egress::retry_after_ms(text, 1'700'000'000'000, 60'000));

    egress::HttpCall call;
    call.method = text.substr(0, size / 4);
    call.headers = {{text.substr(size / 4, size / 4), text}, {"Content-Type", "application/json"}};
    call.url = "https://a.example/" + text;
    call.body = text;
    static_cast<void>(egress::check_call(call));
    static gatehouse::SystemRandom random;
    static const egress::Secrets secrets({{"key", gatehouse::Secret("value \"&/+")}}, random);
    static_cast<void>(secrets.fill_in(call));
    static_cast<void>(egress::without_references(text));
    // What a secret was struck from holds it no more, in any way of writing it.
    const std::string struck = secrets.struck(text);
    if (secrets.struck(struck) != struck) std::abort();
    return 0;
}
