// Plugin and AccessPlugin: what a vendor's class derives from.
#pragma once

#include <string>
#include <utility>

#include "gatehouse/sdk/access.hpp"
#include "gatehouse/sdk/http.hpp"

namespace gatehouse::sdk {

// One connection's instance. The host makes one call at a time into it, so members need no locks.
class Plugin {
  public:
    Plugin() = default;
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;
    virtual ~Plugin() = default;

    // Called once, when settings() are there. Throwing Error refuses the settings.
    virtual void start() {}

  protected:
    const Json& settings() const { return settings_; }

    // A setting as text; a reference for a secret one, which the host fills in on the way out. It
    // goes into URL, headers and body as it is: encoded, it is refused.
    std::string setting(const char* name, std::string otherwise = {}) const {
        return text_at(settings_, name, std::move(otherwise));
    }

    // For start(): throws Error(kInvalid), naming the setting, if it is absent or empty.
    void require_setting(const char* name) const {
        if (setting(name).empty()) {
            throw Error(std::string("the setting ") + name + " is missing", {{name, "is missing"}});
        }
    }

    // The connection's base_url just as the operator wrote it, for a plugin whose whole URL it is:
    // to some receivers a slash at the end is another address. Empty if there is none.
    const std::string& written_url() const { return written_url_; }

    // Where the vendor is, for paths to be added, so without a slash at the end: the connection's
    // base_url or `otherwise`.
    std::string base_url(const std::string& otherwise) const {
        std::string url = base_url_.empty() ? otherwise : base_url_;
        while (!url.empty() && url.back() == '/')
            url.pop_back();
        return url;
    }

    const std::string& business() const { return business_; }
    const std::string& connection() const { return connection_; }

    const Host& host() const { return host_; }

    // Only within a call, not in start() of a destructor.
    Http http() const { return Http(host_, call_); }

    // Milliseconds until the host gives the present call up.
    std::uint64_t remaining_ms() const {
        return call_ == nullptr ? 0 : host_.calls()->remaining_ms(call_);
    }

  private:
    friend struct Access;

    Host host_{nullptr};
    gatehouse_call* call_ = nullptr;
    Json settings_ = Json::object();
    std::string base_url_;
    std::string written_url_;
    std::string business_;
    std::string connection_;
};

// gatehouse.access/1. Override apply(), or leave it and override the finer four.
class AccessPlugin : public Plugin {
  public:
    // Brings the wished state about. A repeat must be harmless: look before creating.
    virtual AccessResult apply(const AccessRequest& request) {
        if (request.state == State::kEnded) return end(request);
        if (request.state == State::kSuspended) return marked(suspend(request));
        return unmarked(was_suspended(request) ? resume(request) : grant(request));
    }

    // A harmless look whether the vendor answers and the credentials hold; gives one line for
    // people. Throwing Error says that it does not.
    virtual std::string probe() { throw Error(Kind::kUnsupported, "this plugin has no probe"); }

  protected:
    virtual AccessResult grant(const AccessRequest&) { return unsupported("grant"); }
    virtual AccessResult suspend(const AccessRequest&) { return unsupported("suspend"); }
    virtual AccessResult resume(const AccessRequest& request) { return grant(request); }
    virtual AccessResult end(const AccessRequest&) { return unsupported("end"); }

  private:
    static constexpr const char* kSuspendedMark = "_suspended";

    static AccessResult unsupported(const char* what) {
        throw Error(Kind::kUnsupported, std::string("this plugin cannot ") + what);
    }
    static AccessResult marked(AccessResult result) {
        if (result.references.is_object()) result.references[kSuspendedMark] = true;
        return result;
    }
    static AccessResult unmarked(AccessResult result) {
        if (result.references.is_object()) result.references.erase(kSuspendedMark);
        return result;
    }
    static bool was_suspended(const AccessRequest& request) {
        return request.references.contains(kSuspendedMark);
    }
};

}  // namespace gatehouse::sdk
