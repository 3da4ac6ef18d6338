#include "model/check.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <stdexcept>

#include "access/fields.hpp"
#include "admin/explain.hpp"
#include "admin/story.hpp"
#include "model/machine.hpp"
#include "model/watch.hpp"
#include "simulators/sim_clock.hpp"
#include "store/sqlite_store.hpp"

namespace gatehouse::model {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr UnixMs kBeginMs = 1'774'000'000'000;  // 2026-03-20, before a change to summer time
// Longer than every plan of a history looks ahead, and than a full sweep is away.
constexpr std::int64_t kQuietMs = 6 * kDayMs;
constexpr std::int64_t kSteadyMs = 30 * kHourMs;
constexpr int kMostShrinkRuns = 300;
constexpr int kMostTasks = 3'000;  // more than any history needs: something goes round and round

// What a disk does is not asked here (tests/crash does), and waiting for one takes most of the
// time.
std::filesystem::path memory_folder() {
    const std::filesystem::path memory = "/dev/shm";
    const bool is_usable = ::access(memory.c_str(), W_OK | X_OK) == 0;
    return is_usable ? memory : std::filesystem::temp_directory_path();
}

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

// One run of one history.
class Run {
  public:
    Run(store::Store& store, ManualClock& clock, observe::Metrics& metrics,
        const std::string& business, const History& history, std::uint64_t seed)
        : store_(store),
          clock_(clock),
          random_(seed),
          history_(history),
          site_(history, business, clock, client_),
          machine_(store, make_config(business, site_.doors(), history.has_gate), clock, client_,
                   random_, metrics),
          watch_(site_, [this](const std::string& what) { fail_with(what); }) {
        machine_.on_begin = [this](const dispatch::Task& task) { begin(task); };
        machine_.on_end = [this](Machine::Ending ending, const std::string& why) {
            end(ending, why);
        };
        client_.on_served = [this](const std::string& authority) {
            if (authority == kVendorAuthority) watch_.look();
        };
    }

    std::string run() {
        const std::vector<Act>& acts = history_.acts;
        for (std::size_t i = 0; i < acts.size() && failure_.empty(); ++i) {
            line_ = "line " + std::to_string(i + 1) + " (" + model::to_text(acts[i]) + ")";
            act(acts[i]);
            watch_.look();
        }
        line_ = "afterwards";
        if (failure_.empty()) calm_down();
        return failure_;
    }

  private:
    void fail_with(const std::string& what) {
        if (failure_.empty()) failure_ = line_ + ": " + what + task_;
    }

