// SeamFixture: the built plugin in the real runner, behind the host's real HTTP, in front of Seam's
// own fake. One of each for all tests; every test begins without codes.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::seam::test {

using Json = nlohmann::json;
using Strings = std::vector<std::string>;

constexpr const char* kRental = "5bf540e87200000000000001";
constexpr const char* kDevice = "august_device_1";
constexpr const char* kOtherDevice = "august_device_2";
constexpr const char* kPin = "482915";

struct Wanted {
    std::string state = "active";
    Strings devices = {kDevice};
    Json pin = kPin;  // null: keep the one that is held
    Json from = nullptr;
    Json until = nullptr;
    std::string rental = kRental;
};

class SeamFixture : public testing::Test {
  protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite();
    void SetUp() override;

    Result<std::string> call(const std::string& function, const Json& document);
    Json must_call(const std::string& function, const Json& document);
    Result<std::string> apply(const Wanted& wanted);

    // Applies until it is no longer pending, letting the devices do their work in between;
    // remembers the references as the host does.
    void settle(const Wanted& wanted);

    // What only devices and people at them do, and faults: fake-seam-connect/fake.mjs.
    Json device(const std::string& verb, const Json& body = Json::object());
    // A request to Seam past the plugin.
    Json seam(const std::string& path, const Json& body);
    Json codes();
    // The devices on which this PIN opens, sorted.
    Strings opened_by(const std::string& pin);

    // The paths that the plugin asked for since the last call of this.
    Strings take_asked();

    Json references = Json::object();

  private:
    Strings asked_;
};

}  // namespace gatehouse::seam::test
