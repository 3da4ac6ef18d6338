// Database: one SQLite connection whose first failure sticks.
//
// After a failure every further Query does nothing and yields no rows, so a function writes its
// statements one after the other and its caller asks status() once, before it trusts or commits
// anything. [one thread at a time]
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace gatehouse::store::sqlite {

class Damage;

class Database {
  public:
    enum class Access { kWrite, kRead };

    // The file must exist. kUnavailable if it cannot be opened, kInternal if it is broken or no
    // database.
    static Result<std::unique_ptr<Database>> open(const std::string& path, Access access);

    // From now on `damage`, which outlives it, is told when SQLite finds the file broken.
    void report_to(Damage& damage) { damage_ = &damage; }

    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // Runs statements that are not kept prepared. Does nothing after a failure.
    void execute(const std::string& sql);

    // The first failure since clear(). kUnavailable: disk, lock or file; kInternal: a defect.
    Result<void> status() const;
    bool ok() const { return !error_.has_value(); }
    void clear() { error_.reset(); }

    // Whether a failure was that the file is broken, or no database at all.
    bool is_broken() const { return is_broken_; }

    // False as well after SQLite has rolled back by itself, which a full disk can make it do.
    bool in_transaction() const;

    std::int64_t last_insert_id() const;
    std::int64_t changes() const;  // rows written by the last statement

    // The length of the write-ahead log after this connection's last commit, in pages.
    std::int64_t log_frames() const { return log_frames_; }

    // Copies what it can of the write-ahead log into the database without waiting for anyone, and
    // says how many of its pages are copied by now. A failure leaves them for the next time.
    std::int64_t checkpoint();

    // Copies the whole of the log and empties its file; false where a reader is in the way.
    bool empty_log();

    // Makes the statement that runs fail soon. [any thread, while the database is open]
    void interrupt();

    // The text of every statement that was prepared, for tests of their query plans.
    std::vector<std::string> statements() const;

    sqlite3* handle() const { return handle_; }

  private:
    friend class Query;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };

    explicit Database(sqlite3* handle) : handle_(handle) {}
    static int note_log_frames(void* database, sqlite3*, const char*, int frames);
    sqlite3_stmt* prepared(std::string_view sql);
    void note_failure(int code);

    sqlite3* handle_;
    Damage* damage_ = nullptr;
    bool is_broken_ = false;
    std::optional<Error> error_;
    std::int64_t log_frames_ = 0;
    std::unordered_map<std::string_view, std::unique_ptr<sqlite3_stmt, Finalize>> prepared_;
};

// Bytes that are not text.
struct Blob {
    std::string_view bytes;
};

// One run of a prepared statement. `sql` must be a literal: it is the key under which the statement
// is kept. Two Query of the same text must not live at once.
class Query {
  public:
    template <typename... Args>
    Query(Database& database, std::string_view sql, const Args&... args)
        : Query(Prepare{}, database, sql) {
        int index = 0;
        (bind(++index, args), ...);
    }
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    // Moves to the next row. False after the last one and after a failure.
    bool next();

    std::int64_t integer(int column) const;
    std::string text(int column) const;  // text or blob
    template <typename Enum>
    Enum word(int column) const {
        return static_cast<Enum>(integer(column));
    }

  private:
    struct Prepare {};
    Query(Prepare, Database& database, std::string_view sql);

    void bind_integer(int index, std::int64_t value);
    void bind_text(int index, std::string_view value);
    void bind(int index, Blob value);
    template <typename T>
    void bind(int index, const T& value) {
        if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            bind_integer(index, static_cast<std::int64_t>(value));
        } else {
            bind_text(index, value);
        }
    }

    Database& database_;
    sqlite3_stmt* statement_;
};

// Runs a statement to its end.
template <typename... Args>
void run(Database& database, std::string_view sql, const Args&... args) {
    Query query(database, sql, args...);
    while (query.next()) {
    }
}

// The first column of the first row, if there is one.
template <typename... Args>
std::optional<std::int64_t> number(Database& database, std::string_view sql, const Args&... args) {
    Query query(database, sql, args...);
    if (!query.next()) return std::nullopt;
    return query.integer(0);
}

}  // namespace gatehouse::store::sqlite
