#include <cstdio>

#include "e2e/vendor.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

constexpr const char* kProject = "d45031c2-be07-4d20-adbe-4e51e6ad0fed";

// A door is a lock; a person is a phone number.
class Unloc final : public Vendor {
  public:
    std::string id() const override { return "unloc"; }

    std::string connections() const override {
        return std::string("  doors:\n    plugin: unloc\n    base_url: \"{url:unloc}\"\n") +
               "    settings: {client_id: unloc-client-" + kProject +
               ", client_secret: unloc-secret-" + kProject + ", project_id: " + kProject + "}\n" +
               "    webhook_secrets: [\"unloc:a-quiet-word\"]\n";
    }

    void make_account(const test::Simulators& simulators) override {
        const json gate{{"id", "c0f3aed0-2a7e-4de5-a0ff-3bfc22bfb6ef"}, {"name", "North gate"}};
        seed(simulators, json{{"project", kProject}, {"locks", json::array({gate})}});
        const json fields = {
            {"units", json::array({"unloc_id"})},
            {"rentals", json::array({"unloc_overlocked", "unloc_status", "unloc_resync"})}};
        const json business = {{"business", "acme"}, {"field_codes", fields}};
        must(simulators.post("seed", {{"storeganise", json::array({business})}}), "fields");
    }

    std::string add_door(const test::Simulators& simulators, const std::string&,
                         const std::string& door, int number) override {
        char lock_id[40];
        std::snprintf(lock_id, sizeof(lock_id), "10c00000-0000-4000-8000-%012d", number);
        const json lock{{"id", lock_id}, {"name", door}};
        seed(simulators, json{{"project", kProject}, {"locks", json::array({lock})}});
        return std::string("lock:") + lock_id;
    }

    std::vector<std::string> open_doors(const test::Simulators& simulators,
                                        const Person& person) override {
        std::string phone = person.phone;  // as people write it
        std::erase(phone, ' ');
        return phone.empty() ? std::vector<std::string>() : simulators.locks_opened_with(phone);
    }

  private:
    static void seed(const test::Simulators& simulators, const json& project) {
        must(simulators.post("seed", {{"unloc", json::array({project})}}), "seed unloc");
    }
};

}  // namespace

std::unique_ptr<Vendor> make_unloc() {
    return std::make_unique<Unloc>();
}

}  // namespace gatehouse::e2e
