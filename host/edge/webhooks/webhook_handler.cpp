#include "edge/webhooks/webhook_handler.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/random.hpp"
#include "dispatch/event_types.hpp"
#include "edge/webhooks/strike.hpp"

namespace gatehouse::edge {
namespace {

constexpr std::string_view kPathPrefix = "/v1/webhooks/";
constexpr std::string_view kWrongSignature = "the signature is missing or wrong";
constexpr int kRetryAfterS = 1;
constexpr std::size_t kRowBytes = 512;  // about what an event costs besides its body
constexpr int kHeldRetryAfterS = 30;    // a person must mend the configuration

// `text` is plain.
std::string message(std::string_view text) {
    std::string body = R"({"message":")";
    return body.append(text).append("\"}");
}

// A slash at the end is a slip of who typed the address.
std::string_view without_last_slash(std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

// prefix, business, slash, connection.
bool is_webhook_path(std::string_view path) {
    if (!path.starts_with(kPathPrefix)) return false;
    path = without_last_slash(path.substr(kPathPrefix.size()));
    const std::size_t slash = path.find('/');
    return slash != 0 && slash != std::string_view::npos && slash + 1 < path.size() &&
           path.find('/', slash + 1) == std::string_view::npos;
}

// The header's one value; empty if it is missing or doubled.
std::string_view value_of(const HttpRequest& request, std::string_view header) {
    const auto value = request.header(header);
    return value && *value ? **value : std::string_view();
}

verify::Delivery delivery_of(const HttpRequest& request, const verify::SignatureScheme& scheme) {
    if (scheme.scheme != verify::Scheme::kStandardWebhooks) {
        return {value_of(request, scheme.header), request.body};
    }
    const std::string_view id = value_of(request, "webhook-id");
    if (!id.empty()) {
        return {value_of(request, "webhook-signature"), request.body, id,
                value_of(request, "webhook-timestamp")};
    }
    return {value_of(request, "svix-signature"), request.body, value_of(request, "svix-id"),
            value_of(request, "svix-timestamp")};
}

// Of bytes that are not kept not even a plain hash may be: PINs are few enough to try them all.
std::string id_of_unusable(const WebhookContent& content, const verify::Delivery& delivery,
                           const Secret& key) {
    return id_of_bytes(content.kept.empty() ? key.reveal() + std::string(delivery.body)
                                            : content.kept);
}

store::NewEvent event_of(const verify::Delivery& delivery, const WebhookContent& content,
                         const Secret& id_key, UnixMs now_ms) {
    store::NewEvent event;
    event.received_ms = now_ms;
    const Result<Envelope>& envelope = content.envelope;
    if (!envelope) {
        event.state = store::EventState::kInvalid;
        event.sender_id = id_of_unusable(content, delivery, id_key);
        event.steps.push_back({now_ms, observe::StepKind::kDead,
                               "signed, but not usable: " + envelope.error().message});
        return event;
    }
    event.type = envelope->type;
    event.sender_id = envelope->id;
    if (event.sender_id.empty() && is_usable_id(delivery.id)) event.sender_id = delivery.id;
    if (event.sender_id.empty()) event.sender_id = id_of_bytes(content.kept);
    return event;
}

dispatch::NewTask task_of(const store::NewEvent& event, dispatch::TaskKind kind) {
    return {event.business, kind, "", event.received_ms, 0};
}

void ask_for_inbound(store::NewEvent& event) {
    dispatch::NewTask task = task_of(event, dispatch::TaskKind::kInbound);
    task.key = dispatch::inbound_key(event.source, event.sender_id);
    task.priority = dispatch::Priority::kNormal;
    event.tasks.push_back(std::move(task));
}

// An event that neither leads to a look nor is told to anybody asks for nothing.
void ask_for_work(store::NewEvent& event, const notify::RoutedTypes& routed) {
    if (dispatch::asks_for_a_look(event.type)) {
        dispatch::NewTask task = task_of(event, dispatch::TaskKind::kResolve);
        task.priority = dispatch::priority_of(event.type);
        event.tasks.push_back(std::move(task));
    }
    if (routed.contain(event.type)) {
        dispatch::NewTask task = task_of(event, dispatch::TaskKind::kRoute);
        task.priority = dispatch::Priority::kNormal;
        event.tasks.push_back(std::move(task));
    }
    if (event.tasks.empty()) event.state = store::EventState::kIgnored;
}

}  // namespace

WebhookHandler::WebhookHandler(const config::Config& config, std::vector<VendorSource> vendors,
                               store::Store& store, const Clock& clock, observe::Metrics& metrics,
                               std::function<void()> on_quota, Secret id_key)
    : store_(store),
      clock_(clock),
      quota_news_(std::move(on_quota)),
      id_key_(id_key.empty() ? Secret(SystemRandom().bytes(32)) : std::move(id_key)),
      stored_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                              {{"answer", "stored"}})),
      duplicates_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                                  {{"answer", "duplicate"}})),
      refused_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                               {{"answer", "refused"}})),
      not_stored_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                                  {{"answer", "not_stored"}})),
      held_back_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                                 {{"answer", "held_back"}})),
      over_quota_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                                  {{"answer", "over_quota"}})) {
    const auto add = [this](Endpoint endpoint) {
        const VendorSource& source = endpoint.source;
        std::string path = std::string(kPathPrefix) + source.business + "/" + source.connection;
        most_secrets_ = std::max(most_secrets_, source.secrets.size());
        if (source.scheme.scheme != verify::Scheme::kStandardWebhooks) {
            signature_headers_.push_back(source.scheme.header);
        }
        endpoints_.emplace(std::move(path), std::move(endpoint));
    };
    signature_headers_ = {"sg-signature", "webhook-signature", "svix-signature", "authorization"};
    for (const auto& [name, business] : config.businesses) {
        VendorSource source{name, "storeganise", verify::storeganise_scheme(), "",
                            business.storeganise.webhook_secrets};
        quotas_[name] = std::make_unique<Quota>(business.quota);
        add({std::move(source), quotas_[name].get(), true, notify::RoutedTypes(business.notify)});
    }
    for (VendorSource& vendor : vendors) {
        auto& quota = quotas_[vendor.business];
        if (!quota) quota = std::make_unique<Quota>(config::Quota{});
        add({std::move(vendor), quota.get(), false, notify::RoutedTypes({})});
    }
    for (const auto& [name, refused] : config.refused)
        held_.insert(name);
    decoy_.source.scheme = verify::storeganise_scheme();
    std::sort(signature_headers_.begin(), signature_headers_.end());
    signature_headers_.erase(std::unique(signature_headers_.begin(), signature_headers_.end()),
                             signature_headers_.end());
}

