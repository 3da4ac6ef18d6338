#include "store/sqlite/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace gatehouse::store::sqlite {
namespace {

tl::unexpected<Error> cannot(const std::string& what, const std::string& path) {
    const std::error_code error(errno, std::generic_category());
    return fail(ErrorKind::kUnavailable, "cannot " + what + " " + path + ": " + error.message());
}

// A new file survives a power cut only once its directory is on the disk too.
Result<void> sync_directory_of(const std::string& path) {
    std::string directory = std::filesystem::path(path).parent_path().string();
    if (directory.empty()) directory = ".";
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.is_open() || ::fsync(fd.get()) != 0) return cannot("sync", directory);
    return {};
}

}  // namespace

Result<UniqueFd> lock_database_file(const std::string& path) {
    const std::string lock_path = path + ".lock";
    UniqueFd lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock.is_open()) return cannot("open", lock_path);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return cannot("lock", lock_path);
        return fail(ErrorKind::kConflict,
                    "another process uses the database " + path + " (it holds " + lock_path + ")");
    }
    return lock;
}

Result<UniqueFd> claim_database_file(const std::string& path) {
    auto lock = lock_database_file(path);
    if (!lock) return lock;
    const UniqueFd made(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!made.is_open() && errno != EEXIST) return cannot("create", path);
    if (made.is_open()) {
        if (auto synced = sync_directory_of(path); !synced) return tl::unexpected(synced.error());
    }
    return lock;
}

}  // namespace gatehouse::store::sqlite
