#include "admin/known_business.hpp"

#include <vector>

#include "admin/replies.hpp"
#include "base/encoding.hpp"
#include "config/suggest.hpp"

namespace gatehouse::admin {

std::optional<edge::HttpResponse> refuse_unknown(const config::Config& config,
                                                 const std::optional<std::string>& business) {
    constexpr std::size_t kMaxName = 64;
    if (!business || config.businesses.contains(*business)) return std::nullopt;
    if (const auto refused = config.refused.find(*business); refused != config.refused.end()) {
        return refusal(409, "business '" + *business +
                                "' does not run: its configuration has mistakes, as " +
                                refused->second.reason);
    }
    std::vector<std::string> known;
    for (const auto& [name, configured] : config.businesses)
        known.push_back(name);
    const std::string nearest = config::nearest_of_many(*business, known);
    return refusal(
        404, "no business '" + shorten(*business, kMaxName) + "' is configured (" +
                 (nearest.empty() ? "gatehouse businesses lists those that are" : nearest) + ")");
}

}  // namespace gatehouse::admin
