#include "edge/webhooks/webhook_handler.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "dispatch/event_types.hpp"

namespace gatehouse::edge {
namespace {

constexpr std::string_view kPathPrefix = "/v1/webhooks/";
constexpr std::size_t kMaxTypeBytes = 128;
constexpr int kRetryAfterS = 1;

struct Envelope {
    std::string id;  // empty if the sender gave none
    std::string type;
};

// Whether the text may be stored and shown as it is, also between quotes: ids and types are words
// of ASCII.
bool is_plain(std::string_view text, std::size_t max_bytes) {
    return text.size() <= max_bytes && std::all_of(text.begin(), text.end(), [](char c) {
               return c >= ' ' && c <= '~' && c != '"' && c != '\\';
           });
}

Result<Envelope> read_envelope(std::string_view body) {
    const Result<nlohmann::json> event = parse_json(body);
    if (!event) {
        return tl::unexpected(event.error());
    }
    std::string type = string_member(*event, "type").value_or("");
    if (type.empty() || !is_plain(type, kMaxTypeBytes)) {
        return fail(ErrorKind::kInvalid, "the event has no usable type");
    }
    std::string id = string_member(*event, "id").value_or("");
    return Envelope{std::move(id), std::move(type)};
}

// `text` is plain.
std::string message(std::string_view text) {
    std::string body = R"({"message":")";
    return body.append(text).append("\"}");
}

// An id of its own for a delivery without one: the same bytes are the same event.
std::string id_of_bytes(std::string_view body) {
    return "sha256:" + to_hex(sha256(body));
}

store::NewEvent event_of(const HttpRequest& request, const Result<Envelope>& envelope,
                         UnixMs now_ms) {
    store::NewEvent event;
    event.body = std::string(request.body);
    event.received_ms = now_ms;
    if (!envelope) {
        event.state = store::EventState::kInvalid;
        event.sender_id = id_of_bytes(request.body);
        event.steps.push_back({now_ms, observe::StepKind::kDead,
                               "signed, but not usable: " + envelope.error().message});
        return event;
    }
    event.type = envelope->type;
    const bool has_usable_id = !envelope->id.empty() && is_plain(envelope->id, kMaxSenderIdBytes);
    event.sender_id = has_usable_id ? envelope->id : id_of_bytes(request.body);
    event.state = dispatch::asks_for_a_look(event.type) ? store::EventState::kOpen
                                                        : store::EventState::kIgnored;
    return event;
}

}  // namespace

WebhookHandler::WebhookHandler(const config::Config& config, store::Store& store,
                               const Clock& clock, observe::Metrics& metrics)
    : store_(store),
      clock_(clock),
      stored_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                              {{"answer", "stored"}})),
      duplicates_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                                  {{"answer", "duplicate"}})),
      refused_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                               {{"answer", "refused"}})),
      not_stored_(metrics.counter("gatehouse_edge_webhooks_total", "Webhooks by answer",
                                  {{"answer", "not_stored"}})) {
    for (const auto& [name, business] : config.businesses) {
        endpoints_[std::string(kPathPrefix) + name + "/storeganise"] =
            Endpoint{name, "storeganise", verify::storeganise_scheme(),
                     &business.storeganise.webhook_secrets};
    }
    decoy_secrets_.push_back({Secret(SystemRandom().bytes(32)), "decoy"});
    decoy_ = Endpoint{"", "", verify::storeganise_scheme(), &decoy_secrets_};
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
    const auto signature = request.header(endpoint.scheme.header);
    const std::string_view value = signature && *signature ? **signature : std::string_view();
    std::optional<std::string> verified_by =
        verify::verify(endpoint.scheme, value, request.body, *endpoint.secrets);
    if (!is_known) {
        return refuse(responder, 404, "not found");
    }
    if (!verified_by) {
        return refuse(responder, 401, "the signature is missing or wrong");
    }
    take_in(request, endpoint, std::move(*verified_by), std::move(responder));
}

void WebhookHandler::take_in(const HttpRequest& request, const Endpoint& endpoint,
                             std::string verified_by, Responder responder) {
    const Result<Envelope> envelope = read_envelope(request.body);
    store::NewEvent event = event_of(request, envelope, clock_.now_ms());
    event.business = endpoint.business;
    event.source = endpoint.source;
    event.verified_by = std::move(verified_by);
    if (event.state == store::EventState::kOpen) {
        event.tasks.push_back(dispatch::NewTask{event.business, dispatch::TaskKind::kResolve, "",
                                                event.received_ms, 0});
    }
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
