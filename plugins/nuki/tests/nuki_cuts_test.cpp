// Every request of a rental's life at Nuki fails once, in every way.

#include <gtest/gtest.h>

#include <set>

#include "support/cuts.hpp"
#include "tests/fake_nuki.hpp"

namespace gatehouse::nuki::test {
namespace {

constexpr const char* kOtherPin = "739164";

Wanted wish(const std::string& state, Strings targets, const Json& pin = kPin,
            const Json& until = nullptr) {
    Wanted wanted;
    wanted.state = state;
    wanted.targets = std::move(targets);
    wanted.pin = pin;
    wanted.until = until;
    return wanted;
}

const std::vector<Wanted>& steps() {
    static const std::vector<Wanted> all{
        wish("active", {"smartlock:17", "smartlock:18"}),
        wish("active", {"smartlock:17", "smartlock:18"}, kPin, "2026-12-31T23:00:00.000Z"),
        wish("active", {"smartlock:17", "smartlock:18"}, kOtherPin, "2026-12-31T23:00:00.000Z"),
        wish("active", {"smartlock:18", "smartlock:19"}, kOtherPin),
        wish("suspended", {"smartlock:18", "smartlock:19"}, kOtherPin),
        wish("active", {"smartlock:18", "smartlock:19"}, kOtherPin),
        wish("ended", {}, nullptr),
    };
    return all;
}

class NukiLife final : public cuts::Life {
  public:
    explicit NukiLife(cuts::Cutter& cutter) {
        nuki_.by_hand({{"lock_id", 18}, {"name", "Cleaner"}, {"code", "666777"}});
        nuki_.host.on_http([this, &cutter](const Json& request) {
            return cutter.send(request, [this](const Json& one) { return nuki_.answer(one); });
        });
    }

    int steps() const override { return static_cast<int>(test::steps().size()); }

    Outcome apply(int step, const Json& references) override {
        nuki_.pass_ms(30'000);
        return nuki_.apply(test::steps()[static_cast<std::size_t>(step)], references);
    }

    std::string held() override {
        std::string text;
        for (const auto& [id, lock] : nuki_.model.find("acme")->locks) {
            std::set<std::string> codes;
            for (const auto& [auth_id, auth] : lock.held) {
                if (!auth.enabled) continue;  // opens nothing, as none
                codes.insert(auth.name + " " + auth.code + " until " +
                             std::to_string(auth.until.value_or(0)));
            }
            for (const std::string& code : codes) {
                text += lock.name + ": " + code + "\n";
            }
        }
        return text;
    }

  private:
    FakeNuki nuki_;
};

TEST(NukiCutsTest, P5_EveryCutOfALifeIsMended) {
    cuts::expect_every_cut_is_mended(
        [](cuts::Cutter& cutter) { return std::make_unique<NukiLife>(cutter); });
}

}  // namespace
}  // namespace gatehouse::nuki::test
