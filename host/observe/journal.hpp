// Journal: log lines as journald wants them. Each begins with its priority, "<3>" for an error,
// which journald takes away and by which `journalctl -p` chooses.
#pragma once

#include <string_view>

namespace gatehouse::observe {

// Whether `descriptor` is the stream to journald that the environment's JOURNAL_STREAM names
// ("device:inode").
bool is_journal(std::string_view journal_stream, int descriptor);

// Begins each line of the log with its priority. [one thread, before others are started]
void set_priorities(bool are_written);

// set_priorities(), if stderr goes to journald. [one thread, before others are started]
void set_priorities_from_environment();

}  // namespace gatehouse::observe
