#include "model/check.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>

#include "model/machine.hpp"
#include "store/sqlite_store.hpp"

namespace gatehouse::model {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr UnixMs kBeginMs = 1'774'000'000'000;  // 2026-03-20, before a change to summer time
// Longer than every plan of a history looks ahead, and than a full sweep is away.
constexpr std::int64_t kQuietMs = 6 * 24 * kHourMs;
constexpr std::int64_t kSteadyMs = 30 * kHourMs;
constexpr int kMostShrinkRuns = 300;
constexpr int kMostTasks = 3'000;  // more than any history needs: something goes round and round

class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

    std::string bytes(std::size_t count) override {
        std::string made(count, '\0');
        for (char& byte : made)
            byte = static_cast<char>(engine_() & 0xFFU);
        return made;
    }

  private:
    std::mt19937_64 engine_;
};

Openings without(const Openings& all, const Openings& some) {
    Openings rest;
    std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                        std::inserter(rest, rest.end()));
    return rest;
}

std::string to_text(const Openings& openings) {
    std::string text;
    for (const auto& [email, door] : openings) {
        text += (text.empty() ? "" : ", ") + email + " at " + door;
    }
    return text;
}

// One run of one history.
class Run {
  public:
    Run(store::Store& store, ManualClock& clock, observe::Metrics& metrics,
        const std::string& business, std::uint64_t seed)
        : clock_(clock),
          random_(seed),
          site_(business, clock, client_),
          machine_(store, business, clock, client_, random_, metrics) {
        machine_.on_begin = [this] { before_ = site_.open(); };
        machine_.on_end = [this](const dispatch::Task& task, bool is_done) {
            judge(task, is_done);
        };
    }

    std::string run(const History& history) {
        for (std::size_t i = 0; i < history.size() && failure_.empty(); ++i) {
            line_ = "line " + std::to_string(i + 1) + " (" + model::to_text(history[i]) + ")";
            act(history[i]);
        }
        line_ = "afterwards";
        if (failure_.empty()) calm_down();
        return failure_;
    }

  private:
    void fail_with(const std::string& what) {
        if (failure_.empty()) failure_ = line_ + ": " + what;
    }

    void act(const Act& act) {
        const auto number = [&](std::size_t i) { return act.numbers[i]; };
        if (act.verb == "pass") {
            clock_.advance_ms((number(0) + 1) * kHourMs);
        } else if (act.verb == "work") {
            machine_.work(number(0) + 1);
        } else if (act.verb == "deliver") {
            deliver_late(static_cast<std::size_t>(number(0)));
        } else if (act.verb == "spoil_storeganise") {
            client_.spoil(kStoreganiseAuthority, static_cast<Spoil>(number(0) % 7 + 1), number(1),
                          number(2) + 1);
        } else if (act.verb == "spoil_vendor") {
            client_.spoil(kVendorAuthority, static_cast<Spoil>(number(0) % 5 + 1), number(1),
                          number(2) + 1);
        } else if (act.verb == "end_host") {
            client_.spoil(number(0) == 0 ? kStoreganiseAuthority : kVendorAuthority,
                          number(1) == 0 ? Spoil::kEndBefore : Spoil::kEndAfter, number(2), 1);
        } else if (act.verb == "runner_dies") {
            machine_.plugins().let_runner_die();
        } else {
            if (act.verb == "new_email") catch_up();
            site_.act(act);
            for (const Webhook& webhook : std::exchange(site_.to_deliver, {})) {
                machine_.deliver(webhook);
            }
        }
    }

    // A right that was made in the very moment of the host's end is found again by the renter's
    // address: should that change before the host is back, only a sweep's report tells of it.
    void catch_up() {
        if (!std::exchange(was_cut_off_, false)) return;
        client_.end_spoiling();
        live_for(2 * kHourMs);
    }

    void deliver_late(std::size_t which) {
        if (site_.late.empty()) return;
        const auto chosen =
            site_.late.begin() + static_cast<std::ptrdiff_t>(which % site_.late.size());
        const Webhook webhook = *chosen;
        site_.late.erase(chosen);
        machine_.deliver(webhook);
    }

