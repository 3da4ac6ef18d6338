// Feeds the framing guard the same bytes twice, in one piece and in pieces: it must neither crash
// nor read past them, must stay within its limits, and must see the same requests both times.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "edge/framing_guard.hpp"

namespace {

using gatehouse::edge::FramingGuard;

constexpr gatehouse::edge::FramingLimits kLimits{512, 1024};

std::string outcome(std::string_view stream, std::size_t step) {
    FramingGuard guard(kLimits);
    std::string seen;
    for (std::size_t at = 0; at < stream.size(); at += step) {
        const std::string piece(stream.substr(at, step));
        std::string_view rest = piece;
        while (!rest.empty() && guard.phase() != FramingGuard::Phase::kRefused) {
            const std::size_t taken = guard.feed(rest);
            if (taken > rest.size()) std::abort();
            rest.remove_prefix(taken);
            if (guard.phase() != FramingGuard::Phase::kComplete) continue;
            if (guard.body().size() > kLimits.body_bytes) std::abort();
            if (guard.path().empty() || guard.path().front() != '/') std::abort();
            seen.append(guard.method()).append(" ").append(guard.path()).append(" ");
            seen.append(guard.query()).append(" ").append(guard.body());
            for (const auto& [name, value] : guard.fields()) {
                seen.append(name).append(value);
            }
            guard.next();
        }
    }
    if (guard.phase() == FramingGuard::Phase::kRefused) seen += '!';
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t step = 1 + static_cast<std::size_t>(data[0]) % 16;
    const std::string_view stream = bytes.substr(1);
    if (outcome(stream, stream.size() + 1) != outcome(stream, step)) std::abort();
    return 0;
}
