#include "e2e/vendor.hpp"

#include <functional>
#include <map>
#include <stdexcept>

namespace gatehouse::e2e {

std::unique_ptr<Vendor> make_vendor(const std::string& name) {
    static const std::map<std::string, std::function<std::unique_ptr<Vendor>()>> kMakers{
        {"Kisi", make_kisi},
        {"Nuki", make_nuki},
        {"Seam", make_seam},
        {"Unloc", make_unloc},
    };
    const auto found = kMakers.find(name);
    if (found == kMakers.end()) {
        throw std::runtime_error("no vendor " + name + " is known");
    }
    return found->second();
}

void Vendor::type_pin(const test::Simulators& /*simulators*/, test::GatehouseHost& /*host*/,
                      const std::string& /*target*/, const std::string& /*pin*/) {
    throw std::runtime_error("this vendor has no keypads");
}

void Vendor::send_pin(const test::Simulators& /*simulators*/, test::GatehouseHost& /*host*/,
                      const std::string& /*target*/, const std::string& /*pin*/) {
    throw std::runtime_error("this vendor has no keypads");
}

nlohmann::json must(nlohmann::json answer, const std::string& what) {
    if (answer.is_object() && answer.contains("error")) {
        throw std::runtime_error(what + ": " + answer.dump());
    }
    return answer;
}

}  // namespace gatehouse::e2e
