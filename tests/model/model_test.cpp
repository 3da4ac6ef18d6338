// Random histories of a small site against the facts. GATEHOUSE_MODEL_HISTORIES says how many,
// GATEHOUSE_MODEL_SEED where the seeds begin. A failing one is printed as short as it stays
// failing: put it into tests/model/cases/ and mend what it shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "model/check.hpp"
#include "observe/log.hpp"

namespace gatehouse::model {
namespace {

#if defined(GATEHOUSE_SANITIZED)
constexpr std::uint64_t kHistories = 50;
#else
constexpr std::uint64_t kHistories = 5'000;
#endif
constexpr int kMostFailures = 3;

// How much of all the histories a vendor has.
struct Share {
    Vendor vendor;
    std::uint64_t percent;
};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
    return text == nullptr ? otherwise : std::stoull(text);
}

std::vector<std::filesystem::path> cases() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(GATEHOUSE_MODEL_CASES)) {
        if (entry.path().extension() == ".txt") found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

class ModelCase : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ModelCase, HoldsForEverySeed) {
    std::ifstream in(GetParam());
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    Check check;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        EXPECT_EQ(check.run(history_from(text), seed), "") << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, ModelCase, testing::ValuesIn(cases()), [](const auto& param) {
    std::string name = param.param.stem().string();
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

class Model : public testing::TestWithParam<Share> {};

TEST_P(Model, RandomHistoriesEndAsTheFactsSay) {
    observe::set_level(observe::Level::kError);
    const std::uint64_t first = number_from("GATEHOUSE_MODEL_SEED", 1);
    const std::uint64_t count =
        number_from("GATEHOUSE_MODEL_HISTORIES", kHistories) * GetParam().percent / 100;
    std::cout << to_text(GetParam().vendor) << ", seeds " << first << " to " << first + count - 1
              << std::endl;
    Check check;
    int failures = 0;
    for (std::uint64_t seed = first; seed < first + count && failures < kMostFailures; ++seed) {
        std::mt19937_64 random(seed);
        const History history = random_history(GetParam().vendor, random);
        const std::string failure = check.run(history, seed);
        if (failure.empty()) continue;
        const History shorter = check.shrink(history, seed);
        ++failures;
        ADD_FAILURE() << "seed " << seed << ": " << failure << "\n\nshortest:\n"
                      << to_text(shorter) << check.run(shorter, seed);
    }
}

INSTANTIATE_TEST_SUITE_P(Vendors, Model,
                         testing::Values(Share{Vendor::kKisi, 50}, Share{Vendor::kNuki, 30},
                                         Share{Vendor::kUnloc, 20}),
                         [](const auto& param) { return to_text(param.param.vendor); });

}  // namespace
}  // namespace gatehouse::model
