// FakeNuki: the Nuki simulator in the test's own process, behind the SDK's TestHost.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"
#include "simulators/nuki_api.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace gatehouse::nuki::test {

using sdk::Json;
using sdk::Outcome;
using Strings = std::vector<std::string>;

constexpr const char* kRental = "5bf540e87200000000000001";
constexpr const char* kPin = "482915";

struct Wanted {
    std::string state = "active";
    Strings targets = {"smartlock:17"};
    Json pin = kPin;  // null: keep the one that is held
    Json from = nullptr;
    Json until = nullptr;
    std::string rental = kRental;
};

// One account with the locks 17, 18 and 19.
class FakeNuki {
  public:
    explicit FakeNuki(const Json& settings = Json::object());

    Outcome apply(const Wanted& wanted, const Json& references);

    // Applies until it is no longer pending, expects success, remembers the references as the host
    // does, and lets the seconds pass that were asked for.
    void settle(const Wanted& wanted);

    // The names of the locks that this PIN opens now.
    Strings opened_by(const std::string& pin);

    // Does what a person does at a lock: simulators/nuki_control.hpp.
    void by_hand(Json edit);

    void pass_ms(std::int64_t ms);

    Strings take_asked();  // since the last call: "PUT /smartlock/17/auth"
    Strings take_writes();

    // The vendor's answer.
    Json answer(const Json& request);

    sdk::TestHost host;
    simulators::NukiModel model;
    std::int64_t now_ms = 1'780'000'000'000;
    Json references = Json::object();

    // Looks at each request first; an answer given here is the answer.
    std::function<std::optional<Json>(const std::string& what, const Json& request)> intercept;

  private:
    simulators::NukiApi api_{model};
    Strings asked_;
};

}  // namespace gatehouse::nuki::test
