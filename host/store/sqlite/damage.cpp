#include "store/sqlite/damage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "base/encoding.hpp"
#include "base/unique_fd.hpp"
#include "observe/log.hpp"

namespace gatehouse::store::sqlite {
namespace {

constexpr std::size_t kMaxTextBytes = 500;

// Best effort: a full disk must not hide the damage from this process.
void write_marker(const std::string& path, const std::string& text) {
    const UniqueFd file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    const bool is_written =
        file.is_open() &&
        ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(file.get()) == 0;
    if (!is_written) observe::error("store", "the mark of the damage is not written");
}

}  // namespace

std::string damage_marker_of(const std::string& database_path) {
    return database_path + ".damaged";
}

Damage::Damage(std::string database_path, const Clock& clock, observe::Metrics& metrics)
    : database_path_(std::move(database_path)),
      clock_(clock),
      gauge_(metrics.gauge("gatehouse_store_damaged",
                           "1 once the database was found damaged and refuses everything")) {
    gauge_.set(0);
}

void Damage::note(const std::string& what) {
    {
        const std::lock_guard lock(mutex_);
        if (is_found_) return;
        what_ = shorten(what, kMaxTextBytes);
        is_found_ = true;
    }
    gauge_.set(1);
    observe::error("store", "the database is damaged; nothing is read from it or written any more",
                   {{"found", what}, {"do", "stop the host and run: gatehouse restore FILE"}});
    write_marker(damage_marker_of(database_path_), format_utc(clock_.now_ms()) + " " + what + "\n");
}

std::optional<std::string> Damage::what() const {
    const std::lock_guard lock(mutex_);
    return is_found_ ? std::optional(what_) : std::nullopt;
}

Result<void> Damage::refuse_if_found() const {
    if (!is_found_) return {};
    return fail(ErrorKind::kInternal,
                "the database is damaged (" + what().value_or("") +
                    "): stop the host and restore a backup (gatehouse restore FILE)");
}

Result<void> refuse_marked(const std::string& database_path) {
    const std::string marker = damage_marker_of(database_path);
    std::ifstream file(marker);
    if (!file) return {};
    std::string line;
    std::getline(file, line);
    return fail(ErrorKind::kUnavailable,
                "the database " + database_path + " was found damaged (" +
                    shorten(line, kMaxTextBytes) +
                    "): restore a backup (gatehouse restore FILE), or delete " + marker +
                    " to go on with it all the same");
}

}  // namespace gatehouse::store::sqlite
