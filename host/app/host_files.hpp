// The files that the host itself stands on: certificate and key, the database's folder, the PINs'
// key. Looked at by `gatehouse check` and by `serve`, before anything is opened.
#pragma once

#include <filesystem>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "config/problem.hpp"

namespace gatehouse::app {

// As configured, or beside the database.
std::filesystem::path pin_key_file(const config::Store& store);

// Which tasks this host failed at (dispatch/crash_marks.hpp), beside the database.
std::filesystem::path crash_marks_file(const config::Store& store);

// Adds an error for each that `serve` could not use, with the place where it is named, and a
// warning for each that will not do for long: a certificate near its end, a key that a group may
// read. Changes nothing.
void check_host_files(const config::Config& config, UnixMs now_ms, config::Problems& problems);

}  // namespace gatehouse::app
