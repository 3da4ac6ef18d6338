#include "store/backup.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/private_file.hpp"
#include "base/unique_fd.hpp"
#include "dispatch/task.hpp"
#include "store/sqlite/checker.hpp"
#include "store/sqlite/damage.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/file.hpp"
#include "store/sqlite/schema.hpp"

namespace gatehouse::store {
namespace {

using sqlite::Database;

void remove(const std::string& path) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
}

// A file that is removed with what SQLite lays beside it, unless it is kept.
class Draft {
  public:
    explicit Draft(std::string path) : path_(std::move(path)) { clear(); }
    ~Draft() {
        if (!is_kept_) clear();
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    const std::string& path() const { return path_; }
    void keep() { is_kept_ = true; }

  private:
    void clear() {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
            remove(path_ + suffix);
        }
    }

    std::string path_;
    bool is_kept_ = false;
};

std::string quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c;
        if (c == '\'') quoted += c;
    }
    return quoted + "'";
}

// Whether the file is a whole database of ours that this program can read.
Result<void> verify(Database& database, const std::string& path) {
    const auto application = sqlite::number(database, "PRAGMA application_id");
    const auto version = sqlite::number(database, "PRAGMA user_version");
    if (auto read = database.status(); !read) {
        return fail(ErrorKind::kInvalid, path + ": " + read.error().message);
    }
    if (application != sqlite::kApplicationId) {
        return fail(ErrorKind::kInvalid, path + " is no database of Gatehouse");
    }
    const auto newest = static_cast<std::int64_t>(sqlite::migrations().size());
    if (version.value_or(0) > newest) {
        return fail(ErrorKind::kInvalid, path + " was written by a newer Gatehouse");
    }
    const auto damage = sqlite::find_damage(database);
    if (damage) return fail(ErrorKind::kInvalid, path + " is damaged: " + *damage);
    if (auto read = database.status(); !read) {
        return fail(ErrorKind::kInvalid, path + ": " + read.error().message);
    }
    return {};
}

Result<void> copy_out(const std::string& database, const std::string& target) {
    auto opened = Database::open(database, Database::Access::kWrite);
    if (!opened) return tl::unexpected(opened.error());
    if (auto made = make_private_file(target); !made) return made;
    (*opened)->execute("VACUUM INTO " + quoted(target));
    if (auto copied = (*opened)->status(); !copied) {
        const ErrorKind kind = (*opened)->is_broken() ? ErrorKind::kInternal : copied.error().kind;
        return fail(kind, database + ": " + copied.error().message);
    }
    return {};
}

Result<void> check_copy(const std::string& path) {
    auto opened = Database::open(path, Database::Access::kRead);
    if (!opened) return tl::unexpected(opened.error());
    return verify(**opened, path);
}

// What was held may differ from what the backup says in any way: everything is compared at once,
// and what was under way is asked of the vendor again (reclaim_leases).
Result<void> make_due(Database& database, UnixMs now_ms) {
    run(database,
        "UPDATE tasks SET due_ms = min(due_ms, ?1) WHERE kind = ?2 AND key IN ('full', 'delta')",
        now_ms, dispatch::TaskKind::kSweep);
    return database.status();
}

Result<void> prepare(const std::string& path, UnixMs now_ms) {
    auto opened = Database::open(path, Database::Access::kWrite);
    if (!opened) return fail(ErrorKind::kInvalid, opened.error().message);
    if (auto whole = verify(**opened, path); !whole) return whole;
    // An older file becomes a newer one here, where a failure costs nothing.
    if (auto migrated = sqlite::migrate(**opened, sqlite::migrations()); !migrated) return migrated;
    if (auto due = make_due(**opened, now_ms); !due) return due;
    if (!(*opened)->empty_log()) return fail(ErrorKind::kUnavailable, path + ": its log is in use");
    return {};
}

