#include "support/cuts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace gatehouse::cuts {
namespace {

constexpr int kMaxTries = 60;  // of a step
constexpr const char* kUnknown = "?";

// Lives are fifty times as long under a sanitizer: every so many of them, in a number that meets
// all ways and wishes in turn.
#if defined(GATEHOUSE_SANITIZED)
constexpr int kEvery = 11;
#else
constexpr int kEvery = 1;
#endif

enum class Next { kSameWish, kAnotherWish };

constexpr std::pair<Way, const char*> kWays[] = {
    {Way::kNotSent, "not sent"},
    {Way::kAnswerLost, "its answer is lost"},
    {Way::kRefused, "500"},
    {Way::kFailedAfter, "500 after it was done"},
    {Way::kTooFast, "429"},
    {Way::kEndBefore, "the host ends before"},
    {Way::kEndAfter, "the host ends after"},
};

Json unavailable() {
    return {{"kind", GATEHOUSE_UNAVAILABLE}, {"message", "the connection was cut"}};
}

// What the vendor held after each step; shorter if a step did not come to its end. Where the wish
// changes at once, nothing is known of the step whose call was cut.
std::vector<std::string> live(Life& life, Cutter& cutter, Next next) {
    std::vector<std::string> held;
    Json references = Json::object();
    for (int step = 0; step < life.steps(); ++step) {
        bool is_done = false;
        bool is_skipped = false;
        for (int tries = 0; tries < kMaxTries && !is_done && !is_skipped; ++tries) {
            const bool was_cut = cutter.has_cut();
            const sdk::Outcome outcome = life.apply(step, references);
            const bool is_heard = cutter.end_call();
            EXPECT_TRUE(outcome.kind == 0 || cutter.has_cut()) << outcome.message;
            if (is_heard && outcome.kind == 0) {
                references = outcome.document["references"];
                is_done = outcome.document["state"] != "pending";
            }
            is_skipped = next == Next::kAnotherWish && !was_cut && cutter.has_cut() && !is_done &&
                         step + 1 < life.steps();
        }
        if (!is_done && !is_skipped) return held;
        held.push_back(is_done ? life.held() : kUnknown);
    }
    return held;
}

void expect_cut_is_mended(const MakeLife& make, const std::vector<std::string>& wanted, int at,
                          const std::pair<Way, const char*>& way, Next next) {
    Cutter cutter(way.first, at);
    const auto life = make(cutter);
    std::vector<std::string> held = live(*life, cutter, next);
    for (std::size_t i = 0; i < std::min(held.size(), wanted.size()); ++i) {
        if (held[i] == kUnknown) held[i] = wanted[i];
    }
    EXPECT_EQ(held, wanted) << "request " << at << ", " << cutter.what() << ": " << way.second
                            << (next == Next::kAnotherWish ? "; then the wish changes" : "");
}

}  // namespace

Json Cutter::send(const Json& request, const Vendor& vendor) {
    if (is_dead_) return unavailable();
    if (count_++ != at_ || way_ == Way::kNone) return vendor(request);
    what_ = request["method"].get<std::string>() + " " + request["url"].get<std::string>();
    is_dead_ = way_ == Way::kEndBefore || way_ == Way::kEndAfter;
    const bool is_served =
        way_ == Way::kAnswerLost || way_ == Way::kFailedAfter || way_ == Way::kEndAfter;
    if (is_served) vendor(request);
    if (way_ == Way::kRefused || way_ == Way::kFailedAfter) {
        return {{"status", 500}, {"body", "<html>oops</html>"}};
    }
    if (way_ == Way::kTooFast) return {{"status", 429}, {"body", "{}"}};
    return unavailable();
}

void expect_every_cut_is_mended(const MakeLife& make) {
    Cutter undisturbed;
    const auto whole = make(undisturbed);
    const std::vector<std::string> wanted = live(*whole, undisturbed, Next::kSameWish);
    ASSERT_EQ(static_cast<int>(wanted.size()), whole->steps());
    int count = 0;
    for (int at = 0; at < undisturbed.count(); ++at) {
        for (const auto& way : kWays) {
            for (const Next next : {Next::kSameWish, Next::kAnotherWish}) {
                if (count++ % kEvery == 0) expect_cut_is_mended(make, wanted, at, way, next);
            }
        }
    }
}

}  // namespace gatehouse::cuts
