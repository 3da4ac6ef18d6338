// The template: a plugin for a vendor that does not exist, small enough to be copied whole. Its
// vendor has one resource: PUT, GET and DELETE /doors/{door}/renters/{email}.
#include <set>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/http_status.hpp"

namespace {

using namespace gatehouse::sdk;

constexpr std::uint64_t kDefaultDelayMs = 5'000;

class Template final : public gatehouse::AccessPlugin, public TargetsFeature {
    void start() override { require_setting("api_key"); }

    AccessResult grant(const AccessRequest& request) override {
        return put_all(request, true, "open to " + request.renter.email);
    }

    AccessResult suspend(const AccessRequest& request) override {
        return put_all(request, false, "suspended");
    }

    // Also what a call made that did not live to tell of it, as far as the request says where.
    AccessResult end(const AccessRequest& request) override {
        std::set<std::string> paths = made_before(request);
        if (!request.renter.email.empty()) paths.merge(paths_of(request));
        for (const std::string& path : paths) {
            remove(path);
        }
        AccessResult result;
        result.state = State::kEnded;
        result.detail = "ended";
        return result;
    }

    std::string probe() override {
        const HttpReply reply = ask({.url = root() + "/doors"});
        if (!reply.is_ok()) throw error_of(reply);
        return "the vendor answers";
    }

    Page list_targets(const std::string&) override {
        const HttpReply reply = ask({.url = root() + "/doors"});
        if (!reply.is_ok()) throw error_of(reply);
        Page page;
        const Json doors = reply.json();
        if (!doors.is_array()) throw Error(Kind::kUnavailable, "the list of doors is not readable");
        for (const Json& door : doors) {
            page.targets.push_back({"door:" + text_at(door, "id"), text_at(door, "name"), "door"});
        }
        return page;
    }

    // PUT gives the same end whether or not it was there before, so a repeat is harmless. What the
    // rental had and is no longer wished, another door or the renter's former address, goes last.
    AccessResult put_all(const AccessRequest& request, bool is_open, std::string detail) {
        AccessResult result;
        result.state = request.state;
        result.detail = std::move(detail);
        std::set<std::string> wished;
        for (const std::string& target : request.targets) {
            const std::string path = path_of(target, request);
            HttpRequest put{.method = "PUT", .url = root() + path};
            put.json({{"open", is_open},
                      {"from", request.from ? Json(*request.from) : Json()},
                      {"until", request.until ? Json(*request.until) : Json()}});
            const HttpReply reply = ask(std::move(put));
            if (!reply.is_ok()) throw error_of(reply);
            result.targets.push_back({target, text_at(reply.json(), "name"), request.state});
            wished.insert(path);
        }
        for (const std::string& path : made_before(request)) {
            if (!wished.contains(path)) remove(path);
        }
        result.references["made"] = wished;
        return result;
    }

    // Already gone is done.
    void remove(const std::string& path) const {
        const HttpReply reply = ask({.method = "DELETE", .url = root() + path});
        if (!reply.is_ok() && reply.status != 404) throw error_of(reply);
    }

    static std::set<std::string> made_before(const AccessRequest& request) {
        const std::vector<std::string> paths = texts_at(request.references, "made");
        return {paths.begin(), paths.end()};
    }

    static std::set<std::string> paths_of(const AccessRequest& request) {
        std::set<std::string> paths;
        for (const std::string& target : request.targets) {
            paths.insert(path_of(target, request));
        }
        return paths;
    }

    std::string root() const { return base_url("https://api.vendor.example"); }

    static std::string path_of(const std::string& target, const AccessRequest& request) {
        const auto door = target_id(target, "door");
        if (!door) throw Error("not a door: " + target, {{"targets", "must be door:<id>"}});
        if (request.renter.email.empty()) {
            throw Error("the renter has no e-mail address", {{"renter.email", "is empty"}});
        }
        return "/doors/" + percent_encode(*door) + "/renters/" +
               percent_encode(request.renter.email);
    }

    HttpReply ask(HttpRequest request) const {
        request.header("Authorization", "Bearer " + setting("api_key"));
        return http().send(request);
    }

    static Error error_of(const HttpReply& reply) {
        const Kind kind = kind_of_status(reply.status);
        return {kind, "the vendor answered " + std::to_string(reply.status),
                delay_ms(reply, kind, kDefaultDelayMs)};
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Template, "template", "1.0.0")