    void judge(const dispatch::Task& task, bool is_done) {
        const Openings after = site_.open();
        const std::string by =
            " by " + std::string(dispatch::to_string(task.kind)) + " " + task.key;
        if (is_traced_) {
            std::cerr << line_ << ": " << format_utc(clock_.now_ms()) << by
                      << (is_done ? "" : " (not done)") << ": " << to_text(before_) << " -> "
                      << to_text(after) << "\n";
        }
        was_cut_off_ = was_cut_off_ || !is_done;
        // What an earlier look was told may be finished by a later one of the same renter.
        Openings once_allowed = site_.allowed();
        for (const auto& [rental_id, openings] : looked_at_) {
            once_allowed.insert(openings.begin(), openings.end());
        }
        if (task.kind == dispatch::TaskKind::kReconcile) {
            looked_at_[task.key] = site_.allowed_by(task.key);
            if (is_done) settled_[task.key] = looked_at_[task.key];
        }
        if (const Openings wrong = without(without(after, before_), once_allowed); !wrong.empty()) {
            fail_with("let in against the facts: " + to_text(wrong) + by);
        }
        if (is_done) judge_lost(without(before_, after), by);
    }

    // What a rental was given, and still is allowed, no other's task may take.
    void judge_lost(const Openings& lost, const std::string& by) {
        for (const auto& [rental_id, given] : settled_) {
            const Openings allowed = site_.allowed_by(rental_id);
            for (const Opening& opening : lost) {
                if (given.count(opening) > 0 && allowed.count(opening) > 0) {
                    fail_with("shut out: " + to_text({opening}) + by);
                }
            }
        }
    }

    // Everything that is due until then, in order of time.
    void live_for(std::int64_t span_ms) {
        const UnixMs until_ms = clock_.now_ms() + span_ms;
        for (int tasks = 0; failure_.empty(); ++tasks) {
            const std::optional<UnixMs> due_ms = machine_.next_due_ms();
            if (!due_ms || *due_ms > until_ms) break;
            clock_.set_ms(std::max(clock_.now_ms(), *due_ms));
            machine_.work(1);
            if (tasks > kMostTasks) fail_with("it does not come to rest");
        }
        clock_.set_ms(until_ms);
    }

    void calm_down() {
        client_.end_spoiling();
        while (!site_.late.empty())
            deliver_late(0);
        live_for(kQuietMs);
        const Openings open = site_.open();
        const Openings allowed = site_.allowed();
        if (const Openings extra = without(open, allowed); !extra.empty()) {
            fail_with("still let in: " + to_text(extra));
        }
        if (const Openings missing = without(allowed, open); !missing.empty()) {
            fail_with("still shut out: " + to_text(missing));
        }
        const int storeganise = client_.writes(kStoreganiseAuthority);
        const int vendor = client_.writes(kVendorAuthority);
        live_for(kSteadyMs);
        if (client_.writes(kStoreganiseAuthority) != storeganise) {
            fail_with("a quiet day writes to Storeganise");
        }
        if (client_.writes(kVendorAuthority) != vendor)
            fail_with("a quiet day writes to the vendor");
    }

    ManualClock& clock_;
    InProcessClient client_;
    SeededRandom random_;
    Site site_;
    Machine machine_;
    Openings before_;
    // What the data allowed by each rental at its last look, and at its last good one.
    std::map<std::string, Openings> looked_at_;
    std::map<std::string, Openings> settled_;
    const bool is_traced_ = std::getenv("GATEHOUSE_MODEL_TRACE") != nullptr;
    std::string line_;
    std::string failure_;
    bool was_cut_off_ = false;
};

}  // namespace

Check::Check() : clock_(kBeginMs) {
    auto opened =
        store::open_sqlite_store({.path = (dir_ / "model.db").string()}, clock_, metrics_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
}

std::string Check::run(const History& history, std::uint64_t seed) {
    clock_.set_ms(kBeginMs);
    const std::string business = "h" + std::to_string(next_business_++);
    return Run(*store_, clock_, metrics_, business, seed).run(history);
}

History Check::shrink(History history, std::uint64_t seed) {
    int runs = 0;
    for (std::size_t span = history.size() / 2; span > 0; span = span == 1 ? 0 : (span + 1) / 2) {
        for (std::size_t at = 0; at < history.size() && runs < kMostShrinkRuns;) {
            ++runs;
            History shorter = history;
            const auto begin = shorter.begin() + static_cast<std::ptrdiff_t>(at);
            const auto end =
                begin + static_cast<std::ptrdiff_t>(std::min(span, history.size() - at));
            shorter.erase(begin, end);
            if (run(shorter, seed).empty()) {
                at += span;
            } else {
                history = std::move(shorter);
            }
        }
    }
    return history;
}

}  // namespace gatehouse::model
