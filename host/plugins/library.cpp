#include "plugins/library.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>

#include "base/encoding.hpp"

namespace gatehouse::plugins {
namespace {

constexpr off_t kMaxLibraryBytes = off_t{256} * 1024 * 1024;
constexpr std::size_t kReadBytes = std::size_t{64} * 1024;
// MFD_EXEC, which the headers of the oldest system that we build on do not name. Kernels before 6.3
// refuse it; newer ones may be set to refuse its absence.
constexpr unsigned kMayBeExecuted = 0x10;
constexpr int kAboveRunners = 10;
constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

using Copy = std::shared_ptr<const UniqueFd>;

std::string fault_of(const struct stat& about, const std::filesystem::path& path) {
    if (about.st_uid != 0 && about.st_uid != ::geteuid()) {
        return path.string() + " belongs to another user than root or the host's";
    }
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return path.string() + " can be written by others than its owner";
    }
    return {};
}

std::optional<std::string> read_all(const UniqueFd& file) {
    std::string bytes;
    std::array<char, kReadBytes> chunk{};
    while (true) {
        const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 || std::ssize(bytes) + got > kMaxLibraryBytes) return std::nullopt;
        if (got == 0) return bytes;
        bytes.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

bool write_all(const UniqueFd& file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// Null if the system refuses.
Copy make_copy(std::string_view bytes) {
    constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    UniqueFd memory(::memfd_create("plugin", kFlags | kMayBeExecuted));
    if (!memory.is_open()) memory = UniqueFd(::memfd_create("plugin", kFlags));
    if (!memory.is_open() || !write_all(memory, bytes) ||
        ::fcntl(memory.get(), F_ADD_SEALS, kSeals) != 0) {
        return nullptr;
    }
    // Out of the way of the numbers that a runner's own descriptors get.
    UniqueFd high(::fcntl(memory.get(), F_DUPFD_CLOEXEC, kAboveRunners));
    return high.is_open() ? std::make_shared<const UniqueFd>(std::move(high)) : nullptr;
}

// One copy for each checksum, as long as a runner's lane holds it.
Copy shared_copy(const std::string& sha256, std::string_view bytes) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<const UniqueFd>> copies;
    const std::lock_guard lock(mutex);
    Copy copy = copies[sha256].lock();
    if (copy == nullptr) {
        copy = make_copy(bytes);
        copies[sha256] = copy;
    }
    return copy;
}

CheckedLibrary check_sum(const Manifest& manifest, const UniqueFd& file) {
    const auto bytes = read_all(file);
    if (!bytes) {
        return {manifest.library.string() + " cannot be read, or is too large to be checked", {}};
    }
    if (to_hex(sha256(*bytes)) != manifest.sha256) {
        return {manifest.library.filename().string() +
                    " is not the file whose sha256 the manifest names",
                {}};
    }
    Copy copy = shared_copy(manifest.sha256, *bytes);
    if (copy == nullptr) {
        return {manifest.library.string() +
                    " cannot be copied into memory: " + std::generic_category().message(errno),
                {}};
    }
    return {{}, std::move(copy)};
}

}  // namespace

std::string fault_in_ownership(const std::filesystem::path& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) {
        return path.string() + ": " + std::generic_category().message(errno);
    }
    return fault_of(about, path);
}

CheckedLibrary check_library(const Manifest& manifest) {
    if (std::string fault = fault_in_ownership(manifest.library.parent_path()); !fault.empty()) {
        return {std::move(fault), {}};
    }
    const UniqueFd file(::open(manifest.library.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about {};
    if (!file.is_open() || ::fstat(file.get(), &about) != 0) {
        return {manifest.library.string() + ": " + std::generic_category().message(errno), {}};
    }
    if (std::string fault = fault_of(about, manifest.library); !fault.empty()) {
        return {std::move(fault), {}};
    }
    return manifest.sha256.empty() ? CheckedLibrary{} : check_sum(manifest, file);
}

}  // namespace gatehouse::plugins
