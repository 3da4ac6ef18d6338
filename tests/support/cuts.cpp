#include "support/cuts.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace gatehouse::cuts {
namespace {

constexpr int kMaxTries = 60;  // of a step
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

// What the vendor held after each step; shorter if a step did not come to its end.
std::vector<std::string> live(Life& life, Cutter& cutter) {
    std::vector<std::string> held;
    Json references = Json::object();
    for (int step = 0; step < life.steps(); ++step) {
        bool is_done = false;
        for (int tries = 0; tries < kMaxTries && !is_done; ++tries) {
            const sdk::Outcome outcome = life.apply(step, references);
            if (!cutter.end_call()) continue;
            EXPECT_TRUE(outcome.kind == 0 || cutter.has_cut()) << outcome.message;
            if (outcome.kind != 0) continue;
            references = outcome.document["references"];
            is_done = outcome.document["state"] != "pending";
        }
        if (!is_done) return held;
        held.push_back(life.held());
    }
    return held;
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
    const std::vector<std::string> wanted = live(*whole, undisturbed);
    ASSERT_EQ(static_cast<int>(wanted.size()), whole->steps());
    for (int at = 0; at < undisturbed.count(); ++at) {
        for (const auto& [way, name] : kWays) {
            Cutter cutter(way, at);
            const auto life = make(cutter);
            EXPECT_EQ(live(*life, cutter), wanted)
                << "request " << at << ", " << cutter.what() << ": " << name;
        }
    }
}

}  // namespace gatehouse::cuts
