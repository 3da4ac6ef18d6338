#include "sweep/list_walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace gatehouse::sweep {
namespace {

using Rows = std::vector<std::string>;

Rows rows(int count) {
    Rows all;
    for (int i = 0; i < count; ++i)
        all.push_back("r" + std::to_string(i));
    return all;
}

// Walks the list; `meddle` is called before each page.
Result<std::set<std::string>> walk(Rows& list, int cap, const std::function<void(Rows&)>& meddle) {
    ListWalk walk;
    std::set<std::string> met;
    for (int page = 0; !walk.is_over(); ++page) {
        if (page > 10'000) return fail(ErrorKind::kInternal, "it never ends");
        if (meddle) meddle(list);
        const auto begin = std::min<std::ptrdiff_t>(walk.offset(), std::ssize(list));
        const auto end =
            std::min<std::ptrdiff_t>(begin + std::min(cap, ListWalk::kPageRows), std::ssize(list));
        const Rows shown(list.begin() + begin, list.begin() + end);
        const Rows first = shown.empty() ? Rows{} : Rows{shown.front()};
        const auto fresh = walk.take(first, shown, static_cast<int>(shown.size()));
        if (!fresh) return tl::unexpected(fresh.error());
        for (const std::string& id : *fresh) {
            EXPECT_TRUE(met.insert(id).second) << id << " was met twice";
        }
    }
    return met;
}

TEST(ListWalk, MeetsEachRowOnce) {
    for (const int count : {0, 1, 4, 5, 6, 49, 50, 51, 95, 100, 1234}) {
        Rows list = rows(count);
        const auto met = walk(list, 1000, nullptr);
        ASSERT_TRUE(met);
        EXPECT_EQ(std::ssize(*met), count);
    }
}

TEST(ListWalk, P6_AShortPageIsNotTheEnd) {
    // The server gives fewer rows than it is asked for.
    Rows list = rows(300);
    const auto met = walk(list, 20, nullptr);
    ASSERT_TRUE(met);
    EXPECT_EQ(met->size(), 300U);
}

TEST(ListWalk, RowsThatVanishHideNoOthers) {
    Rows list = rows(500);
    int page = 0;
    const auto met = walk(list, 1000, [&](Rows& now) {
        if (++page == 4) now.erase(now.begin() + 3, now.begin() + 40);
    });
    ASSERT_TRUE(met);
    for (const std::string& id : list)
        EXPECT_TRUE(met->contains(id)) << id;
}

TEST(ListWalk, ChangesInTheMiddleHideNothingThatStays) {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        Rows list = rows(400);
        int added = 0;
        const auto met = walk(list, 1000, [&](Rows& now) {
            const auto at = [&] { return std::ptrdiff_t(random() % (now.size() + 1)); };
            if (random() % 3 == 0) now.insert(now.begin() + at(), "new" + std::to_string(++added));
            if (random() % 3 == 0 && now.size() > 50) {
                const auto begin = std::min<std::ptrdiff_t>(at(), std::ssize(now) - 12);
                now.erase(now.begin() + begin, now.begin() + begin + std::ptrdiff_t(random() % 12));
            }
        });
        ASSERT_TRUE(met) << "seed " << seed;
        for (const std::string& id : list) {
            EXPECT_TRUE(id[0] == 'n' || met->contains(id)) << id << " with seed " << seed;
        }
    }
}

TEST(ListWalk, P6_AListThatNeverHoldsStillIsGivenUp) {
    std::mt19937 random(7);
    Rows list = rows(2000);
    int round = 0;
    const auto met = walk(list, 1000, [&](Rows& now) {
        now = rows(2000);
        ++round;
        for (std::string& id : now)
            id += "-" + std::to_string(round);
    });
    ASSERT_FALSE(met);
    EXPECT_EQ(met.error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace gatehouse::sweep