// A file that no verb of ours made, a killed host's say, has its last commits in its log.
Result<void> copy_with_log(const std::string& source, const std::string& target) {
    if (auto copied = copy_private(source, target); !copied) return copied;
    std::error_code error;
    const auto bytes = std::filesystem::file_size(source + "-wal", error);
    if (error || bytes == 0) return {};
    return copy_private(source + "-wal", target + "-wal");
}

// One name for the whole set; a second restore must not overwrite what the first one kept.
std::string free_name(const std::string& database, UnixMs now_ms) {
    std::string at = format_utc(now_ms);
    std::erase_if(at, [](char c) { return c == ':' || c == '-'; });
    return database + ".before-" + at;
}

Result<void> move_if_there(const std::string& from, const std::string& to) {
    std::error_code error;
    if (!std::filesystem::exists(from, error)) return {};
    return put_in_place(from, to);
}

// The former database keeps a second name until the backup takes its first one, so that a cut at
// any moment leaves one of the two. A log beside the wrong database would be read into it: it goes
// first, and where the file is sound nothing is left in it then.
Result<Restored> replace(const std::string& database, const std::string& draft, UnixMs now_ms) {
    Restored restored;
    const std::string name = free_name(database, now_ms);
    std::error_code error;
    if (std::filesystem::exists(database, error)) {
        restored.kept_as = name;
        if (auto opened = Database::open(database, Database::Access::kWrite)) {
            (void)(*opened)->empty_log();
        }
        std::filesystem::create_hard_link(database, name, error);
        if (error) {
            return fail(ErrorKind::kUnavailable,
                        "cannot keep " + database + ": " + error.message());
        }
    }
    for (const char* suffix : {"-wal", "-shm"}) {
        if (auto moved = move_if_there(database + suffix, name + suffix); !moved) {
            return tl::unexpected(moved.error());
        }
    }
    if (auto placed = put_in_place(draft, database); !placed) {
        return tl::unexpected(placed.error());
    }
    if (auto moved =
            move_if_there(sqlite::damage_marker_of(database), sqlite::damage_marker_of(name));
        !moved) {
        return tl::unexpected(moved.error());
    }
    return restored;
}

}  // namespace

Result<void> back_up(const std::string& database, const std::string& target) {
    std::error_code error;
    if (std::filesystem::exists(target, error)) {
        return fail(ErrorKind::kConflict, target + " exists already");
    }
    if (auto refused = sqlite::refuse_marked(database); !refused) {
        return fail(ErrorKind::kInternal, refused.error().message);
    }
    Draft draft(target + ".part");
    if (auto copied = copy_out(database, draft.path()); !copied) return copied;
    if (auto checked = check_copy(draft.path()); !checked) {
        return fail(ErrorKind::kInternal, checked.error().message);
    }
    if (auto synced = sync_file(draft.path()); !synced) return synced;
    if (auto placed = put_in_place(draft.path(), target); !placed) return placed;
    draft.keep();
    return {};
}

Result<Restored> restore(const std::string& source, const std::string& database, UnixMs now_ms) {
    const std::string folder = std::filesystem::path(database).parent_path().string();
    std::error_code error;
    const std::string owner = std::filesystem::exists(database, error)
                                  ? database
                                  : (folder.empty() ? std::string(".") : folder);
    const auto lock = sqlite::lock_database_file(database);
    if (!lock) return tl::unexpected(lock.error());
    Draft draft(database + ".restoring");
    if (auto copied = copy_with_log(source, draft.path()); !copied) {
        return tl::unexpected(copied.error());
    }
    if (auto ready = prepare(draft.path(), now_ms); !ready) {
        return fail(ready.error().kind, ready.error().message);
    }
    for (const std::string& path : {draft.path(), database + ".lock"}) {
        if (auto owned = take_owner(path, owner); !owned) {
            return tl::unexpected(owned.error());
        }
    }
    if (auto synced = sync_file(draft.path()); !synced) {
        return tl::unexpected(synced.error());
    }
    auto restored = replace(database, draft.path(), now_ms);
    if (restored) draft.keep();
    return restored;
}

}  // namespace gatehouse::store
