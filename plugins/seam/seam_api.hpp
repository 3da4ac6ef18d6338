// SeamApi: the few requests of Seam's API that the plugin makes, as values. All are POST.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/window.hpp"

namespace gatehouse::seam {

using sdk::Json;
using sdk::Window;

struct Device {
    std::string id;
    std::string name;
    bool takes_codes = false;
};

struct AccessCode {
    std::string id;
    std::string device;
    std::string name;
    std::string code;    // empty if Seam does not tell
    std::string status;  // setting, set, unset, removing, unknown
    bool is_time_bound = false;
    Window window;
    std::vector<std::string> errors;  // error codes
};

struct WantedCode {
    std::string name;
    std::string code;  // empty, of a change: the one that is held stays
    Window window;     // both sides or none: Seam wants both
};

// Every function throws Error for an answer that is not what was asked for. [call]
class SeamApi {
  public:
    SeamApi(sdk::Http http, std::string base_url, std::string key)
        : http_(http), base_url_(std::move(base_url)), key_(std::move(key)) {}

    // The workspace of the key, for people.
    std::string workspace();

    std::vector<Device> devices();

    // Of this device only, whatever Seam lists besides. Managed codes.
    std::vector<AccessCode> codes(const std::string& device);
    // Whether Seam still sees the code, but no longer keeps it.
    bool is_unmanaged(const std::string& device, const std::string& id, const std::string& name);

    AccessCode create(const std::string& device, const WantedCode& wanted);

    // Accepted, not done: the list tells. False: there is no such code.
    bool update(const std::string& device, const std::string& id, const WantedCode& wanted);
    bool remove(const std::string& device, const std::string& id);

    // {"url", "event_types"} of each webhook.
    Json webhooks();

    // After `since`, oldest first.
    Json events(const std::string& since, std::size_t limit);

  private:
    sdk::HttpReply send(const std::string& path, const Json& body);
    // The list called `member`, all pages.
    Json list(const std::string& path, Json body, const char* member);
    bool accepted(const sdk::HttpReply& reply, const std::string& device, const std::string& what);

    sdk::Http http_;
    std::string base_url_;
    std::string key_;
};

}  // namespace gatehouse::seam
