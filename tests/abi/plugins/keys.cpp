// A plugin made with the frozen SDK of 1.0 that sends its secret as its request says, and tells
// whatever the vendor answers. The act stands in the request's first reason.
#include <cstdio>

#include "gatehouse/plugin.hpp"

namespace {

using namespace gatehouse::sdk;

constexpr const char* kUrl = "https://vendor.example/x";

HttpRequest post(const char* type, std::string body) {
    HttpRequest request{.method = "POST", .url = kUrl};
    request.header("Content-Type", type);
    request.body = std::move(body);
    return request;
}

class Keys final : public gatehouse::AccessPlugin {
    AccessResult apply(const AccessRequest& request) override {
        const std::string act = request.reasons.empty() ? "" : request.reasons.front();
        AccessResult result;
        result.state = request.state;
        if (act == "keep") {
            result.references["auth"] = setting("key");
            return result;
        }
        const HttpReply reply = http().send(request_for(act));
        host().log(LogLevel::kWarn, "the vendor said " + reply.body);
        if (act.starts_with("fail")) throw Error(Kind::kInvalid, reply.body);
        std::printf("printed: %s\n", reply.body.c_str());
        std::fflush(stdout);
        result.detail = reply.body;
        result.references["said"] = reply.body;
        return result;
    }

    HttpRequest request_for(const std::string& act) const {
        const std::string key = setting("key");
        HttpRequest request{.url = kUrl};
        if (act == "header") return request.header("X-Any", "a " + key + " b");
        if (act == "basic")
            return request.header("Authorization", "Basic {{base64:me:" + key + "}}");
        if (act == "bare") return request.header("Authorization", "Bearer {{secret:key}}");
        if (act == "url") request.url += "/" + key + "?key=" + key;
        if (act == "json") return request.json({{"key", key}});
        if (act == "form") return post("application/x-www-form-urlencoded", "a=b&key=" + key);
        if (act == "text") return post("text/plain", key);
        if (act == "encoded url") request.url += "?key=" + percent_encode(key);
        if (act == "encoded form") {
            return post("application/x-www-form-urlencoded", "key=" + percent_encode(key));
        }
        if (act == "bare body") return request.json({{"key", "{{secret:key}}"}});
        return request;
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Keys, "keys", "1.0.0")
