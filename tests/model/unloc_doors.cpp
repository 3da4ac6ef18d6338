#include <algorithm>
#include <map>

#include "model/doors.hpp"
#include "simulators/recorder.hpp"
#include "simulators/unloc_api.hpp"

namespace gatehouse::model {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kAtOnceMs = 3'000;
constexpr const char* kProject = "d45031c2-be07-4d20-adbe-4e51e6ad0fed";

std::string lock_of(int door) {
    const std::string number = std::to_string(door);
    return "5e000000-0000-4000-9000-" + std::string(12 - number.size(), '0') + number;
}

class UnlocDoors final : public Doors {
  public:
    explicit UnlocDoors(const Clock& clock)
        : clock_(clock), api_(model_, recorder_), project_(model_.project(kProject)) {
        recorder_.set_log_limit(0);
        project_.job_polls =
            -1;  // a job ends when its time has come, whether it is asked for or not
    }

    Key key() const override { return Key::kPhone; }
    std::string plugin() const override { return "unloc"; }
    nlohmann::json settings() const override {
        return {{"client_id", project_.client_id},
                {"client_secret", project_.client_secret},
                {"project_id", kProject}};
    }
    std::string target(int door) const override { return "lock:" + lock_of(door); }

    void add_door(int door) override {
        simulators::UnlocLock& lock = project_.locks[lock_of(door)];
        lock.id = lock_of(door);
        lock.name = door_name(door);
    }

    simulators::Reply answer(const simulators::Request& request) override {
        move_on();
        const std::size_t jobs = project_.jobs.size();
        project_.job_outcome = to_lose_ > 0 ? "failedJob" : "succeeded";
        simulators::Reply reply = api_.answer(request);
        if (project_.jobs.size() > jobs) {
            to_lose_ = std::max(0, to_lose_ - 1);
            note_jobs();
        }
        return reply;
    }

    Openings open(const std::set<std::string>& people) override {
        move_on();
        Openings found;
        for (const std::string& phone : people) {
            for (const simulators::UnlocKey* key :
                 simulators::UnlocModel::open_keys(project_, phone, clock_.now_ms())) {
                found.emplace(phone, project_.locks.at(key->lock_id).name);
            }
        }
        return found;
    }

    void delete_one_of(const std::set<int>& doors) override {
        for (simulators::UnlocKey& key : project_.keys) {
            const bool fits = std::any_of(doors.begin(), doors.end(),
                                          [&](int door) { return key.lock_id == lock_of(door); });
            if (!fits || !key.is_made || key.is_revoked) continue;
            key.is_revoked = true;
            return;
        }
    }

    void set_delay_h(int hours) override {
        move_on();
        delay_h_ = hours;
        if (hours > 0) return;
        for (auto& [id, due_ms] : under_way_) {
            due_ms = clock_.now_ms();
        }
        move_on();
    }

    void lose_orders(int count) override { to_lose_ = count; }

    std::optional<UnixMs> next_change_ms() const override {
        std::optional<UnixMs> next;
        for (const auto& [id, due_ms] : under_way_) {
            next = std::min(next.value_or(due_ms), due_ms);
        }
        return next;
    }

  private:
    // Made since the last time.
    void note_jobs() {
        for (const auto& [id, job] : project_.jobs) {
            if (job.status != "pending") continue;
            under_way_.try_emplace(id, clock_.now_ms() + kAtOnceMs + delay_h_ * kHourMs);
        }
    }

    void move_on() {
        std::erase_if(under_way_, [this](const auto& entry) {
            if (entry.second > clock_.now_ms()) return false;
            simulators::UnlocModel::finish(project_, project_.jobs.at(entry.first));
            return true;
        });
    }

    const Clock& clock_;
    simulators::Recorder recorder_;
    simulators::UnlocModel model_;
    simulators::UnlocApi api_;
    simulators::UnlocProject& project_;
    std::map<std::string, UnixMs> under_way_;  // job -> when it is over
    int delay_h_ = 0;
    int to_lose_ = 0;
};

}  // namespace

std::unique_ptr<Doors> make_unloc_doors(const Clock& clock) {
    return std::make_unique<UnlocDoors>(clock);
}

}  // namespace gatehouse::model
