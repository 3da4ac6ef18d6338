#include "landlock.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <initializer_list>

namespace gatehouse::runner {
namespace {

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kReadFolder = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr int kRightsOfVersion1 = 13;  // EXECUTE ... MAKE_SYM, one bit each

// Every right that this version can take away; the headers of the oldest system that we build on
// name no more than REFER.
std::uint64_t rights_of(int version) {
    std::uint64_t rights = (std::uint64_t{1} << kRightsOfVersion1) - 1;
    if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3) rights |= std::uint64_t{1} << 14U;  // TRUNCATE
    if (version >= 5) rights |= std::uint64_t{1} << 15U;  // IOCTL_DEV
    return rights;
}

void allow(int ruleset, const char* path) {
    const int fd = ::open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return;
    struct stat about {};
    if (::fstat(fd, &about) == 0) {
        landlock_path_beneath_attr rule{};
        rule.allowed_access = S_ISDIR(about.st_mode) ? kReadFolder : kReadFile;
        rule.parent_fd = fd;
        ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
    ::close(fd);
}

}  // namespace

int restrict_files(const std::string& plugin_directory) {
    const long version =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version <= 0) return 0;
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = rights_of(static_cast<int>(version));
    const long ruleset = ::syscall(SYS_landlock_create_ruleset, &attributes,
                                   sizeof(attributes.handled_access_fs), 0);
    if (ruleset < 0) return 0;
    const int fd = static_cast<int>(ruleset);
    for (const char* path : {"/lib", "/lib64", "/usr/lib", "/usr/local/lib", "/etc/ld.so.cache"}) {
        allow(fd, path);
    }
    allow(fd, plugin_directory.c_str());
    const bool is_held = ::syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    ::close(fd);
    return is_held ? static_cast<int>(version) : 0;
}

}  // namespace gatehouse::runner
