#include "e2e/vendor.hpp"
#include "support/gatehouse_host.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

constexpr const char* kOrganization = "acme";

// A door is a group with one lock.
class Kisi final : public Vendor {
  public:
    std::string id() const override { return "kisi"; }
    std::string connections() const override { return ""; }

    void make_account(const test::Simulators& simulators) override {
        // The gate of config/examples/kisi.
        const json lock{{"id", 900'000}, {"name", "Gate"}};
        const json gate{{"id", 900}, {"name", "Gate"}, {"locks", json::array({lock})}};
        seed(simulators, json{{"organization", kOrganization},
                              {"api_key", test::GatehouseHost::kisi_key(kOrganization)},
                              {"groups", json::array({gate})}});
    }

    std::string add_door(const test::Simulators& simulators, const std::string& unit,
                         const std::string& door, int number) override {
        const json lock{{"id", number + 1000}, {"name", door}};
        const json group{{"id", number}, {"name", "Unit " + unit}, {"locks", json::array({lock})}};
        seed(simulators, json{{"organization", kOrganization}, {"groups", json::array({group})}});
        return "group:" + std::to_string(number);
    }

    std::vector<std::string> open_doors(const test::Simulators& simulators,
                                        const Person& person) override {
        return simulators.open_doors(person.email);
    }

  private:
    static void seed(const test::Simulators& simulators, const json& organization) {
        must(simulators.post("seed", {{"kisi", json::array({organization})}}), "seed kisi");
    }
};

}  // namespace

std::unique_ptr<Vendor> make_kisi() {
    return std::make_unique<Kisi>();
}

}  // namespace gatehouse::e2e
