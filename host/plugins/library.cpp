#include "plugins/library.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/encoding.hpp"

namespace gatehouse::plugins {
namespace {

constexpr std::uintmax_t kMaxLibraryBytes = 256ULL * 1024 * 1024;

std::string fault_in_checksum(const Manifest& manifest) {
    if (manifest.sha256.empty()) return {};
    std::error_code error;
    if (std::filesystem::file_size(manifest.library, error) > kMaxLibraryBytes || error) {
        return manifest.library.string() + " is too large to be checked";
    }
    std::ifstream file(manifest.library, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) return manifest.library.string() + " cannot be read";
    if (to_hex(sha256(bytes)) == manifest.sha256) return {};
    return manifest.library.filename().string() +
           " is not the file whose sha256 the manifest names";
}

}  // namespace

std::string fault_in_ownership(const std::filesystem::path& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) {
        return path.string() + ": " + std::generic_category().message(errno);
    }
    if (about.st_uid != 0 && about.st_uid != ::geteuid()) {
        return path.string() + " belongs to another user than root or the host's";
    }
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return path.string() + " can be written by others than its owner";
    }
    return {};
}

std::string fault_in_library(const Manifest& manifest) {
    for (const std::filesystem::path& path : {manifest.library.parent_path(), manifest.library}) {
        if (std::string fault = fault_in_ownership(path); !fault.empty()) return fault;
    }
    return fault_in_checksum(manifest);
}

}  // namespace gatehouse::plugins
