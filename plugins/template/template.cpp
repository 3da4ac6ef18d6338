// The template: a plugin for a vendor that does not exist, small enough to be copied whole. Its
// vendor has one resource: PUT, GET and DELETE /doors/{door}/renters/{email}.
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

    AccessResult end(const AccessRequest& request) override {
        for (const std::string& target : request.targets) {
            const HttpReply reply = ask({.method = "DELETE", .url = url_of(target, request)});
            // Already gone is done.
            if (!reply.is_ok() && reply.status != 404) throw error_of(reply);
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
        for (const Json& door : reply.json()) {
            page.targets.push_back({"door:" + text_at(door, "id"), text_at(door, "name"), "door"});
        }
        return page;
    }

    // PUT gives the same end whether or not it was there before, so a repeat is harmless.
    AccessResult put_all(const AccessRequest& request, bool is_open, std::string detail) {
        AccessResult result;
        result.state = request.state;
        result.detail = std::move(detail);
        for (const std::string& target : request.targets) {
            HttpRequest put{.method = "PUT", .url = url_of(target, request)};
            put.json({{"open", is_open},
                      {"from", request.from ? Json(*request.from) : Json()},
                      {"until", request.until ? Json(*request.until) : Json()}});
            const HttpReply reply = ask(std::move(put));
            if (!reply.is_ok()) throw error_of(reply);
            result.targets.push_back({target, text_at(reply.json(), "name"), request.state});
        }
        return result;
    }

    std::string root() const { return base_url("https://api.vendor.example"); }

    std::string url_of(const std::string& target, const AccessRequest& request) const {
        const auto door = target_id(target, "door");
        if (!door) throw Error("not a door: " + target, {{"targets", "must be door:<id>"}});
        if (request.renter.email.empty()) {
            throw Error("the renter has no e-mail address", {{"renter.email", "is empty"}});
        }
        return root() + "/doors/" + percent_encode(*door) + "/renters/" +
               percent_encode(request.renter.email);
    }

    HttpReply ask(HttpRequest request) const {
        request.header("Authorization", "Bearer " + setting("api_key"));
        return http().send(request);
    }

    static Error error_of(const HttpReply& reply) {
        const Kind kind = kind_of_status(reply.status);
        return {kind, "the vendor answered " + std::to_string(reply.status),
                kind == Kind::kRateLimited ? retry_after_ms(reply, kDefaultDelayMs) : 0};
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Template, "template", "1.0.0")
