// Every request of a rental's life at Kisi fails once, in every way.

#include <gtest/gtest.h>

#include <set>

#include "support/cuts.hpp"
#include "tests/fake_kisi.hpp"

namespace gatehouse::kisi::test {
namespace {

struct Step {
    std::string state;
    std::vector<std::string> targets;
    Json until = nullptr;
    std::string email = "ada@example.com";
};

const std::vector<Step>& steps() {
    static const std::vector<Step> all{
        {"active", {"group:4711", "group:900"}},
        {"active", {"group:4711", "group:900"}, "2027-01-31T23:00:00.000Z"},
        {"active", {"group:4712", "group:900"}, "2027-01-31T23:00:00.000Z"},
        {"suspended", {"group:4712", "group:900"}},
        {"active", {"group:4712", "group:900"}},
        {"active", {"group:4712", "group:900"}, nullptr, "ada@example.org"},
        {"ended", {}, nullptr, "ada@example.org"},
    };
    return all;
}

// A second rental of the renter needs one of the groups all the time.
class KisiLife final : public cuts::Life {
  public:
    explicit KisiLife(cuts::Cutter& cutter) {
        EXPECT_EQ(kisi_.apply("r2", "active", {"group:900"}, Json::object()).kind, 0);
        kisi_.host.on_http([this, &cutter](const Json& request) {
            return cutter.send(request, [this](const Json& one) { return kisi_.answer(one); });
        });
    }

    int steps() const override { return static_cast<int>(test::steps().size()); }

    Outcome apply(int step, const Json& references) override {
        const Step& wish = test::steps()[static_cast<std::size_t>(step)];
        now_ms_ += 60'000;
        kisi_.host.set_now_ms(now_ms_);
        return kisi_.apply("r1", wish.state, wish.targets, references, nullptr, wish.until,
                           wish.email);
    }

    std::string held() override {
        std::set<std::string> all;
        for (const auto& [id, one] : kisi_.assignments) {
            all.insert(kisi_.users.at(one["assignee_id"].get<int>())["email"].get<std::string>() +
                       " in " + one["applies_to_id"].dump() + " until " +
                       one["valid_until"].dump());
        }
        for (const auto& [id, user] : kisi_.users) {
            for (const auto& [name, value] : user["metadata"].items()) {
                if (name.starts_with("gatehouse_") && value != "-") {
                    all.insert(user["email"].get<std::string>() + ": " + name + "=" + value.dump());
                }
            }
        }
        std::string text;
        for (const std::string& line : all) {
            text += line + "\n";
        }
        return text;
    }

  private:
    FakeKisi kisi_;
    std::int64_t now_ms_ = 1'780'000'000'000;
};

TEST(KisiCutsTest, P5_EveryCutOfALifeIsMended) {
    cuts::expect_every_cut_is_mended(
        [](cuts::Cutter& cutter) { return std::make_unique<KisiLife>(cutter); });
}

}  // namespace
}  // namespace gatehouse::kisi::test
