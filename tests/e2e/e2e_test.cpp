// Runs every case of tests/e2e/cases/ through the real binary.
#include <gtest/gtest.h>

#include <algorithm>

#include "e2e/case_file.hpp"

namespace gatehouse::e2e {
namespace {

std::vector<std::filesystem::path> cases() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(GATEHOUSE_E2E_CASES)) {
        if (entry.path().extension() == ".txt") {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

class EndToEndTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(EndToEndTest, HoldsToTheLetter) {
    try {
        run_case(GetParam());
    } catch (const std::exception& error) {
        FAIL() << error.what();
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, EndToEndTest, testing::ValuesIn(cases()), [](const auto& param) {
    std::string name = param.param.stem().string();
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

}  // namespace
}  // namespace gatehouse::e2e