bool WebhookHandler::shows_signature(const HttpRequest& request) const {
    return std::any_of(signature_headers_.begin(), signature_headers_.end(),
                       [&](const std::string& name) {
                           const auto value = request.header(name);
                           return value && *value && !(*value)->empty();
                       });
}

// The same questions for every path of the right shape: an answer tells nothing of who is here.
std::optional<HttpResponse> WebhookHandler::unwelcome(const HttpRequest& request) const {
    if (!is_webhook_path(request.path)) return HttpResponse{404, message("not found")};
    if (request.method != "POST") return HttpResponse{405, message("only POST is taken here")};
    const std::string_view coding = value_of(request, "content-encoding");
    if (!coding.empty() && coding != "identity") {
        return HttpResponse{415, message("no content encoding is understood")};
    }
    // How a held business's vendors sign is not known; their webhooks must come again.
    if (!is_held(request.path) && !shows_signature(request)) {
        return HttpResponse{401, message(kWrongSignature)};
    }
    return std::nullopt;
}

std::optional<HttpResponse> WebhookHandler::refuse_head(const HttpRequest& request) noexcept {
    auto refused = unwelcome(request);
    if (refused) refused_.add();
    return refused;
}

bool WebhookHandler::is_held(std::string_view path) const {
    if (held_.empty()) return false;
    path.remove_prefix(kPathPrefix.size());
    return held_.contains(path.substr(0, path.find('/')));
}

