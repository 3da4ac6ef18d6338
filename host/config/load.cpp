#include "config/load.hpp"

#include <algorithm>
#include <sstream>
#include <system_error>

#include "base/encoding.hpp"
#include "config/host_fields.hpp"
#include "config/load_store.hpp"
#include "config/rules.hpp"
#include "config/sources.hpp"
#include "config/yaml_reader.hpp"
#include "config/yaml_tree.hpp"

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

void add_business(Business business, Loaded& loaded) {
    if (business.business.empty()) return;
    const auto [other, is_new] = loaded.config.businesses.try_emplace(business.business);
    if (is_new) {
        other->second = std::move(business);
        return;
    }
    const Place& first = other->second.place;
    loaded.files.doubled.insert(business.business);
    loaded.problems.push_back(
        {business.place,
         "business '" + business.business + "' is already in " + shorten(first.file, 200),
         "give each business one file; until then none of them runs"});
}

// Whose file it is, though it cannot be read: what stands after `business:` at the beginning of a
// line, else the file's own name. Empty if neither is a name.
std::string guess_name(const std::filesystem::path& file) {
    const auto text = read_regular_file(file, kMaxYamlBytes);
    std::istringstream lines(text.value_or(""));
    const auto is_name = rules::name().accepts;
    for (std::string line; std::getline(lines, line);) {
        constexpr std::string_view kKey = "business:";
        if (!line.starts_with(kKey)) continue;
        std::string name = line.substr(kKey.size());
        name = name.substr(0, name.find(" #"));
        std::erase_if(name, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
        if (name.size() > 2 && (name.front() == '"' || name.front() == '\'')) {
            name = name.substr(1, name.size() - 2);
        }
        if (is_name(name)) return name;
    }
    const std::string stem = file.stem().string();
    return is_name(stem) ? stem : "";
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

Loaded load(const std::filesystem::path& file, const Variables* variables) {
    Loaded loaded;
    Config& config = loaded.config;
    Problems& problems = loaded.problems;
    Sources sources(variables);
    std::filesystem::path businesses;
    set_defaults(config, businesses);
    businesses = file.parent_path() / businesses;
    read_yaml_file(file, &sources, problems,
                   [&](Fields& fields) { host_fields(fields, config, businesses); });
    check_readable(config.listen.certificate, config.listen.certificate_place, problems);
    check_readable(config.listen.key, config.listen.key_place, problems);
    check_readable(config.egress.ca_file, {file.string(), 0, 0}, problems);

    for (const auto& business_file : business_files(businesses, problems)) {
        Business business;
        business.quota = config.quota;
        business.is_isolated = config.plugins.is_isolated;
        read_yaml_file(business_file, &sources, problems, [&](Fields& fields) {
            business_fields(fields, config.egress.allow_private, business);
        });
        std::string& name = loaded.files.names[business_file.string()];
        name = business.business.empty() ? guess_name(business_file) : business.business;
        add_business(std::move(business), loaded);
    }
    if (loaded.files.names.empty() && !has_errors(problems)) {
        problems.push_back({{businesses.string(), 0, 0},
                            "there is no business here",
                            "one *.yaml for each",
                            Problem::Severity::kWarning});
    }
    config.fingerprint = sources.fingerprint();
    return loaded;
}

bool set_aside(const Problems& problems, const BusinessFiles& files, Config& config) {
    std::error_code error;
    const std::string plugins =
        std::filesystem::absolute(config.plugins.directory, error).string() + '/';
    bool is_usable = true;
    for (const Problem& problem : problems) {
        if (problem.severity != Problem::Severity::kError) continue;
        const auto file = files.names.find(problem.place.file);
        if (file == files.names.end()) {
            is_usable = is_usable && problem.place.file.starts_with(plugins);
            continue;
        }
        const std::string& name = file->second;
        const auto business = config.businesses.find(name);
        // What an unreadable file only seems to be of is no reason to stop the one that is.
        const bool is_its_own =
            business != config.businesses.end() &&
            (business->second.place.file == problem.place.file || files.doubled.contains(name));
        if (name.empty() || (business != config.businesses.end() && !is_its_own)) continue;
        config.refused.try_emplace(name,
                                   RefusedBusiness{{problem.place.file, 0, 0}, to_string(problem)});
        if (is_its_own) config.businesses.erase(business);
    }
    return is_usable && (config.refused.empty() || !config.businesses.empty());
}

namespace {

// One section of the file, whatever is wrong with the rest of it.
template <typename Section>
std::optional<Section> load_section(const std::filesystem::path& file, const char* key,
                                    void (*read)(Fields&, Section&), Problems& problems) {
    Sources sources;
    Section section;
    Problems all;
    Problems own;  // without what the rest of the file is blamed for
    bool is_read = false;
    read_yaml_file(file, &sources, all, [&](Fields& fields) {
        fields.map(key, {"", true}, [&](Fields& part) { read(part, section); });
        own = all;
        is_read = true;
    });
    if (!is_read) own = std::move(all);
    problems.insert(problems.end(), own.begin(), own.end());
    if (!is_read || has_errors(own)) return std::nullopt;
    return section;
}

}  // namespace

std::optional<Admin> load_admin(const std::filesystem::path& file, Problems& problems) {
    return load_section<Admin>(file, "admin", admin_fields, problems);
}

std::optional<Store> load_store(const std::filesystem::path& file, Problems& problems) {
    return load_section<Store>(file, "store", store_fields, problems);
}

}  // namespace gatehouse::config
