// The texts of plugin-api/schemas, built into the host.
#pragma once

#include <span>
#include <string_view>

namespace gatehouse::plugins {

struct BuiltInSchema {
    std::string_view name;  // "access.apply.result"
    std::string_view text;
};

std::span<const BuiltInSchema> built_in_schemas();

}  // namespace gatehouse::plugins
