#include "store/sqlite/database.hpp"

#include <sqlite3.h>

#include <mutex>

#include "store/sqlite/damage.hpp"

namespace gatehouse::store::sqlite {
namespace {

ErrorKind kind_of(int code) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
        case SQLITE_ERROR:
        case SQLITE_MISMATCH:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_TOOBIG:
            return ErrorKind::kInternal;
        default:
            return ErrorKind::kUnavailable;
    }
}

// An external program that holds the write lock may delay a commit by no more than this: the
// sender's answer is due within 1.5 s.
constexpr int kBusyTimeoutMs = 500;

// SQLite's own statistics of its memory would take a process-wide lock in every allocation.
void configure_once() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access) {
    configure_once();
    sqlite3* handle = nullptr;
    // Read connections open for writing too: a reader of a write-ahead log takes part in its index.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    std::unique_ptr<Database> database(new Database(handle));
    if (code != SQLITE_OK) {
        return fail(ErrorKind::kUnavailable,
                    "cannot open the database " + path + ": " + sqlite3_errstr(code));
    }
    sqlite3_busy_timeout(handle, kBusyTimeoutMs);
    // Savepoints' undo pages then stay in memory instead of a temporary file.
    database->execute("PRAGMA temp_store = MEMORY");
    database->execute("PRAGMA trusted_schema = OFF");
    // What is deleted leaves no bytes in the file's free parts.
    database->execute("PRAGMA secure_delete = ON");
    database->execute("PRAGMA foreign_keys = OFF");
    if (access == Access::kRead) {
        database->execute("PRAGMA query_only = ON");
        database->execute("PRAGMA cache_size = -2048");
    } else {
        database->execute("PRAGMA cache_size = -16384");
        // The hook takes the place of SQLite's own checkpoints within a commit.
        sqlite3_wal_hook(handle, note_log_frames, database.get());
    }
    if (auto opened = database->status(); !opened) {
        return fail(database->is_broken() ? ErrorKind::kInternal : opened.error().kind,
                    path + ": " + opened.error().message);
    }
    return database;
}

Database::~Database() {
    prepared_.clear();
    sqlite3_close(handle_);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Database::execute(const std::string& sql) {
    if (!ok()) return;
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) note_failure(code);
}

Result<void> Database::status() const {
    if (error_) return tl::unexpected(*error_);
    return {};
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

std::int64_t Database::last_insert_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_);
}

std::int64_t Database::checkpoint() {
    int copied = 0;
    sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, &copied);
    return copied;
}

bool Database::empty_log() {
    return sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                     nullptr) == SQLITE_OK;
}

void Database::interrupt() {
    sqlite3_interrupt(handle_);
}

int Database::note_log_frames(void* database, sqlite3*, const char*, int frames) {
    static_cast<Database*>(database)->log_frames_ = frames;
    return SQLITE_OK;
}

std::vector<std::string> Database::statements() const {
    std::vector<std::string> texts;
    for (const auto& [sql, statement] : prepared_) {
        texts.emplace_back(sql);
    }
    return texts;
}

sqlite3_stmt* Database::prepared(std::string_view sql) {
    if (!ok()) return nullptr;
    auto& slot = prepared_[sql];
    if (slot == nullptr) {
        sqlite3_stmt* statement = nullptr;
        const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                            SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        slot.reset(statement);
        if (code != SQLITE_OK) {
            note_failure(code);
            return nullptr;
        }
    }
    return slot.get();
}

void Database::note_failure(int code) {
    if (error_) return;
    const int primary = code & 0xff;
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
        is_broken_ = true;
        if (damage_ != nullptr) damage_->note(sqlite3_errmsg(handle_));
    }
    // SQLite's messages name tables and columns, never values.
    error_ = Error{kind_of(code), std::string("database: ") + sqlite3_errmsg(handle_)};
}

Query::Query(Prepare, Database& database, std::string_view sql)
    : database_(database), statement_(database.prepared(sql)) {}

Query::~Query() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Query::next() {
    if (statement_ == nullptr || !database_.ok()) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_.note_failure(code);
    return false;
}

std::int64_t Query::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string Query::text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (bytes == nullptr) return {};
    return std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

void Query::bind_integer(int index, std::int64_t value) {
    if (statement_ == nullptr) return;
    if (int code = sqlite3_bind_int64(statement_, index, value); code != SQLITE_OK) {
        database_.note_failure(code);
    }
}

void Query::bind_text(int index, std::string_view value) {
    if (statement_ == nullptr) return;
    // A null pointer would bind NULL, and an empty view may hold one.
    const char* bytes = value.empty() ? "" : value.data();
    if (int code = sqlite3_bind_text64(statement_, index, bytes, value.size(), SQLITE_TRANSIENT,
                                       SQLITE_UTF8);
        code != SQLITE_OK) {
        database_.note_failure(code);
    }
}

void Query::bind(int index, Blob value) {
    if (statement_ == nullptr) return;
    const char* bytes = value.bytes.empty() ? "" : value.bytes.data();
    if (int code =
            sqlite3_bind_blob64(statement_, index, bytes, value.bytes.size(), SQLITE_TRANSIENT);
        code != SQLITE_OK) {
        database_.note_failure(code);
    }
}

}  // namespace gatehouse::store::sqlite
