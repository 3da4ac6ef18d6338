// A plugin made with the SDK exports its entry and nothing else, read from the file's own table.
#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

template <typename T>
T at(const std::string& file, std::size_t offset) {
    T value{};
    if (offset + sizeof(T) <= file.size()) std::memcpy(&value, file.data() + offset, sizeof(T));
    return value;
}

std::vector<std::string> exported_symbols(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    const std::string file{std::istreambuf_iterator<char>(stream),
                           std::istreambuf_iterator<char>()};
    const auto head = at<Elf64_Ehdr>(file, 0);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < head.e_shnum; ++i) {
        const auto section = at<Elf64_Shdr>(file, head.e_shoff + i * sizeof(Elf64_Shdr));
        if (section.sh_type != SHT_DYNSYM) continue;
        const auto texts =
            at<Elf64_Shdr>(file, head.e_shoff + section.sh_link * sizeof(Elf64_Shdr));
        for (std::size_t n = 0; n < section.sh_size / sizeof(Elf64_Sym); ++n) {
            const auto symbol = at<Elf64_Sym>(file, section.sh_offset + n * sizeof(Elf64_Sym));
            const bool is_exported =
                symbol.st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) != STB_LOCAL;
            if (is_exported) names.emplace_back(file.c_str() + texts.sh_offset + symbol.st_name);
        }
    }
    return names;
}

TEST(ExportsTest, ExactlyOneSymbolLeavesAPlugin) {
    EXPECT_EQ(exported_symbols(ABI_PLUGINS "/libabi_echo.so"),
              std::vector<std::string>{"gatehouse_entry_v1"});
}

}  // namespace
