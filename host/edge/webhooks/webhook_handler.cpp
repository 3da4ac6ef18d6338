#include "edge/webhooks/webhook_handler.hpp"

#include <memory>
#include <utility>

#include "base/random.hpp"
#include "dispatch/event_types.hpp"
#include "edge/webhooks/strike.hpp"

namespace gatehouse::edge {
namespace {

constexpr std::string_view kPathPrefix = "/v1/webhooks/";
constexpr int kRetryAfterS = 1;

// `text` is plain.
std::string message(std::string_view text) {
    std::string body = R"({"message":")";
    return body.append(text).append("\"}");
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
                           const std::string& salt) {
    return id_of_bytes(content.kept.empty() ? salt + std::string(delivery.body) : content.kept);
}

store::NewEvent event_of(const verify::Delivery& delivery, const WebhookContent& content,
                         const std::string& salt, UnixMs now_ms) {
    store::NewEvent event;
    event.received_ms = now_ms;
    const Result<Envelope>& envelope = content.envelope;
    if (!envelope) {
        event.state = store::EventState::kInvalid;
        event.sender_id = id_of_unusable(content, delivery, salt);
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
                               store::Store& store, const Clock& clock, observe::Metrics& metrics)
    : store_(store),
      clock_(clock),
      salt_(SystemRandom().bytes(32)),
      stored_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                              {{"answer", "stored"}})),
      duplicates_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                                  {{"answer", "duplicate"}})),
      refused_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                               {{"answer", "refused"}})),
      not_stored_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                                  {{"answer", "not_stored"}})) {
    const auto add = [this](Endpoint endpoint) {
        const VendorSource& source = endpoint.source;
        std::string path = std::string(kPathPrefix) + source.business + "/" + source.connection;
        endpoints_.emplace(std::move(path), std::move(endpoint));
    };
    for (const auto& [name, business] : config.businesses) {
        VendorSource source{name, "storeganise", verify::storeganise_scheme(), "",
                            business.storeganise.webhook_secrets};
        add({std::move(source), true, notify::RoutedTypes(business.notify)});
    }
    for (VendorSource& vendor : vendors) {
        add({std::move(vendor), false, notify::RoutedTypes({})});
    }
    decoy_.source.scheme = verify::storeganise_scheme();
    decoy_.source.secrets.push_back({Secret(SystemRandom().bytes(32)), "decoy"});
}

void WebhookHandler::refuse(Responder& responder, int status, std::string_view text) noexcept {
    refused_.add();
    responder.send(HttpResponse{status, message(text)});
}

void WebhookHandler::handle(const HttpRequest& request, Responder responder) noexcept {
    if (!request.path.starts_with(kPathPrefix)) {
        return refuse(responder, 404, "not found");
    }
    const auto found = endpoints_.find(request.path);
    const bool is_known = found != endpoints_.end();
    if (is_known && request.method != "POST") {
        return refuse(responder, 405, "only POST is taken here");
    }
    const Endpoint& endpoint = is_known ? found->second : decoy_;
    const verify::Delivery delivery = delivery_of(request, endpoint.source.scheme);
    Result<std::string> verified_by =
        verify::verify(endpoint.source.scheme, delivery, endpoint.source.secrets, clock_.now_ms());
    if (!is_known) {
        return refuse(responder, 404, "not found");
    }
    if (!verified_by) {
        return refuse(responder, 401, verified_by.error().message);
    }
    take_in(endpoint, delivery, std::move(*verified_by), std::move(responder));
}

void WebhookHandler::take_in(const Endpoint& endpoint, const verify::Delivery& delivery,
                             std::string verified_by, Responder responder) {
    const VendorSource& source = endpoint.source;
    WebhookContent content =
        endpoint.is_storeganise
            ? WebhookContent{std::string(delivery.body), read_storeganise_envelope(delivery.body)}
            : read_vendor_webhook(delivery.body, source.event_id, source.struck);
    const Result<Envelope>& envelope = content.envelope;
    store::NewEvent event = event_of(delivery, content, salt_, clock_.now_ms());
    event.body = std::move(content.kept);
    event.business = source.business;
    event.source = source.connection;
    event.verified_by = std::move(verified_by);
    if (envelope && endpoint.is_storeganise) ask_for_work(event, endpoint.routed);
    if (envelope && !endpoint.is_storeganise) ask_for_inbound(event);
    HttpResponse response =
        envelope ? HttpResponse{200, message("ok " + envelope->type)}
                 : HttpResponse{400, message("the body is not a JSON event with a type")};
    // std::function wants a copyable callable; the responder is the one shared owner inside it.
    auto waiting = std::make_shared<Responder>(std::move(responder));
    store_.append(std::move(event), [this, waiting, response = std::move(response)](
                                        const Result<store::Appended>& appended) {
        if (!appended) {
            not_stored_.add();
            waiting->send(HttpResponse{503, message("not stored, come again"), "application/json",
                                       kRetryAfterS});
            return;
        }
        (appended->is_duplicate ? duplicates_ : stored_).add();
        waiting->send(response);
    });
}

}  // namespace gatehouse::edge
