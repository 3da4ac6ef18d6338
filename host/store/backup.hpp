// Backup: a copy of the database that is whole, and the way back. [any thread; blocks; as long as
// the file is large]
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::store {

// Copies the database to `target`, which must not exist, also while a host uses it: one moment's
// state, checked, for its owner only, without a log beside it. kConflict: `target` exists.
// kUnavailable: the database cannot be read or the copy not be written; nothing is left then.
// kInternal: the database is damaged.
Result<void> back_up(const std::string& database, const std::string& target);

struct Restored {
    std::string kept_as;  // what the former database is called now; empty if there was none
};

// Puts the backup `source` in the database's place while no host uses it, with the write-ahead log
// that lies beside it, if one does. The former database, its
// log and its mark of damage are kept under another name. Full sweeps are due at the next start,
// and every leased task is taken back then. Owner and mode become those of the former database, or
// of its folder's owner. kConflict: a host is running. kInvalid: `source` is no database of ours,
// is newer than this program, or is damaged; nothing is changed then.
Result<Restored> restore(const std::string& source, const std::string& database, UnixMs now_ms);

}  // namespace gatehouse::store
