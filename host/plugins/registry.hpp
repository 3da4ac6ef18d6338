// Registry: the plugins that lie in the plugin directory, one folder each: <directory>/<id>/
// plugin.yaml and the library that it names. Read once; a new file needs a reload.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config/problem.hpp"
#include "plugins/manifest.hpp"

namespace gatehouse::plugins {

// A folder that holds no plugin that can be used.
struct RefusedPlugin {
    std::string id;  // the folder's name
    std::string reason;
};

struct Registry {
    std::map<std::string, Manifest> manifests;  // by id
    std::vector<RefusedPlugin> refused;
};

// Folders without a plugin.yaml are passed over. Adds what is wrong to `problems`. A directory that
// is not there is an empty one and a problem.
Registry scan_plugins(const std::filesystem::path& directory, config::Problems& problems);

}  // namespace gatehouse::plugins