void WebhookHandler::handle(const HttpRequest& request, Responder responder) noexcept {
    if (auto refused = refuse_head(request)) return responder.send(std::move(*refused));
    if (is_held(request.path)) {
        held_back_.add();
        return responder.send(HttpResponse{503, message("not taken in now, come again"),
                                           "application/json", kHeldRetryAfterS});
    }
    const auto found = endpoints_.find(without_last_slash(request.path));
    const Endpoint& endpoint = found != endpoints_.end() ? found->second : decoy_;
    const verify::Delivery delivery = delivery_of(request, endpoint.source.scheme);
    Result<std::string> verified_by = verify::verify(
        endpoint.source.scheme, delivery, endpoint.source.secrets, clock_.now_ms(), most_secrets_);
    if (!verified_by) {
        refused_.add();
        return responder.send(HttpResponse{401, message(verified_by.error().message)});
    }
    take_in(endpoint, delivery, std::move(*verified_by), std::move(responder));
}

void WebhookHandler::refuse_quota(const Endpoint& endpoint, Responder& responder,
                                  std::int64_t wait_ms) {
    constexpr std::int64_t kLongestS = 3600;
    over_quota_.add();
    quota_news_.note_refusal(endpoint.source.business, clock_.steady_ns());
    responder.send(HttpResponse{429, message("too many webhooks, come again"), "application/json",
                                static_cast<int>(std::min((wait_ms + 999) / 1000, kLongestS)),
                                true});
}

void WebhookHandler::take_in(const Endpoint& endpoint, const verify::Delivery& delivery,
                             std::string verified_by, Responder responder) {
    const VendorSource& source = endpoint.source;
    if (const auto wait_ms = endpoint.quota->take_event(clock_.steady_ns())) {
        return refuse_quota(endpoint, responder, *wait_ms);
    }
    WebhookContent content =
        endpoint.is_storeganise
            ? WebhookContent{std::string(delivery.body), read_storeganise_envelope(delivery.body)}
            : read_vendor_webhook(delivery.body, source.event_id, source.struck);
    const Result<Envelope>& envelope = content.envelope;
    store::NewEvent event = event_of(delivery, content, id_key_, clock_.now_ms());
    event.body = std::move(content.kept);
    event.business = source.business;
    event.source = source.connection;
    event.verified_by = std::move(verified_by);
    if (envelope && endpoint.is_storeganise) ask_for_work(event, endpoint.routed);
    if (envelope && !endpoint.is_storeganise) ask_for_inbound(event);
    const std::size_t kept = store::kept_body(event).size() + kRowBytes;
    if (const auto wait_ms = endpoint.quota->take_bytes(kept, clock_.steady_ns())) {
        return refuse_quota(endpoint, responder, *wait_ms);
    }
    HttpResponse response =
        envelope ? HttpResponse{200, message("ok " + envelope->type)}
                 : HttpResponse{400, message("the body is not a JSON event with a type")};
    response.is_from_known_sender = true;
    // std::function wants a copyable callable; the responder is the one shared owner inside it.
    auto waiting = std::make_shared<Responder>(std::move(responder));
    Quota* quota = endpoint.quota;
    store_.append(std::move(event), [this, quota, kept, waiting, response = std::move(response)](
                                        const Result<store::Appended>& appended) {
        if (!appended || appended->is_duplicate) quota->give_back(kept);
        if (!appended) {
            not_stored_.add();
            waiting->send(HttpResponse{503, message("not stored, come again"), "application/json",
                                       kRetryAfterS, true});
            return;
        }
        (appended->is_duplicate ? duplicates_ : stored_).add();
        waiting->send(response);
    });
}

}  // namespace gatehouse::edge
