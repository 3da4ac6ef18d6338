// Sources: the files and environment variables that a configuration is made of. Everything that is
// read goes into the fingerprint, so two hosts with the same fingerprint run the same settings.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "config/environment_file.hpp"

namespace gatehouse::config {

// What a reference stands for.
struct Resolved {
    Secret value;
    std::string label;  // "env:NAME" or "file:/path": fit to be shown
    bool is_readable_by_others = false;
};

// Whether `text` holds "${", which is never taken literally.
bool looks_like_reference(std::string_view text);

// Reads a regular file of at most `max_bytes`. kNotFound, kForbidden or kInvalid, with a message
// that names the file but none of its bytes. [any thread]
Result<std::string> read_regular_file(const std::filesystem::path& file, std::size_t max_bytes);

// [one thread at a time]
class Sources {
  public:
    // `variables` are what ${env:NAME} finds, and nothing else; null = those of this process. They
    // outlive this.
    explicit Sources(const Variables* variables = nullptr) : variables_(variables) {}

    // The file's bytes; `name` is what it is called in the fingerprint.
    Result<std::string> read_file(const std::filesystem::path& file, const std::string& name,
                                  std::size_t max_bytes);

    // `reference` is a whole "${env:NAME}" or "${file:/path}"; a relative path starts at `folder`.
    // One line break at a file's end is not part of the value. kInvalid when it is malformed, and
    // when the value is empty, holds a NUL byte or is a reference itself; kNotFound when there is
    // no such variable or file. Messages never hold the value.
    Result<Resolved> resolve(std::string_view reference, const std::filesystem::path& folder);

    // SHA-256 in hex over everything read so far, in the order of reading.
    std::string fingerprint() const;

  private:
    void note(std::string_view name, std::string_view bytes);
    Result<Resolved> read_variable(const std::string& name) const;

    const Variables* variables_;
    std::string hashes_;  // values enter as hashes only
};

}  // namespace gatehouse::config
