#include "seam_api.hpp"

#include "gatehouse/sdk/utc_time.hpp"
#include "seam_error.hpp"

namespace gatehouse::seam {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr int kMaxPages = 100;
constexpr int kNotFound = 404;

Error unreadable(const std::string& what) {
    return {Kind::kUnavailable, "Seam's answer is not readable: " + what};
}

std::optional<std::int64_t> time_at(const Json& object, const char* key) {
    const Json& given = sdk::member_at(object, key);
    if (given.is_null()) return std::nullopt;
    const auto at_ms = given.is_string() ? sdk::parse_time(given.get<std::string>()) : std::nullopt;
    if (!at_ms) throw unreadable("the times of an access code");
    return at_ms;
}

// Newer answers say outright what older ones leave to a list of capabilities.
bool takes_codes(const Json& device) {
    const Json& can = sdk::member_at(device, "can_program_online_access_codes");
    if (can.is_boolean()) return can.get<bool>();
    const Json& lock = sdk::member_at(device, "can_remotely_unlock");
    for (const std::string& one : sdk::texts_at(device, "capabilities_supported")) {
        if (one == "access_code") return lock.is_boolean() && lock.get<bool>();
    }
    return false;
}

std::string name_of_device(const Json& device) {
    const Json& properties = sdk::member_at(device, "properties");
    std::string shown = sdk::text_at(sdk::member_at(properties, "appearance"), "name");
    if (!shown.empty()) return shown;
    return sdk::text_at(properties, "name", sdk::text_at(device, "display_name"));
}

AccessCode to_code(const Json& object) {
    AccessCode code;
    code.id = sdk::text_at(object, "access_code_id");
    code.device = sdk::text_at(object, "device_id");
    if (code.id.empty()) throw unreadable("an access code");
    code.name = sdk::text_at(object, "name");
    code.code = sdk::text_at(object, "code");
    code.status = sdk::text_at(object, "status", "unknown");
    code.is_time_bound = sdk::text_at(object, "type") == "time_bound";
    if (code.is_time_bound) {
        code.window = {time_at(object, "starts_at"), time_at(object, "ends_at")};
    }
    const Json& errors = sdk::member_at(object, "errors");
    for (const Json& error : errors.is_array() ? errors : Json::array()) {
        code.errors.push_back(sdk::text_at(error, "error_code", "unknown"));
    }
    return code;
}

Json to_body(const WantedCode& wanted) {
    Json body = {{"name", wanted.name}};
    if (!wanted.code.empty()) body["code"] = wanted.code;
    if (wanted.window.from_ms && wanted.window.until_ms) {
        body["starts_at"] = sdk::format_time(*wanted.window.from_ms);
        body["ends_at"] = sdk::format_time(*wanted.window.until_ms);
    }
    return body;
}

}  // namespace

sdk::HttpReply SeamApi::send(const std::string& path, const Json& body) {
    sdk::HttpRequest request;
    request.method = "POST";
    request.url = base_url_ + path;
    request.header("Authorization", "Bearer " + key_).header("Accept", "application/json");
    request.json(body);
    return http_.send(request);
}

Json SeamApi::list(const std::string& path, Json body, const char* name) {
    Json all = Json::array();
    for (int page = 0; page < kMaxPages; ++page) {
        const sdk::HttpReply reply = send(path, body);
        if (reply.status != 200) throw to_error(reply, "list the " + std::string(name));
        const Json document = reply.json();
        const Json& entries = sdk::member_at(document, name);
        if (!entries.is_array()) throw unreadable("the list of " + std::string(name));
        for (const Json& entry : entries) {
            if (!entry.is_object()) throw unreadable("the list of " + std::string(name));
            all.push_back(entry);
        }
        const std::string next =
            sdk::text_at(sdk::member_at(document, "pagination"), "next_page_cursor");
        if (next.empty()) return all;
        body["page_cursor"] = next;
    }
    throw Error(Kind::kInternal, "Seam lists more " + std::string(name) + " than can be read");
}

