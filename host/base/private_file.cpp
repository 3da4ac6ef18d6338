#include "base/private_file.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/unique_fd.hpp"

namespace gatehouse {
namespace {

tl::unexpected<Error> cannot(const std::string& what, const std::string& path) {
    const std::error_code error(errno, std::generic_category());
    const ErrorKind kind = errno == EEXIST ? ErrorKind::kConflict : ErrorKind::kUnavailable;
    return fail(kind, "cannot " + what + " " + path + ": " + error.message());
}

Result<UniqueFd> create(const std::string& path) {
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) return cannot("create", path);
    return file;
}

Result<void> sync(const std::string& path, int flags) {
    const UniqueFd file(::open(path.c_str(), flags | O_CLOEXEC));
    if (!file.is_open() || ::fsync(file.get()) != 0) return cannot("sync", path);
    return {};
}

std::string folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

}  // namespace

Result<void> make_private_file(const std::string& path) {
    const Result<UniqueFd> made = create(path);
    if (!made) return tl::unexpected(made.error());
    return {};
}

Result<void> copy_private(const std::string& source, const std::string& target) {
    const UniqueFd from(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
    if (!from.is_open()) return cannot("open", source);
    const Result<UniqueFd> to = create(target);
    if (!to) return tl::unexpected(to.error());
    constexpr std::size_t kPiece = std::size_t{1} << 30;
    ssize_t copied = 0;
    do {
        copied = ::sendfile(to->get(), from.get(), nullptr, kPiece);
    } while (copied > 0);
    if (copied < 0) return cannot("copy", source);
    return sync_file(target);
}

Result<void> sync_file(const std::string& path) {
    if (auto synced = sync(path, O_RDONLY); !synced) return synced;
    return sync(folder_of(path), O_RDONLY | O_DIRECTORY);
}

Result<void> take_owner(const std::string& path, const std::string& like) {
    if (::geteuid() != 0) return {};
    struct stat owner = {};
    if (::stat(like.c_str(), &owner) != 0) return cannot("look at", like);
    if (::chown(path.c_str(), owner.st_uid, owner.st_gid) != 0) return cannot("change", path);
    return {};
}

Result<void> put_in_place(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) return cannot("rename", from);
    return sync(folder_of(to), O_RDONLY | O_DIRECTORY);
}

}  // namespace gatehouse