    void act(const Act& act) {
        const auto number = [&](std::size_t i) { return act.numbers[i]; };
        if (act.verb == "pass") {
            pass_until(clock_.now_ms() + (number(0) + 1) * kHourMs);
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
        } else if (act.verb == "slow_vendor") {
            site_.doors().set_delay_h(number(0));
        } else if (act.verb == "vendor_forgets") {
            site_.doors().lose_orders(number(0) + 1);
        } else if (act.verb == "staff_lock" && is_box_being_ticked(number(0))) {
            return;
        } else {
            if (act.verb == "new_email" || act.verb == "new_phone") catch_up();
            if (act.verb == "type_pin" && number(1) == Pins::kAnothers) settle_pins();
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

    // That a PIN is on its way to one rental, and nobody else's, is forgotten with the host's end
    // until that rental is looked at again.
    void settle_pins() {
        const bool is_safe = std::ranges::none_of(
            history_.acts, [](const Act& act) { return act.verb == "end_host"; });
        if (is_safe) return;
        client_.end_spoiling();
        live_for(2 * kHourMs);
    }

    // Between the commit that notes whose tick it will be and the tick itself, an instant later,
    // staff's own cannot be told from the host's.
    bool is_box_being_ticked(int unit) {
        const auto record = store_.rental(site_.name(), site_.rental_in(unit));
        if (!record) throw std::runtime_error(record.error().message);
        return *record &&
               access::remembered_field((*record)->fields_json, site_.box_code()) == "true";
    }

    void deliver_late(std::size_t which) {
        if (site_.late.empty()) return;
        const auto chosen =
            site_.late.begin() + static_cast<std::ptrdiff_t>(which % site_.late.size());
        const Webhook webhook = *chosen;
        site_.late.erase(chosen);
        machine_.deliver(webhook);
    }

    void begin(const dispatch::Task& task) {
        task_ = " by " + std::string(dispatch::to_string(task.kind)) + " " + task.key;
        watch_.begin_task(task.kind == dispatch::TaskKind::kReconcile ? task.key : "");
        before_ = watch_.open();
    }

    void end(Machine::Ending ending, const std::string& why) {
        const bool is_done = ending == Machine::Ending::kDone;
        watch_.end_task(is_done, ending == Machine::Ending::kCutOff);
        was_cut_off_ = was_cut_off_ || !is_done;
        if (is_traced_) {
            std::cerr << line_ << ": " << format_utc(clock_.now_ms()) << task_
                      << (is_done ? "" : " (not done: " + why + ")") << ": " << to_text(before_)
                      << " -> " << to_text(watch_.open()) << "\n";
        }
        task_.clear();
    }

    // By steps, wherever time alone may change who gets in.
    void pass_until(UnixMs until_ms) {
        while (clock_.now_ms() < until_ms && failure_.empty()) {
            const UnixMs midnight_ms = clock_.now_ms() - clock_.now_ms() % kDayMs + kDayMs;
            const UnixMs change_ms = site_.doors().next_change_ms().value_or(until_ms);
            const UnixMs next_ms = std::min({until_ms, midnight_ms, change_ms});
            clock_.set_ms(std::max(next_ms, clock_.now_ms() + 1));
            watch_.look();
        }
    }

    // Everything that is due until then, in order of time.
    void live_for(std::int64_t span_ms) {
        const UnixMs until_ms = clock_.now_ms() + span_ms;
        for (int tasks = 0; failure_.empty(); ++tasks) {
            const std::optional<UnixMs> due_ms = machine_.next_due_ms();
            if (!due_ms || *due_ms > until_ms) break;
            pass_until(*due_ms);
            machine_.work(1);
            if (tasks > kMostTasks) fail_with("it does not come to rest");
        }
        pass_until(until_ms);
    }

    void calm_down() {
        client_.end_spoiling();
        site_.doors().set_delay_h(0);
        site_.doors().lose_orders(0);
        while (!site_.late.empty())
            deliver_late(0);
        live_for(kQuietMs);
        const Openings open = site_.open();
        const Openings allowed = site_.allowed();
        const Openings extra = without(without(open, allowed), watch_.stuck());
        if (!extra.empty()) {
            fail_with("still let in: " + to_text(extra));
        }
        const Openings missing = without(without(allowed, open), site_.unsure());
        // A list of nothing is not believed, and all the less repaired.
        const bool is_all_deleted = open.empty() && site_.has_lost_rights();
        if (!missing.empty() && !is_all_deleted) {
            fail_with("still shut out: " + to_text(missing));
        }
        judge_pins();
        if (extra.empty() && missing.empty() && site_.unsure().empty()) judge_explanations();
        const int storeganise = client_.writes(kStoreganiseAuthority);
        const int vendor = client_.writes(kVendorAuthority);
        live_for(kSteadyMs);
        if (client_.writes(kStoreganiseAuthority) != storeganise) {
            fail_with("a quiet day writes to Storeganise");
        }
        if (client_.writes(kVendorAuthority) != vendor)
            fail_with("a quiet day writes to the vendor");
    }

    // Who is told to get in is who gets in.
    void judge_explanations() {
        admin::StoryReader reader(store_, machine_.config(), clock_.now_ms());
        for (const std::string& rental_id : site_.occupied_rentals()) {
            const auto story = reader.rental(site_.name(), rental_id);
            if (!story) throw std::runtime_error(story.error().message);
            std::set<std::string> told;
            const nlohmann::json view = admin::explain_view(*story);
            for (const auto& open : view.at("can_open")) {
                told.insert(open.at("target").get<std::string>());
            }
            std::string text;
            for (const std::string& target : told) {
                text += ' ' + target;
            }
            const bool has_access = !site_.facts_of(rental_id).on(site_.today()).empty();
            if (told != (has_access ? site_.targets_of(rental_id) : std::set<std::string>())) {
                fail_with("explain tells that rental " + rental_id + " opens" + text);
            }
        }
    }

    void judge_pins() {
        if (site_.doors().key() != Doors::Key::kPin) return;
        std::set<std::string> pins;
        const std::set<std::string> waiting = watch_.waiting();
        for (const auto& [rental_id, field] : site_.pin_fields()) {
            if (site_.is_over(rental_id)) {
                const bool is_waiting = waiting.contains(rental_id);
                if (!field.empty() && site_.pins().has_had(rental_id) && !is_waiting) {
                    fail_with("a rental that is over still shows a PIN");
                }
            } else if (field.empty()) {
                fail_with("a rental has no PIN");
            } else if (site_.pins().is_usable(rental_id, field) && !pins.insert(field).second) {
                fail_with("two rentals have one PIN");
            }
        }
    }

    store::Store& store_;
    ManualClock& clock_;
    InProcessClient client_;
    SeededRandom random_;
    const History& history_;
    Site site_;
    Machine machine_;
    Watch watch_;
    Openings before_;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread sets variables
    const bool is_traced_ = std::getenv("GATEHOUSE_MODEL_TRACE") != nullptr;
    std::string line_;
    std::string task_;  // that is under way
    std::string failure_;
    bool was_cut_off_ = false;
};

}  // namespace

Check::Check() : dir_(memory_folder()), clock_(kBeginMs) {
    auto opened =
        store::open_sqlite_store({.path = (dir_ / "model.db").string()}, clock_, metrics_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
    simulators::SimClock::follow(&clock_);
}

Check::~Check() {
    simulators::SimClock::follow(nullptr);
}

std::string Check::run(const History& history, std::uint64_t seed) {
    clock_.set_ms(kBeginMs);
    const std::string business = "h" + std::to_string(next_business_++);
    return Run(*store_, clock_, metrics_, business, history, seed).run();
}

History Check::shrink(History history, std::uint64_t seed) {
    int runs = 0;
    std::vector<Act>& acts = history.acts;
    for (std::size_t span = acts.size() / 2; span > 0; span = span == 1 ? 0 : (span + 1) / 2) {
        for (std::size_t at = 0; at < acts.size() && runs < kMostShrinkRuns;) {
            ++runs;
            std::vector<Act> all = acts;
            const auto begin = acts.begin() + static_cast<std::ptrdiff_t>(at);
            acts.erase(begin,
                       begin + static_cast<std::ptrdiff_t>(std::min(span, acts.size() - at)));
            if (run(history, seed).empty()) {
                acts = std::move(all);
                at += span;
            }
        }
    }
    return history;
}

}  // namespace gatehouse::model
