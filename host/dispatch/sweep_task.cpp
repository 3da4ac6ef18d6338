#include "dispatch/sweep_task.hpp"

#include <algorithm>
#include <utility>

#include "base/clock_watch.hpp"
#include "base/encoding.hpp"
#include "dispatch/account_alerts.hpp"
#include "dispatch/look_alerts.hpp"
#include "sweep/schedule.hpp"

namespace gatehouse::dispatch {
namespace {

using observe::StepKind;

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr int kStepsARun = 20;
constexpr std::int64_t kRunNs = 10'000'000'000;
constexpr std::size_t kMarksARun = 500;
constexpr std::int64_t kBusyPauseMs = 1'000;
constexpr std::int64_t kFullPauseMs = 15'000;
constexpr std::int64_t kAgainSoonMs = 600'000;
constexpr std::int64_t kAfterTroubleMs = 3'600'000;

// Each holds the hashes of a business's ids in memory.
constexpr int kMaxFullSweeps = 8;

// Failed runs in a row until people are told, and until a sweep that a person asked for gives up.
constexpr int kPatience = 3;

// More rows that cannot be read than this are one alert, not one each.
constexpr std::int64_t kMaxUnreadAlerts = 20;
constexpr int kMaxAlertsRead = 500;

// The first delta after a start, or after the clock was set, goes back to before the last full
// sweep, which is a day ago at most, two changes of the clocks included.
constexpr std::int64_t kFirstDeltaMs = 26LL * 3600 * 1000;

// How far this machine's clock and Storeganise's may be apart.
constexpr std::int64_t kClockSlackMs = 300'000;

std::string subject_of(const std::string& business, const SweepOrder& order) {
    return (order.is_full ? "sweep:" : "sweep-delta:") + business;
}

std::string joined(const std::vector<std::string>& lines) {
    constexpr std::size_t kMaxText = 500;
    std::string text;
    for (const std::string& line : lines) {
        text += (text.empty() ? "" : "; ") + line;
    }
    return shorten(text, kMaxText);
}

NewTask look_at(const std::string& business, const std::string& rental_id, bool needs_verify,
                UnixMs now_ms) {
    NewTask task;
    task.business = business;
    task.kind = TaskKind::kReconcile;
    task.key = rental_id;
    task.due_ms = now_ms;
    task.priority = Priority::kNormal;
    task.flags = static_cast<TaskFlags>(needs_verify ? kSwept | kVerify : kSwept);
    return task;
}

}  // namespace

std::optional<SweepOrder> sweep_order(std::string_view key) {
    const std::size_t colon = key.find(':');
    const std::string_view what = key.substr(0, colon);
    const std::string_view how =
        colon == std::string_view::npos ? std::string_view() : key.substr(colon + 1);
    SweepOrder order;
    order.is_full = what == "full";
    order.is_periodic = colon == std::string_view::npos;
    order.is_dry = how == "dry";
    order.is_trusted = how == "trust";
    const bool is_known = what == "full" || what == "delta";
    const bool is_possible =
        order.is_periodic || order.is_dry || how == "now" || (order.is_trusted && order.is_full);
    return is_known && is_possible ? std::optional(order) : std::nullopt;
}

std::vector<NewTask> first_sweeps(const config::Config& config, UnixMs now_ms) {
    std::vector<NewTask> tasks;
    for (const auto& [name, business] : config.businesses) {
        if (!business.sweep.is_enabled) continue;
        NewTask task;
        task.business = name;
        task.kind = TaskKind::kSweep;
        task.priority = Priority::kNormal;
        task.only_if_absent = true;
        task.key = "full";
        task.due_ms = sweep::next_full_ms(name, business.sweep.full, business.time_zone, now_ms);
        tasks.push_back(task);
        task.key = "delta";
        // Spread like the full ones.
        task.due_ms = now_ms + task.due_ms % business.sweep.delta_ms;
        tasks.push_back(std::move(task));
    }
    return tasks;
}

// One sweep of a business goes on at a time: requests to Storeganise go out in series.
class SweepTask::Turn {
  public:
    Turn(SweepTask& owner, const std::string& business) : owner_(owner) {
        const std::lock_guard lock(owner_.mutex_);
        Business& state = owner_.state_[business];
        if (!std::exchange(state.is_busy, true)) business_ = &state;
    }
    ~Turn() {
        const std::lock_guard lock(owner_.mutex_);
        if (business_ != nullptr) business_->is_busy = false;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    Business* business() const { return business_; }

  private:
    SweepTask& owner_;
    Business* business_ = nullptr;  // null: another sweep is at work
};

SweepTask::SweepTask(const Parts& parts) : parts_(parts) {}

Outcome SweepTask::run(const Task& task, observe::StepLog& steps) {
    const auto parts = parts_.businesses.find(task.business);
    if (parts == parts_.businesses.end()) return Outcome{};
    const auto order = sweep_order(task.key);
    if (!order) return Outcome{fail(ErrorKind::kInvalid, "no such sweep: " + task.key)};
    if (order->is_periodic && !parts->second.config->sweep.is_enabled) return Outcome{};

    Outcome later;
    const Turn turn(*this, task.business);
    if (turn.business() == nullptr) {
        later.again_ms = parts_.clock.now_ms() + kBusyPauseMs;
        return later;
    }
    Progress* progress = begin(task, *order, *turn.business(), parts->second);
    if (progress == nullptr) {
        later.again_ms = parts_.clock.now_ms() + kFullPauseMs;
        return later;
    }
    Outcome outcome = advance(task, *order, *turn.business(), *progress, steps);
    return outcome;
}

// By a clock that was ahead the last delta is still to come, or was asked for what was.
UnixMs SweepTask::delta_since_ms(const std::optional<Moment>& last) const {
    const UnixMs now_ms = parts_.clock.now_ms();
    if (!last) return now_ms - kFirstDeltaMs;
    const std::int64_t passed_ms = (parts_.clock.steady_ns() - last->at_ns) / kNsPerMs;
    const std::int64_t moved_ms = now_ms - last->at_ms - passed_ms;
    const bool was_set = moved_ms <= -kClockToleranceMs || moved_ms >= kClockToleranceMs;
    return was_set ? std::min(last->at_ms, now_ms - kFirstDeltaMs) : last->at_ms;
}

// Null if too many full sweeps are under way.
SweepTask::Progress* SweepTask::begin(const Task& task, const SweepOrder& order, Business& business,
                                      const BusinessParts& parts) {
    const auto known = business.progress.find(task.key);
    if (known != business.progress.end()) return &known->second;
    if (order.is_full) {
        const std::lock_guard lock(mutex_);
        if (full_sweeps_ >= kMaxFullSweeps) return nullptr;
        ++full_sweeps_;
    }
    const UnixMs now_ms = parts_.clock.now_ms();
    sweep::Plan plan;
    plan.is_full = order.is_full;
    plan.is_trusted = order.is_trusted;
    plan.since_ms = delta_since_ms(business.last_delta) - kClockSlackMs;
    Progress progress;
    progress.sweep = std::make_unique<sweep::Sweep>(
        sweep::Parts{*parts.config, *parts.client, parts_.plugins, parts_.records, parts_.lookups,
                     parts_.comparison, parts_.clock},
        plan);
    progress.report.business = task.business;
    progress.report.key = task.key;
    progress.report.state = "running";
    progress.report.began_ms = now_ms;
    progress.began_ns = parts_.clock.steady_ns();
    parts_.reports.put(progress.report);
    return &(business.progress[task.key] = std::move(progress));
}

Outcome SweepTask::advance(const Task& task, const SweepOrder& order, Business& business,
                           Progress& progress, observe::StepLog& steps) {
    sweep::Sweep& sweep = *progress.sweep;
    const std::int64_t end_ns = parts_.clock.steady_ns() + kRunNs;
    for (int step = 0; step < kStepsARun && !sweep.is_over(); ++step) {
        if (Result<void> done = sweep.step(); !done) {
            return fail_step(task, order, business, progress, std::move(done.error()), steps);
        }
        if (parts_.clock.steady_ns() > end_ns) break;
    }
    Outcome outcome;
    const bool has_handed_out = hand_out(task, order, progress, outcome);
    progress.report.error.clear();
    sweep::take_counts(progress.report, sweep.findings());
    if (sweep.is_over() && !has_handed_out) return finish(task, order, business, progress, steps);
    parts_.reports.put(progress.report);
    outcome.again_ms = parts_.clock.now_ms();
    return outcome;
}

// Makes looks of what was found, some at a time. False if nothing was left.
bool SweepTask::hand_out(const Task& task, const SweepOrder& order, Progress& progress,
                         Outcome& outcome) {
    const UnixMs now_ms = parts_.clock.now_ms();
    const auto note = [&](const sweep::Difference& difference) {
        if (progress.report.differences.size() < sweep::kMaxShown) {
            progress.report.differences.push_back(difference);
            progress.report.differences.back().strays.clear();
        }
        if (order.is_dry) return;
        for (const access::Stray& stray : difference.strays) {
            parts_.strays.put(task.business, difference.rental_id, stray);
        }
    };
    bool has_some = false;
    for (const sweep::Difference& difference : progress.sweep->findings().take(kMarksARun)) {
        has_some = true;
        note(difference);
        outcome.follow_ups.push_back(
            look_at(task.business, difference.rental_id, difference.needs_verify(), now_ms));
    }
    // One a run: a run can store one rental.
    for (sweep::Orphan& orphan : progress.sweep->findings().take_orphans(1)) {
        has_some = true;
        note(orphan.difference);
        outcome.follow_ups.push_back(
            look_at(task.business, orphan.difference.rental_id, true, now_ms));
        outcome.rental = std::make_shared<const access::RentalRecord>(std::move(orphan.record));
    }
    if (order.is_dry) {
        outcome.follow_ups.clear();
        outcome.rental.reset();
    }
    return has_some;
}

Outcome SweepTask::fail_step(const Task& task, const SweepOrder& order, Business& business,
                             Progress& progress, Error error, observe::StepLog& steps) {
    const bool is_lasting = task.attempt >= kPatience;
    // Each run is an attempt, whatever shut its way: after some of them somebody is told.
    error.is_postponed = false;
    const bool must_begin_anew =
        error.kind == ErrorKind::kConflict || error.kind == ErrorKind::kInternal;
    progress.report.error = shorten(error.message, 200);
    sweep::take_counts(progress.report, progress.sweep->findings());
    if (is_lasting && !order.is_periodic) progress.report.state = "failed";
    parts_.reports.put(progress.report);

    Outcome outcome;
    if (!progress.sweep->is_at_vendor()) note_refusal(error, outcome.alert_changes);
    if (is_lasting && !order.is_dry) {
        outcome.alert_changes.push_back(
            AlertChange{subject_of(task.business, order), true,
                        "the sweep does not get on: " + shorten(error.message, 300), "", ""});
    }
    // A sweep that stands still for long gives its memory back.
    if (must_begin_anew || is_lasting) forget(business, task.key);
    if (is_lasting && !order.is_periodic) {
        steps.add(StepKind::kNote, "given up: " + shorten(error.message, 300));
        return outcome;
    }
    outcome.status = tl::unexpected(std::move(error));
    outcome.never_dies = true;
    return outcome;
}

Outcome SweepTask::finish(const Task& task, const SweepOrder& order, Business& business,
                          Progress& progress, observe::StepLog& steps) {
    const sweep::Findings& findings = progress.sweep->findings();
    sweep::Report& report = progress.report;
    report.state = "done";
    report.ended_ms = parts_.clock.now_ms();
    parts_.reports.put(report);
    count(report, order);

    const bool is_doubted = !findings.troubles().empty();
    const bool has_trouble = !report.troubles.empty();
    Outcome outcome;
    if (!order.is_dry) add_alerts(task.business, order, progress, outcome);
    const bool is_worth_a_step = order.is_full || has_trouble || !report.differences.empty();
    if (is_worth_a_step) steps.add(StepKind::kNote, sweep::summary(report));
    for (const std::string& trouble : report.troubles) {
        steps.add(StepKind::kNote, shorten(trouble, 400));
    }
    if (order.is_periodic) outcome.again_ms = next_ms(task.business, order, findings);
    if (!order.is_full && !order.is_dry && !is_doubted) {
        business.last_delta = {report.began_ms, progress.began_ns};
    }
    forget(business, task.key);
    return outcome;
}

void SweepTask::add_alerts(const std::string& business, const SweepOrder& order,
                           const Progress& progress, Outcome& outcome) {
    const sweep::Findings& findings = progress.sweep->findings();
    const bool are_too_many = findings.occupied_unreadable > kMaxUnreadAlerts ||
                              std::ranges::any_of(findings.unread(), [](const sweep::Unread& row) {
                                  return row.is_occupied && row.rental_id.empty();
                              });
    note_answer(outcome.alert_changes);
    const bool is_raised = !findings.troubles().empty() || are_too_many;
    outcome.alert_changes.push_back(AlertChange{subject_of(business, order), is_raised,
                                                joined(progress.report.troubles), "", ""});
    if (!are_too_many) add_unread(business, findings, outcome);
    if (order.is_full && findings.troubles().empty()) cure_states(business, findings, outcome);
}

// Each gets a look of its own, which cures its alert if the rental alone can be read.
void SweepTask::add_unread(const std::string& business, const sweep::Findings& findings,
                           Outcome& outcome) const {
    for (const sweep::Unread& row : findings.unread()) {
        if (!row.is_occupied) continue;
        outcome.alert_changes.push_back(
            AlertChange{"rental:" + row.rental_id, true,
                        "it is occupied and cannot be read, its access stays as it is: " + row.why,
                        row.rental_id, ""});
        outcome.follow_ups.push_back(
            look_at(business, row.rental_id, false, parts_.clock.now_ms()));
    }
}

// The alerts of rental states that no rental is in any more. Where they cannot be read, the next
// sweep does it.
void SweepTask::cure_states(const std::string& business, const sweep::Findings& findings,
                            Outcome& outcome) const {
    const auto alerts = parts_.alerts.alerts(business, kMaxAlertsRead);
    if (!alerts) return;
    for (const AlertRecord& alert : *alerts) {
        if (!alert.subject.starts_with(kStateSubject) || alert.cured_ms != 0) continue;
        const bool is_met = std::ranges::any_of(
            findings.unknown_states,
            [&](const std::string& state) { return state_subject(state) == alert.subject; });
        if (!is_met) outcome.alert_changes.push_back(AlertChange{alert.subject, false, "", "", ""});
    }
}

void SweepTask::forget(Business& business, const std::string& key) {
    business.progress.erase(key);
    if (sweep_order(key)->is_full) {
        const std::lock_guard lock(mutex_);
        --full_sweeps_;
    }
}

UnixMs SweepTask::next_ms(const std::string& business, const SweepOrder& order,
                          const sweep::Findings& findings) const {
    const UnixMs now_ms = parts_.clock.now_ms();
    const config::Business& config = *parts_.businesses.at(business).config;
    if (findings.has_more_than_fits()) return now_ms + kAgainSoonMs;
    const UnixMs usual_ms =
        order.is_full ? sweep::next_full_ms(business, config.sweep.full, config.time_zone, now_ms)
                      : now_ms + config.sweep.delta_ms;
    const bool has_trouble = !findings.troubles().empty();
    return has_trouble ? std::min(usual_ms, now_ms + kAfterTroubleMs) : usual_ms;
}

void SweepTask::count(const sweep::Report& report, const SweepOrder& order) {
    const std::string mode = order.is_full ? "full" : "delta";
    parts_.metrics
        .counter("gatehouse_sweep_runs_total", "Sweeps that came to their end, by how",
                 {{"mode", mode}, {"lists", report.troubles.empty() ? "good" : "doubted"}})
        .add();
    parts_.metrics
        .counter("gatehouse_sweep_rentals_total", "Rentals read in lists", {{"mode", mode}})
        .add(static_cast<double>(report.rentals_listed));
    for (std::size_t kind = 0; kind < sweep::kKinds; ++kind) {
        std::string name(to_string(static_cast<sweep::Kind>(kind)));
        std::ranges::replace(name, ' ', '_');
        parts_.metrics
            .counter("gatehouse_sweep_differences_total", "Differences found, by kind",
                     {{"kind", name}})
            .add(static_cast<double>(report.counts[kind]));
    }
}

}  // namespace gatehouse::dispatch
