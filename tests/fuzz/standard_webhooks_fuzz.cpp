// Any bytes as the headers of Standard Webhooks, one a line: read or refused, never passed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "edge/webhooks/strike.hpp"
#include "verify/standard_webhooks.hpp"
#include "verify/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace verify = gatehouse::verify;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string_view lines[4];
    for (std::string_view& line : lines) {
        const std::size_t end = text.find('\n');
        line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    if (verify::read_signatures(lines[2]).size() > verify::kMaxSignatures) std::abort();
    static const auto scheme = verify::make_scheme("standard-webhooks", "", "", "").value();
    static const std::vector<gatehouse::config::LabelledSecret> secrets{
        {gatehouse::Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "key"}};
    const verify::Delivery delivery{lines[2], lines[3], lines[0], lines[1]};
    if (verify::verify(scheme, delivery, secrets, 0)) std::abort();
    const auto envelope = gatehouse::edge::read_vendor_webhook(lines[3], lines[0], {}).envelope;
    if (envelope && !envelope->id.empty() && !gatehouse::edge::is_usable_id(envelope->id)) {
        std::abort();
    }
    return 0;
}
