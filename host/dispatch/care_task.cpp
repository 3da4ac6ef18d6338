#include "dispatch/care_task.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "dispatch/vendor_alerts.hpp"
#include "inbound/rental_tie.hpp"
#include "inbound/vendor_events.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;
using observe::StepKind;

constexpr int kRecordPage = 500;
constexpr std::size_t kMaxTargets = 10'000;
// Of one run; below a lease's time together, however slow the vendor is.
constexpr int kMaxPages = 100;
constexpr std::int64_t kMaxCatchUpNs = 120'000'000'000;
constexpr std::size_t kMaxDetailBytes = 300;

bool offers(const plugins::Manifest& manifest, std::string_view feature) {
    return std::find(manifest.features.begin(), manifest.features.end(), feature) !=
           manifest.features.end();
}

// One run for one connection. Each part goes on whatever became of the one before it.
class Care {
  public:
    Care(plugins::PluginHost& plugins, const Clock& clock, const Task& task,
         observe::StepLog& steps)
        : plugins_(plugins), clock_(clock), task_(task), steps_(steps) {}

    void probe() {
        const auto answer = call("access.probe", {{"schema", 1}});
        if (!answer) note_failure(answer.error(), "does the vendor answer");
    }

    void subscribe(const std::string& url, const std::vector<std::string>& targets) {
        const auto answer =
            call("events.subscribe", {{"schema", 1}, {"url", url}, {"targets", targets}});
        const auto document = answer ? parse_json(*answer) : tl::unexpected(answer.error());
        if (!document) return note_failure(document.error(), "is the webhook registered");
        const std::string state = string_member(*document, "state").value_or("");
        const std::string detail =
            shorten(string_member(*document, "detail").value_or(""), kMaxDetailBytes);
        if (state == "repaired") {
            alert("the vendor had switched the webhook off; it is on again: " + detail);
        } else if (state == "disabled") {
            alert("the vendor sends no events: " + detail);
        }
    }

    void catch_up(access::RentalLookups& lookups) {
        const UnixMs now_ms = clock_.now_ms();
        const UnixMs last_ms = task_.first_due_ms == 0 ? now_ms : task_.first_due_ms;
        const std::string since =
            format_utc(std::max(std::min(last_ms, now_ms) - kCareOverlapMs, now_ms - kCareReachMs));
        const std::int64_t end_ns = clock_.steady_ns() + kMaxCatchUpNs;
        std::string cursor;
        for (int page = 0; page < kMaxPages && clock_.steady_ns() < end_ns; ++page) {
            const auto answer =
                call("events.catch_up", {{"schema", 1},
                                         {"since", since},
                                         {"cursor", cursor.empty() ? json() : json(cursor)}});
            auto events = answer ? inbound::read_vendor_events(*answer, task_.business, task_.key,
                                                               clock_.now_ms())
                                 : tl::unexpected(answer.error());
            if (!events) return note_failure(events.error(), "which events were missed");
            if (Result<void> kept = keep(lookups, std::move(events->events)); !kept) {
                return note_failure(kept.error(), "whose events they are");
            }
            cursor = events->next_cursor;
            if (cursor.empty()) return;
        }
        // Asking again from the beginning would come no further.
        steps_.add(StepKind::kNote, "more events since " + since + " than one run reads: " +
                                        std::to_string(outcome_.access_events.size()) +
                                        " were read, the others are left out");
    }

    Outcome finish(std::int64_t care_ms) {
        outcome_.never_dies = true;
        if (!alerts_.empty()) {
            for (const std::string& text : alerts_)
                steps_.add(StepKind::kNote, text);
            outcome_.alert_changes.push_back({connection_subject(task_.key), true,
                                              "connection " + task_.key + ": " + alerts_.front(),
                                              "", ""});
        } else if (outcome_.status) {
            outcome_.alert_changes.push_back({connection_subject(task_.key), false, "", "", ""});
        }
        if (outcome_.status) outcome_.again_ms = clock_.now_ms() + care_ms;
        return std::move(outcome_);
    }

  private:
    // Requests of care are no steps: a hundred runs a day would bury what is worth reading.
    Result<std::string> call(const std::string& function, const json& document) {
        return plugins_.call({task_.business, task_.key, function, dump_json(document), nullptr});
    }

    void alert(std::string text) { alerts_.push_back(std::move(text)); }

