// The strict reader of every YAML file that a person writes: gatehouse.yaml, businesses and plugin
// manifests. It reports every mistake with its place and goes on, so that one run shows them all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "config/fields.hpp"
#include "config/problem.hpp"
#include "config/sources.hpp"

namespace gatehouse::config {

// `fill` is called once with the keys of the file's map (not at all when there is no map to read).
// With `sources`, "${env:NAME}" and "${file:/path}" are resolved and the file enters the
// fingerprint under its file name; without, "${" is text like any other. Adds the mistakes to
// `problems` in the order of the file and says whether there was no error. Never throws.
bool read_yaml_file(const std::filesystem::path& file, Sources* sources, Problems& problems,
                    const Fields::Fill& fill);

// The same for text in hand. `file` names it in places and gives the folder of relative paths.
bool read_yaml_text(std::string_view text, const std::filesystem::path& file, Sources* sources,
                    Problems& problems, const Fields::Fill& fill);

}  // namespace gatehouse::config
