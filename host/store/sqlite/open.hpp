// Opening the database file: the lock, the schema, every connection, and whether the file is whole.
#pragma once

#include <memory>
#include <optional>

#include "base/unique_fd.hpp"
#include "store/sqlite/checker.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/damage.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite_store.hpp"

namespace gatehouse::store::sqlite {

struct Parts {
    std::string path;
    UniqueFd lock;
    std::unique_ptr<Damage> damage;
    std::unique_ptr<Checker> checker;
    std::unique_ptr<Database> database;  // the writer's
    std::unique_ptr<Checkpointer> checkpointer;
    std::unique_ptr<Readers> readers;
    std::optional<UnixMs> seen_ms;  // when an earlier process last committed
};

// As open_sqlite_store(). After an unclean end it begins a check and waits a moment for it: most
// files are read by then, and what a larger one's check finds later is refused then.
Result<Parts> open_parts(const SqliteOptions& options, const Clock& clock,
                         observe::Metrics& metrics);

}  // namespace gatehouse::store::sqlite