std::string SeamApi::workspace() {
    const sdk::HttpReply reply = send("/workspaces/get", Json::object());
    if (reply.status != 200) throw to_error(reply, "say whose key this is");
    std::string name = sdk::text_at(sdk::member_at(reply.json(), "workspace"), "name");
    if (name.empty()) throw unreadable("the key's workspace");
    return name;
}

std::vector<Device> SeamApi::devices() {
    std::vector<Device> devices;
    for (const Json& entry : list("/devices/list", Json::object(), "devices")) {
        const std::string id = sdk::text_at(entry, "device_id");
        if (id.empty()) throw unreadable("a device");
        devices.push_back({id, name_of_device(entry), takes_codes(entry)});
    }
    return devices;
}

std::vector<AccessCode> SeamApi::codes(const std::string& device) {
    std::vector<AccessCode> codes;
    for (const Json& entry : list("/access_codes/list", {{"device_id", device}}, "access_codes")) {
        const Json& managed = sdk::member_at(entry, "is_managed");
        const bool is_managed = !managed.is_boolean() || managed.get<bool>();
        AccessCode code = to_code(entry);
        if (is_managed && code.device == device) codes.push_back(std::move(code));
    }
    return codes;
}

bool SeamApi::is_unmanaged(const std::string& device, const std::string& id,
                           const std::string& name) {
    const Json all = list("/access_codes/unmanaged/list", {{"device_id", device}}, "access_codes");
    for (const Json& entry : all) {
        if (sdk::text_at(entry, "device_id") != device) continue;
        if (sdk::text_at(entry, "access_code_id") == id || sdk::text_at(entry, "name") == name) {
            return true;
        }
    }
    return false;
}

AccessCode SeamApi::create(const std::string& device, const WantedCode& wanted) {
    Json body = to_body(wanted);
    body["device_id"] = device;
    const sdk::HttpReply reply = send("/access_codes/create", body);
    if (!reply.is_ok()) throw to_error(reply, "create an access code on device " + device);
    AccessCode made = to_code(sdk::member_at(reply.json(), "access_code"));
    if (made.device != device) throw unreadable("the new access code");
    return made;
}

bool SeamApi::update(const std::string& device, const std::string& id, const WantedCode& wanted) {
    Json body = to_body(wanted);
    // Never the device as well: by it, some would take another code of the device for this one.
    body["access_code_id"] = id;
    body["type"] = body.contains("starts_at") ? "time_bound" : "ongoing";
    return accepted(send("/access_codes/update", body), device, "change an access code");
}

bool SeamApi::remove(const std::string& device, const std::string& id) {
    const sdk::HttpReply reply = send("/access_codes/delete", {{"access_code_id", id}});
    return accepted(reply, device, "delete an access code");
}

bool SeamApi::accepted(const sdk::HttpReply& reply, const std::string& device,
                       const std::string& what) {
    if (reply.status == kNotFound) return false;
    if (!reply.is_ok()) throw to_error(reply, what + " on device " + device);
    const Json document = reply.json();
    const Json& attempt = sdk::member_at(document, "action_attempt");
    if (sdk::text_at(attempt, "status") == "error") {
        throw to_error(sdk::text_at(sdk::member_at(attempt, "error"), "type"), device);
    }
    return true;
}

Json SeamApi::webhooks() {
    return list("/webhooks/list", Json::object(), "webhooks");
}

Json SeamApi::events(const std::string& since, std::size_t limit) {
    const sdk::HttpReply reply = send("/events/list", {{"since", since}, {"limit", limit}});
    if (reply.status != 200) throw to_error(reply, "list the events");
    Json events = sdk::member_at(reply.json(), "events");
    if (!events.is_array()) throw unreadable("the list of events");
    return events;
}

}  // namespace gatehouse::seam
