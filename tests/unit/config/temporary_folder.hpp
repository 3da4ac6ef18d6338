// A folder of a test's own, with a quick way to put files there.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "support/temp_dir.hpp"

namespace gatehouse::config {

class TemporaryFolder {
  public:
    const std::filesystem::path& path() const { return folder_.path(); }

    // Only the owner may read it, as a careful operator would have it.
    std::filesystem::path write(const std::string& name, std::string_view text) const {
        std::filesystem::path file = folder_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        std::filesystem::permissions(
            file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        return file;
    }

  private:
    test::TempDir folder_;
};

}  // namespace gatehouse::config
