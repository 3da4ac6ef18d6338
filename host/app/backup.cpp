#include "app/backup.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "app/host_files.hpp"
#include "base/private_file.hpp"
#include "config/load_store.hpp"
#include "store/backup.hpp"

namespace gatehouse::app {
namespace {

std::string key_beside(const std::filesystem::path& backup) {
    return backup.string() + ".pin.key";
}

bool is_there(const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::exists(file, error);
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

Result<config::Store> store_of(const std::filesystem::path& config_file) {
    config::Problems problems;
    auto store = config::load_store(config_file, problems);
    if (store) return std::move(*store);
    std::string text = "the configuration does not say where the database is";
    for (const config::Problem& problem : problems) {
        text += '\n' + to_string(problem);
    }
    return fail(ErrorKind::kInvalid, text);
}

// Nothing held under the former key can be recognised with another one, so that one is kept, too:
// as the key of the former database, `kept`.
Result<std::string> restore_key(const std::string& source, const std::string& key,
                                const std::string& owner, const std::string& kept) {
    if (!is_there(source)) {
        return is_there(key) ? "no " + source + ": " + key + " stays"
                             : "no " + source + ": PINs that doors have now are not recognised";
    }
    if (is_there(key) && bytes_of(key) == bytes_of(source)) return key + " is the same";
    const std::string draft = key + ".restoring";
    std::error_code ignored;
    std::filesystem::remove(draft, ignored);
    if (auto copied = copy_private(source, draft); !copied) {
        return tl::unexpected(copied.error());
    }
    if (auto owned = take_owner(draft, owner); !owned) {
        return tl::unexpected(owned.error());
    }
    if (is_there(key)) {
        if (auto moved = put_in_place(key, key_beside(kept)); !moved) {
            return tl::unexpected(moved.error());
        }
    }
    if (auto placed = put_in_place(draft, key); !placed) {
        return tl::unexpected(placed.error());
    }
    return "restored " + key;
}

// The backup gives its tasks the same numbers, and they have failed at nothing.
Result<void> put_marks_aside(const std::string& marks, const std::string& kept) {
    return is_there(marks) ? put_in_place(marks, kept + ".crashed-tasks") : Result<void>();
}

}  // namespace

Result<std::vector<std::string>> back_up(const std::filesystem::path& config_file,
                                         const std::filesystem::path& target) {
    const auto store = store_of(config_file);
    if (!store) return tl::unexpected(store.error());
    const std::string key = pin_key_file(*store).string();
    const std::string key_copy = key_beside(target);
    if (is_there(key_copy)) return fail(ErrorKind::kConflict, key_copy + " exists already");
    if (auto done = store::back_up(store->sqlite_path.string(), target.string()); !done) {
        return tl::unexpected(done.error());
    }
    std::vector<std::string> lines{"wrote " + target.string() + ", checked"};
    if (!is_there(key)) {
        lines.push_back("no " + key + ": no PIN was ever held");
        return lines;
    }
    if (auto copied = copy_private(key, key_copy); !copied) {
        return tl::unexpected(copied.error());
    }
    lines.push_back("wrote " + key_copy + ": keep it apart from the database");
    return lines;
}

Result<std::vector<std::string>> restore(const std::filesystem::path& config_file,
                                         const std::filesystem::path& source, const Clock& clock) {
    const auto store = store_of(config_file);
    if (!store) return tl::unexpected(store.error());
    const std::string database = store->sqlite_path.string();
    const UnixMs now_ms = clock.now_ms();
    const auto restored = store::restore(source.string(), database, now_ms);
    if (!restored) return tl::unexpected(restored.error());
    std::vector<std::string> lines{"restored " + database};
    const std::string kept = restored->kept_as.empty()
                                 ? database + ".before-" + std::to_string(now_ms)
                                 : restored->kept_as;
    if (!restored->kept_as.empty()) lines.push_back("the former database is " + kept);
    if (auto moved = put_marks_aside(crash_marks_file(*store).string(), kept); !moved) {
        return tl::unexpected(moved.error());
    }
    const auto key = restore_key(key_beside(source), pin_key_file(*store).string(), database, kept);
    if (!key) return tl::unexpected(key.error());
    lines.push_back(*key);
    lines.emplace_back("everything is compared with Storeganise and the vendors at the next start");
    return lines;
}

}  // namespace gatehouse::app
