#include "config/sources.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>

#include "base/encoding.hpp"
#include "base/unique_fd.hpp"

namespace gatehouse::config {
namespace {

constexpr std::size_t kMaxReferencedBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxShown = 200;

bool is_variable_name(std::string_view name) {
    const auto is_allowed = [](char c) {
        return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
    };
    return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
           std::all_of(name.begin(), name.end(), is_allowed);
}

// Opens without waiting: a FIFO in the place of a file must not stop the start.
Result<UniqueFd> open_regular(const std::filesystem::path& file, struct stat& info) {
    const std::string shown = '\'' + shorten(file.string(), kMaxShown) + '\'';
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd.is_open()) {
        if (errno == EACCES || errno == EPERM) {
            return fail(ErrorKind::kForbidden, "file " + shown + " may not be read");
        }
        return fail(ErrorKind::kNotFound, "file " + shown + " cannot be opened");
    }
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return fail(ErrorKind::kInvalid, shown + " is not a regular file");
    }
    return fd;
}

Result<std::string> read_all(const UniqueFd& fd, const std::filesystem::path& file,
                             std::size_t max_bytes) {
    const std::string shown = "file '" + shorten(file.string(), kMaxShown) + '\'';
    std::string bytes;
    std::array<char, 16384> chunk{};
    while (true) {
        const ssize_t count = ::read(fd.get(), chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(ErrorKind::kForbidden, shown + " cannot be read");
        if (count == 0) return bytes;
        bytes.append(chunk.data(), static_cast<std::size_t>(count));
        if (bytes.size() > max_bytes) {
            return fail(ErrorKind::kInvalid,
                        shown + " is larger than " + std::to_string(max_bytes) + " bytes");
        }
    }
}

Result<Resolved> read_referenced_file(const std::string& name,
                                      const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / name;
    struct stat info {};
    const auto fd = open_regular(path, info);
    if (!fd) return tl::unexpected(fd.error());
    auto bytes = read_all(*fd, path, kMaxReferencedBytes);
    if (!bytes) return tl::unexpected(bytes.error());
    if (bytes->ends_with('\n')) bytes->pop_back();
    if (bytes->ends_with('\r')) bytes->pop_back();
    return Resolved{Secret(std::move(*bytes)), "file:" + shorten(path.string(), kMaxShown),
                    (info.st_mode & S_IROTH) != 0};
}

}  // namespace

bool looks_like_reference(std::string_view text) {
    return text.find("${") != std::string_view::npos;
}

Result<std::string> read_regular_file(const std::filesystem::path& file, std::size_t max_bytes) {
    struct stat info {};
    const auto fd = open_regular(file, info);
    if (!fd) return tl::unexpected(fd.error());
    return read_all(*fd, file, max_bytes);
}

Result<std::string> Sources::read_file(const std::filesystem::path& file, const std::string& name,
                                       std::size_t max_bytes) {
    auto bytes = read_regular_file(file, max_bytes);
    if (bytes) note(name, *bytes);
    return bytes;
}

Result<Resolved> Sources::resolve(std::string_view reference, const std::filesystem::path& folder) {
    constexpr std::string_view kEnv = "${env:";
    constexpr std::string_view kFile = "${file:";
    const bool is_env = reference.starts_with(kEnv);
    const std::size_t prefix = is_env ? kEnv.size() : kFile.size();
    if ((!is_env && !reference.starts_with(kFile)) || reference.size() < prefix + 2 ||
        reference.find('}') != reference.size() - 1) {
        return fail(ErrorKind::kInvalid, "not a whole reference");
    }
    const std::string name(reference.substr(prefix, reference.size() - prefix - 1));
    auto resolved = is_env ? read_variable(name) : read_referenced_file(name, folder);
    if (!resolved) return resolved;
    const std::string& value = resolved->value.reveal();
    if (value.empty()) return fail(ErrorKind::kInvalid, resolved->label + " is empty");
    if (value.find('\0') != std::string::npos) {
        return fail(ErrorKind::kInvalid, resolved->label + " holds a NUL byte");
    }
    if (looks_like_reference(value)) {
        return fail(ErrorKind::kInvalid, resolved->label + " holds a reference itself");
    }
    note(reference, value);
    return resolved;
}

Result<Resolved> Sources::read_variable(const std::string& name) const {
    if (!is_variable_name(name)) {
        return fail(ErrorKind::kInvalid, "'" + shorten(name, kMaxShown) + "' names no variable");
    }
    if (variables_ != nullptr) {
        const auto found = variables_->find(name);
        if (found == variables_->end()) {
            return fail(ErrorKind::kNotFound,
                        "variable " + name + " is not in the environment that was given");
        }
        return Resolved{found->second, "env:" + name, false};
    }
    // The environment is never written after main() began.
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) {
        return fail(ErrorKind::kNotFound, "environment variable " + name + " is not set");
    }
    return Resolved{Secret(value), "env:" + name, false};
}

std::string Sources::fingerprint() const {
    return to_hex(sha256(hashes_));
}

void Sources::note(std::string_view name, std::string_view bytes) {
    hashes_ += sha256(name);
    hashes_ += sha256(bytes);
}

}  // namespace gatehouse::config
