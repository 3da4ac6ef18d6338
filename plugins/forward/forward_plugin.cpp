// Events to any HTTPS address, signed as Standard Webhooks says. The host signs: this process never
// holds the key (docs/decisions/forward-signing.md).
#include <cstdint>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/notify.hpp"

namespace {

using namespace gatehouse::sdk;

constexpr std::uint64_t kDefaultDelayMs = 5'000;
constexpr int kGone = 410;

class Forward final : public gatehouse::Plugin, public NotifyFeature {
    void start() override {
        if (written_url().empty()) {
            throw Error("the connection needs a base_url: where events go",
                        {{"base_url", "is missing"}});
        }
    }

    Json notify(const Json& request) override {
        const Notification notification = notification_from(request);
        HttpRequest post{.method = "POST", .url = written_url()};
        post.json({{"type", notification.event_type},
                   {"timestamp", notification.created_at},
                   {"data",
                    {{"event_id", notification.event_id},
                     {"business", notification.business},
                     {"event", notification.data},
                     {"facts", notification.facts},
                     {"message", notification.message}}}});
        post.header("webhook-id", notification.id)
            .header("webhook-timestamp", std::to_string(host().now_ms() / 1'000))
            .header("webhook-signature", signatures());
        const HttpReply reply = http().send(post);
        if (!reply.is_ok()) throw failure(reply);
        return notified("the receiver answered " + std::to_string(reply.status));
    }

    std::string signatures() const {
        std::string all = "{{standard-webhooks:signing_secret}}";
        if (!setting("previous_signing_secret").empty()) {
            all += " {{standard-webhooks:previous_signing_secret}}";
        }
        return all;
    }

    // A receiver's mistakes are mended by its owner: everything but "gone" is tried again.
    static Error failure(const HttpReply& reply) {
        const std::string said = "the receiver answered " + std::to_string(reply.status);
        if (reply.status == kGone) return {Kind::kInvalid, said + ": it wants no more events"};
        if (reply.status == 429) {
            return {Kind::kRateLimited, said, retry_after_ms(reply, kDefaultDelayMs)};
        }
        return {Kind::kUnavailable, said, retry_after_ms(reply, 0)};
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Forward, "forward", "1.0.0")