    void note_failure(const Error& error, const std::string& question) {
        if (error.kind == ErrorKind::kUnsupported) return;
        if (error.kind == ErrorKind::kAuth || error.kind == ErrorKind::kForbidden ||
            error.kind == ErrorKind::kInvalid) {
            alert(error.message);
        } else {
            steps_.add(StepKind::kNote, question + "? " + error.message);
        }
        if (outcome_.status) outcome_.status = tl::unexpected(error);
    }

    Result<void> keep(access::RentalLookups& lookups, std::vector<inbound::VendorEvent> events) {
        for (inbound::VendorEvent& event : events) {
            if (Result<void> tied = inbound::tie_to_rental(lookups, event); !tied) return tied;
            // Whether the webhook is on is known from the look at it, not from its history.
            if (event.event.kind != "webhook_disabled") {
                for (AlertChange& change : alerts_of({event.event})) {
                    outcome_.alert_changes.push_back(std::move(change));
                }
            }
            outcome_.access_events.push_back(std::move(event.event));
        }
        return {};
    }

    plugins::PluginHost& plugins_;
    const Clock& clock_;
    const Task& task_;
    observe::StepLog& steps_;
    Outcome outcome_;
    std::vector<std::string> alerts_;
};

// What the connection's grants name, for vendors that register each door.
Result<std::vector<std::string>> targets_of(access::RentalRecords& records,
                                            const std::string& business,
                                            const std::string& connection) {
    std::set<std::string> targets;
    std::string after;
    while (targets.size() < kMaxTargets) {
        const auto page = records.rentals(business, after, kRecordPage);
        if (!page) return tl::unexpected(page.error());
        for (const access::RentalRecord& record : *page) {
            if (record.connection == connection && !record.grant_json.empty()) {
                targets.insert(record.targets.begin(), record.targets.end());
            }
        }
        if (page->size() < kRecordPage) break;
        after = page->back().rental_id;
    }
    std::vector<std::string> listed(targets.begin(), targets.end());
    if (listed.size() > kMaxTargets) listed.resize(kMaxTargets);
    return listed;
}

}  // namespace

std::vector<NewTask> care_tasks(const config::Config& config, UnixMs now_ms) {
    std::vector<NewTask> tasks;
    for (const auto& [name, business] : config.businesses) {
        NewTask account{name, TaskKind::kCare, kAccountCareKey, now_ms, 0, Priority::kNormal};
        account.only_if_absent = true;
        account.pushes_back = true;
        tasks.push_back(std::move(account));
        for (const auto& [key, connection] : business.connections) {
            NewTask task{name, TaskKind::kCare, key, now_ms, 0, Priority::kNormal};
            task.only_if_absent = true;
            task.pushes_back = true;
            tasks.push_back(std::move(task));
        }
    }
    const auto count = static_cast<std::int64_t>(std::max<std::size_t>(tasks.size(), 1));
    const std::int64_t apart_ms = std::min(config.dispatch.care_ms / count, kCareApartMs);
    for (NewTask& task : tasks) {
        task.due_ms += (&task - tasks.data()) * apart_ms;
    }
    return tasks;
}

Outcome Carer::run(const Task& task, observe::StepLog& steps) {
    const auto parts = businesses_.find(task.business);
    if (parts == businesses_.end()) return {};
    if (task.key == kAccountCareKey) {
        return account_.run(task, parts->second, config_.dispatch.care_ms, steps);
    }
    const auto connection = parts->second.config->connections.find(task.key);
    if (connection == parts->second.config->connections.end()) return {};
    const plugins::Manifest* manifest = plugins_.manifest(connection->second.plugin);
    if (manifest == nullptr) return {};
    Care care(plugins_, clock_, task, steps);
    if (offers(*manifest, "gatehouse.access/1")) care.probe();
    if (offers(*manifest, "gatehouse.events/1")) {
        const bool has_secret = !connection->second.webhook_secrets.empty();
        if (!config_.listen.public_url.empty() && has_secret) {
            const auto targets = targets_of(records_, task.business, task.key);
            if (!targets) {
                Outcome outcome{tl::unexpected(targets.error())};
                outcome.never_dies = true;
                return outcome;
            }
            care.subscribe(
                config_.listen.public_url + "/v1/webhooks/" + task.business + "/" + task.key,
                *targets);
        }
        care.catch_up(lookups_);
    }
    return care.finish(config_.dispatch.care_ms);
}

}  // namespace gatehouse::dispatch
