#include "plugins/check_targets.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::plugins {
namespace {

using config::Problem;

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && value > 0;
}

bool is_uuid(std::string_view text) {
    constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::ranges::equal(
        text, kShape, [](char c, char shape) { return shape == '-' ? c == '-' : is_hex_digit(c); });
}

bool fits(const TargetKind& kind, std::string_view id) {
    switch (kind.id) {
        case TargetKind::Id::kNumber:
            return is_number(id);
        case TargetKind::Id::kUuid:
            return is_uuid(id);
        case TargetKind::Id::kText:
            break;
    }
    return true;
}

bool fits(const Manifest& manifest, std::string_view target) {
    const std::size_t colon = target.find(':');
    if (colon == std::string_view::npos) return true;  // the reader of the file has said it
    return std::ranges::any_of(manifest.targets, [&](const TargetKind& kind) {
        return kind.kind == target.substr(0, colon) && fits(kind, target.substr(colon + 1));
    });
}

// "group:<number> or door:<id>"
std::string forms_of(const Manifest& manifest) {
    std::string forms;
    for (const TargetKind& kind : manifest.targets) {
        forms += forms.empty() ? "" : " or ";
        forms += kind.kind + (kind.id == TargetKind::Id::kNumber ? ":<number>"
                              : kind.id == TargetKind::Id::kUuid ? ":<uuid>"
                                                                 : ":<id>");
    }
    return forms;
}

}  // namespace

void check_targets(const config::Business& business, const Registry& registry,
                   config::Problems& problems) {
    for (const config::Site& site : business.sites) {
        const auto connection = business.connections.find(site.access);
        if (connection == business.connections.end()) continue;
        const auto found = registry.manifests.find(connection->second.plugin);
        if (found == registry.manifests.end() || found->second.targets.empty()) continue;
        for (const std::string& target : site.targets) {
            if (fits(found->second, target)) continue;
            problems.push_back({site.targets_place,
                                "'" + target + "' is no target of plugin " + found->first,
                                "write " + forms_of(found->second), Problem::Severity::kError});
        }
    }
}

}  // namespace gatehouse::plugins
