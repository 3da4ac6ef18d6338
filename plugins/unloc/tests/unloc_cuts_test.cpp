// Every request of a rental's life at Unloc fails once, in every way.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/cuts.hpp"
#include "tests/fake_unloc.hpp"

namespace gatehouse::unloc::test {
namespace {

struct Step {
    std::string state;
    Strings targets;
    Json until = nullptr;
    std::string phone = the_phone;
};

const std::string the_other_phone = "+4790054321";

const std::vector<Step>& steps() {
    static const std::string a = "lock:" + the_lock_a;
    static const std::string b = "lock:" + the_lock_b;
    static const std::vector<Step> all{
        {"active", {a}},
        {"active", {a, b}, "2026-12-31T23:00:00Z"},
        {"active", {b}, "2026-12-31T23:00:00Z"},
        {"suspended", {b}},
        {"active", {b}},
        {"active", {b}, nullptr, the_other_phone},
        {"ended", {}, nullptr, the_other_phone},
    };
    return all;
}

// A second rental of the renter has a key for one of the locks all the time.
class UnlocLife final : public cuts::Life {
  public:
    explicit UnlocLife(cuts::Cutter& cutter) {
        unloc_.job_polls = 2;
        EXPECT_EQ(unloc_.settle("r2", "active", {"lock:" + the_lock_b}, Json::object()).kind, 0);
        unloc_.host.on_http([this, &cutter](const Json& request) {
            return cutter.send(request, [this](const Json& one) { return unloc_.answer(one); });
        });
    }

    int steps() const override { return static_cast<int>(test::steps().size()); }

    Outcome apply(int step, const Json& references) override {
        const Step& wish = test::steps()[static_cast<std::size_t>(step)];
        now_ms_ += 60'000;
        unloc_.host.set_now_ms(now_ms_);
        unloc_.phone = wish.phone;
        unloc_.let_jobs_go_on();
        return unloc_.apply("r1", wish.state, wish.targets, references, nullptr, wish.until);
    }

    std::string held() override {
        Strings all = unloc_.live();
        std::ranges::sort(all);
        std::string text;
        for (const std::string& line : all) {
            text += line + "\n";
        }
        return text;
    }

  private:
    FakeUnloc unloc_;
    std::int64_t now_ms_ = 1'780'000'000'000;
};

TEST(UnlocCutsTest, P5_EveryCutOfALifeIsMended) {
    cuts::expect_every_cut_is_mended(
        [](cuts::Cutter& cutter) { return std::make_unique<UnlocLife>(cutter); });
}

}  // namespace
}  // namespace gatehouse::unloc::test
