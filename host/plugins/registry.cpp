#include "plugins/registry.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "plugins/library.hpp"

namespace gatehouse::plugins {
namespace {

using config::Problem;
using config::Problems;

constexpr const char* kManifestName = "plugin.yaml";

void add_error(Problems& problems, const std::filesystem::path& file, std::string message) {
    problems.push_back({{file.string(), 0, 0}, std::move(message), "", Problem::Severity::kError});
}

void read_folder(const std::filesystem::path& folder, Registry& registry, Problems& problems) {
    const std::filesystem::path file = folder / kManifestName;
    const std::string id = folder.filename().string();
    Problems own;
    std::optional<Manifest> manifest;
    for (const std::filesystem::path& path : {folder, file}) {
        if (std::string fault = fault_in_ownership(path); !fault.empty()) {
            add_error(own, file, std::move(fault));
        }
    }
    if (own.empty()) manifest = read_manifest(file, own);
    if (manifest && manifest->plugin != id) {
        add_error(own, file,
                  "the manifest is of '" + manifest->plugin + "', its folder is '" + id + "'");
    }
    std::error_code error;
    if (manifest && !std::filesystem::is_regular_file(manifest->library, error)) {
        add_error(own, file, "there is no library " + manifest->library.string());
    }
    if (config::has_errors(own)) {
        registry.refused.push_back({id, config::to_string(own.front())});
    } else {
        registry.manifests.emplace(id, std::move(*manifest));
    }
    problems.insert(problems.end(), own.begin(), own.end());
}

}  // namespace

Registry scan_plugins(const std::filesystem::path& directory, Problems& problems) {
    Registry registry;
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(directory, error);
    std::vector<std::filesystem::path> folders;
    std::filesystem::directory_iterator entries(absolute, error);
    if (error) {
        add_error(problems, directory, "the plugin directory cannot be read: " + error.message());
        return registry;
    }
    for (const auto& entry : entries) {
        if (std::filesystem::exists(entry.path() / kManifestName, error)) {
            folders.push_back(entry.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    if (std::string fault = fault_in_ownership(absolute); !fault.empty()) {
        add_error(problems, directory, fault);
        for (const auto& folder : folders) {
            registry.refused.push_back({folder.filename().string(), fault});
        }
        return registry;
    }
    for (const auto& folder : folders)
        read_folder(folder, registry, problems);
    return registry;
}

}  // namespace gatehouse::plugins
