#include "store/sqlite/open.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "observe/log.hpp"
#include "store/sqlite/clock.hpp"
#include "store/sqlite/file.hpp"
#include "store/sqlite/schema.hpp"

namespace gatehouse::store::sqlite {
namespace {

constexpr std::chrono::milliseconds kCheckPatience{1000};
constexpr const char* kRestore = ": restore a backup (gatehouse restore FILE)";

// The last connection to close takes the log away. A process that was killed leaves it.
bool was_left_open(const std::string& path) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path + "-wal", error);
    return !error && bytes > 0;
}

Result<std::unique_ptr<Database>> open_for_writing(const SqliteOptions& options) {
    auto database = Database::open(options.path, Database::Access::kWrite);
    if (!database) {
        const bool is_broken = database.error().kind == ErrorKind::kInternal;
        return fail(ErrorKind::kUnavailable,
                    database.error().message + (is_broken ? kRestore : ""));
    }
    (*database)->execute("PRAGMA synchronous = FULL");
    if (auto migrated = migrate(**database, migrations()); !migrated) {
        return fail(migrated.error().kind, options.path + ": " + migrated.error().message +
                                               ((*database)->is_broken() ? kRestore : ""));
    }
    (*database)->execute("PRAGMA journal_mode = WAL");
    (*database)->execute("PRAGMA journal_size_limit = 67108864");
    if (options.max_pages > 0) {
        (*database)->execute("PRAGMA max_page_count = " + std::to_string(options.max_pages));
    }
    if (auto ready = (*database)->status(); !ready) return tl::unexpected(ready.error());
    return database;
}

Result<void> open_others(const SqliteOptions& options, Parts& parts) {
    // 16 MiB: long enough to write a page that changed often only once, short enough to be read
    // again at once after a crash.
    constexpr std::int64_t kStartFrames = 4096;
    auto copying = Database::open(options.path, Database::Access::kWrite);
    if (!copying) return tl::unexpected(copying.error());
    parts.checkpointer = std::make_unique<Checkpointer>(std::move(*copying), kStartFrames);
    auto readers =
        Readers::open(options.path, std::max(1, options.read_connections), *parts.damage);
    if (!readers) return tl::unexpected(readers.error());
    parts.readers = std::move(*readers);
    return {};
}

Result<void> check_at_start(Parts& parts) {
    parts.checker->begin();
    if (!parts.checker->wait(kCheckPatience)) {
        observe::info("store", "the last process did not end in order: the database is checked");
    }
    return parts.damage->refuse_if_found();
}

}  // namespace

Result<Parts> open_parts(const SqliteOptions& options, const Clock& clock,
                         observe::Metrics& metrics) {
    auto lock = claim_database_file(options.path);
    if (!lock) return tl::unexpected(lock.error());
    if (auto refused = refuse_marked(options.path); !refused) {
        return tl::unexpected(refused.error());
    }
    const bool is_unclean = was_left_open(options.path);
    auto database = open_for_writing(options);
    if (!database) return tl::unexpected(database.error());
    Parts parts;
    parts.path = options.path;
    parts.lock = std::move(*lock);
    parts.damage = std::make_unique<Damage>(options.path, clock, metrics);
    parts.checker = std::make_unique<Checker>(options.path, *parts.damage, clock, metrics);
    parts.database = std::move(*database);
    parts.database->report_to(*parts.damage);
    parts.seen_ms = read_seen_ms(*parts.database);
    if (auto others = open_others(options, parts); !others) return tl::unexpected(others.error());
    if (is_unclean) {
        if (auto whole = check_at_start(parts); !whole) return tl::unexpected(whole.error());
    }
    return parts;
}

}  // namespace gatehouse::store::sqlite
