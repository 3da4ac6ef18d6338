#include <algorithm>
#include <system_error>

#include "base/encoding.hpp"
#include "config/config.hpp"
#include "config/host_fields.hpp"
#include "config/sources.hpp"
#include "config/yaml_reader.hpp"

namespace gatehouse::config {
namespace {

constexpr std::size_t kMaxBusinesses = 100'000;

// The folder's *.yaml files, by name. Hidden files are left out: editors and mounted ConfigMaps
// keep their own there.
std::vector<std::filesystem::path> business_files(const std::filesystem::path& folder,
                                                  Problems& problems) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        const std::filesystem::path& file = entry->path();
        if (file.filename().string().starts_with('.')) continue;
        if (file.extension() == ".yaml") {
            files.push_back(file);
        } else if (file.extension() == ".yml") {
            problems.push_back({{file.string(), 0, 0},
                                "this file is not read",
                                "rename it to *.yaml",
                                Problem::Severity::kWarning});
        }
        if (files.size() > kMaxBusinesses) break;
    }
    if (error || files.size() > kMaxBusinesses) {
        problems.push_back({{folder.string(), 0, 0},
                            error ? "the folder of the businesses cannot be read"
                                  : "more than 100,000 business files",
                            ""});
        files.clear();
    }
    std::sort(files.begin(), files.end());
    return files;
}

void add_business(Business business, Config& config, Problems& problems) {
    if (business.business.empty()) return;
    const auto [other, is_new] = config.businesses.try_emplace(business.business);
    if (is_new) {
        other->second = std::move(business);
        return;
    }
    const Place& first = other->second.place;
    problems.push_back(
        {business.place,
         "business '" + business.business + "' is already in " + shorten(first.file, 200),
         "give each business one file"});
}

// The edge reads these files; this look only lets `gatehouse check` find a wrong path.
void check_readable(const std::filesystem::path& file, const Place& place, Problems& problems) {
    constexpr std::size_t kMaxBytes = 1'048'576;
    if (file.empty()) return;
    if (const auto bytes = read_regular_file(file, kMaxBytes); !bytes) {
        problems.push_back({place, bytes.error().message, ""});
    }
}

}  // namespace

Loaded load(const std::filesystem::path& file) {
    Loaded loaded;
    Config& config = loaded.config;
    Problems& problems = loaded.problems;
    Sources sources;
    std::filesystem::path businesses;
    set_defaults(config, businesses);
    businesses = file.parent_path() / businesses;
    read_yaml_file(file, &sources, problems,
                   [&](Fields& fields) { host_fields(fields, config, businesses); });
    check_readable(config.listen.certificate, config.listen.place, problems);
    check_readable(config.listen.key, config.listen.place, problems);
    check_readable(config.egress.ca_file, {file.string(), 0, 0}, problems);

    for (const auto& business_file : business_files(businesses, problems)) {
        Business business;
        read_yaml_file(business_file, &sources, problems, [&](Fields& fields) {
            business_fields(fields, config.egress.allow_private, business);
        });
        add_business(std::move(business), config, problems);
    }
    config.fingerprint = sources.fingerprint();
    return loaded;
}

std::optional<Admin> load_admin(const std::filesystem::path& file, Problems& problems) {
    Sources sources;
    Admin admin;
    Problems all;
    Problems own;  // without what the rest of the file is blamed for
    bool is_read = false;
    read_yaml_file(file, &sources, all, [&](Fields& fields) {
        fields.map("admin", {"", true}, [&](Fields& section) { admin_fields(section, admin); });
        own = all;
        is_read = true;
    });
    if (!is_read) own = std::move(all);
    problems.insert(problems.end(), own.begin(), own.end());
    if (!is_read || has_errors(own)) return std::nullopt;
    return admin;
}

}  // namespace gatehouse::config
