#include "dispatch/notify_task.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "dispatch/event_site.hpp"
#include "dispatch/route_task.hpp"
#include "notify/facts.hpp"
#include "notify/message.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;
using observe::StepKind;

constexpr std::size_t kMaxDocumentBytes = 900'000;  // the ABI takes 1 MiB
constexpr std::size_t kIdDigits = 32;

// The event as messages see it: {"id", "type", "created", "data"}.
Result<json> event_of(const Task& task) {
    const Result<json> body = parse_json(task.event_body);
    if (!body) return tl::unexpected(body.error());
    const json* data = member(*body, "data");
    return json{{"id", shorten(string_member(*body, "id").value_or(""), 200)},
                {"type", task.event_type},
                {"created", shorten(string_member(*body, "created").value_or(""), 40)},
                {"data", data == nullptr ? json::object() : notify::without_pins(*data)}};
}

json event_of(const notify::News& alert, const std::string& id) {
    return {{"id", id},
            {"type", alert.type()},
            {"created", format_utc(alert.at_ms)},
            {"data",
             {{"subject", alert.subject},
              {"text", alert.text},
              {"unitRentalId", alert.rental_id},
              {"unitId", alert.unit_id}}}};
}

// The same for every attempt, after a restart, for the same event in a restored database, whose row
// ids are given anew, and wherever the route stands among the others; another for every other
// event, connection and text.
std::string id_of(const Task& task, const notify::Told& told, const config::Notify& route) {
    std::string whole = task.business + '\n';
    if (told.alert) {
        whole += task.key;
    } else {
        whole += task.event_source + '\n' + task.event_sender_id + '\n' +
                 (told.what.empty() ? notify::what_of(route) : told.what);
    }
    return "gh_" + to_hex(sha256(whole)).substr(0, kIdDigits);
}

void note_gaps(const notify::Message& message, observe::StepLog& steps) {
    std::string names;
    for (const std::string& name : message.missing)
        names += (names.empty() ? "" : ", ") + name;
    if (!names.empty()) steps.add(StepKind::kNote, "the message leaves out: " + names);
    if (message.is_cut) steps.add(StepKind::kNote, "the message was too long and is cut");
}

Outcome pass_over(observe::StepLog& steps, const std::string& why) {
    steps.add(StepKind::kNote, why);
    return {};
}

}  // namespace

struct Notifier::Message {
    std::string id;
    const config::Notify& route;
    json event;
    json facts;  // as read, without PINs
};

Outcome Notifier::run(const Task& task, observe::StepLog& steps) {
    const auto parts = businesses_.find(task.business);
    if (parts == businesses_.end()) return {};
    const std::optional<notify::Told> told = notify::told_from(task.key);
    if (!told) return {fail(ErrorKind::kInvalid, "the task names no route")};
    const std::string_view type = told->alert ? told->alert->type() : task.event_type;
    const config::Notify* route = notify::route_of(*told, parts->second.config->notify, type);
    if (route == nullptr) return pass_over(steps, "the configuration has no such route any more");

    const auto place = route - parts->second.config->notify.data();
    const std::string rate_key = task.business + '/' + std::to_string(place);
    const auto too_soon = [](std::int64_t wait_ms) {
        return Outcome{fail(ErrorKind::kRateLimited, "the route's rate is reached", wait_ms)};
    };
    if (const auto wait = rates_.wait_ms(rate_key, route->rate, clock_.now_ms()); wait > 0) {
        return too_soon(wait);
    }
    const std::string id = id_of(task, *told, *route);
    Result<json> event = told->alert ? Result<json>(event_of(*told->alert, id)) : event_of(task);
    if (!event) return {tl::unexpected(event.error())};

    EventObjects objects(*parts->second.client, event->at("data"), &steps);
    objects.set_patient(task.attempt <= kPatientAttempts);
    if (told->alert) {
        const Result<bool> is_meant = is_of_sites(route->sites, objects);
        if (!is_meant) return {tl::unexpected(is_meant.error())};
        if (!*is_meant) return pass_over(steps, "the route is for other sites");
    }
    json facts = json::object();
    for (const std::string& name : route->fetch) {
        Result<json> object = objects.get(name);
        if (!object) return {tl::unexpected(object.error())};
        if (!object->is_null()) facts[name] = notify::without_pins(std::move(*object));
    }
    if (const auto wait = rates_.take(rate_key, route->rate, clock_.now_ms()); wait > 0) {
        return too_soon(wait);
    }
    return {tell(task, *told, {id, *route, std::move(*event), std::move(facts)}, steps)};
}

Result<void> Notifier::tell(const Task& task, const notify::Told& told, const Message& message,
                            observe::StepLog& steps) {
    json data = message.facts;
    data["event"] = message.event;
    data["business"] = task.business;
    const json* renter = member(message.facts, "renter");
    const std::string language =
        renter == nullptr ? "" : string_member(*renter, "language").value_or("");
    const Result<notify::Message> filled =
        notify::fill(message.route.message.value, notify::localised(std::move(data), language));
    if (!filled) return tl::unexpected(filled.error());
    note_gaps(*filled, steps);

    json event = message.event;
    event["created_at"] = event["created"];
    event.erase("created");
    const std::string document = dump_json({{"schema", 1},
                                            {"id", message.id},
                                            {"event", std::move(event)},
                                            {"business", task.business},
                                            {"facts", message.facts},
                                            {"message", filled->content}});
    if (document.size() > kMaxDocumentBytes) {
        return fail(ErrorKind::kInvalid, "the event and its facts are too large to be passed on");
    }
    const Result<std::string> answer =
        plugins_.call({task.business, told.connection, "notify.send", document, &steps});
    if (!answer) return tl::unexpected(answer.error());
    const Result<json> result = parse_json(*answer);
    const std::string detail = result ? string_member(*result, "detail").value_or("") : "";
    steps.add(StepKind::kAnswered,
              "told " + told.connection + (detail.empty() ? "" : ": " + shorten(detail, 200)));
    return {};
}

}  // namespace gatehouse::dispatch
