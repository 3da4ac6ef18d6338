// What the end of a lane's process means: whose doing it was, what becomes of the calls under way,
// and when there is another process.
#include <algorithm>
#include <utility>

#include "observe/log.hpp"
#include "plugins/blame_book.hpp"
#include "plugins/pending_call.hpp"
#include "plugins/runner_lane.hpp"

namespace gatehouse::plugins {
namespace {

// Calls that end a library which loads are paced; that need not keep the others away for long.
constexpr std::int64_t kMaxPauseOfReadyMs = 5'000;

// "acme/doors#0" of "create of acme/doors#0".
std::string instance_of(const std::string& doing) {
    const std::size_t at = doing.rfind(" of ");
    return at == std::string::npos ? std::string() : doing.substr(at + 4);
}

}  // namespace

void RunnerLane::note_end(const ProcessEnd& end) {
    const std::lock_guard lock(mutex_);
    process_.reset();
    if (manner_.budget != nullptr) manner_.budget->note_busy(*this);
    if (status_.state == PluginState::kRefused) {
        fail_pending({}, "the plugin was refused");
        return;
    }
    if ((is_stopping_ || is_ending_) && end.is_clean) {
        status_.state = is_ending_ ? PluginState::kIdle : PluginState::kRestarting;
        fail_pending({}, "the runner was stopped");
        return;
    }
    const std::string reason = kill_reason_.empty() ? "the runner " + end.text + " " + what_it_did()
                                                    : "the runner " + kill_reason_;
    ++status_.deaths;
    if (deaths_ != nullptr) deaths_->add();
    ++failures_in_a_row_;
    status_.reason = reason;
    status_.state = PluginState::kRestarting;
    observe::error("plugins", reason, {{"plugin", manifest_.plugin}});
    const Culprit whose = culprit();
    tell_book(whose, reason);
    fail_pending(whose, reason);
}

std::string RunnerLane::what_it_did() const {
    if (!doing_.empty()) return "in " + doing_;
    if (pending_.empty()) return "while idle";
    if (pending_.size() > 1) return "during " + std::to_string(pending_.size()) + " calls";
    const Pending& only = *pending_.begin()->second;
    return "during " + only.function + " of " + only.instance;
}

RunnerLane::Culprit RunnerLane::culprit() const {
    if (is_left_behind_) return {};
    if (killed_for_.is_known) return killed_for_;
    if (const std::string instance = instance_of(doing_); !instance.empty()) {
        for (const auto& [id, pending] : pending_) {
            if (pending->instance == instance) return {true, id, connection_of(instance)};
        }
        return {true, 0, connection_of(instance)};
    }
    if (pending_.size() != 1) return {};
    const auto& [id, only] = *pending_.begin();
    return {true, id, connection_of(only->instance)};
}

// When nothing was under way, something was left behind by those who were served before.
void RunnerLane::tell_book(const Culprit& culprit, const std::string& reason) {
    if (manner_.book == nullptr) return;
    if (culprit.is_known) {
        manner_.book->blame(culprit.connection, reason);
    } else if ((pending_.empty() || is_left_behind_) && !recent_.empty()) {
        if (recent_.size() == 1 || manner_.is_solo) {
            manner_.book->blame(recent_.back(), reason);
        } else {
            manner_.book->suspect(recent_);
        }
    }
}

void RunnerLane::fail_pending(const Culprit& culprit, const std::string& reason) {
    const bool is_over = is_stopping_ || status_.state == PluginState::kRefused;
    for (auto& [id, pending] : pending_) {
        if (is_over) {
            pending->ended = Error{ErrorKind::kUnavailable, reason};
        } else if (id == culprit.call_id) {
            pending->ended = Error{ErrorKind::kInternal, reason};
        } else {
            pending->ended = postpone(ErrorKind::kUnavailable,
                                      "plugin " + manifest_.plugin + " is restarting", 1'000)
                                 .value();
            pending->part =
                culprit.is_known || is_left_behind_ ? CallPart::kBystander : CallPart::kSuspect;
        }
        pending->changed.notify_one();
    }
    pending_.clear();
}

void RunnerLane::set_restart() {
    std::int64_t pause_ms = 0;
    if (!is_ending_ || status_.state != PluginState::kIdle) {
        const bool is_even = manner_.is_trial && was_ready_;
        const int doublings = is_even ? 0 : std::clamp(failures_in_a_row_ - 1, 0, 20);
        const std::int64_t most_ms =
            was_ready_ ? std::max<std::int64_t>(
                             options_.first_pause_ms,
                             std::min<std::int64_t>(options_.max_pause_ms, kMaxPauseOfReadyMs))
                       : options_.max_pause_ms;
        pause_ms = std::min(std::int64_t{options_.first_pause_ms} << doublings, most_ms);
        // What was refused for want of memory, or in the middle of being replaced, need not stay
        // so.
        if (status_.state == PluginState::kRefused) pause_ms = options_.max_pause_ms;
    }
    restart_at_ = SteadyClock::now() + std::chrono::milliseconds(pause_ms);
    status_.restart_due_ms = pause_ms == 0 ? 0 : clock_.now_ms() + pause_ms;
}

void RunnerLane::fall_asleep() {
    is_asleep_ = true;
    is_ending_ = false;
    is_asked_to_end_ = false;
    wake_ = UniqueFd();
    if (manner_.budget != nullptr) manner_.budget->give_back(*this, std::move(thread_));
    changed_.notify_all();
}

}  // namespace gatehouse::plugins
