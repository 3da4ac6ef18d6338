#include "model/doors.hpp"
#include "simulators/nuki_api.hpp"

namespace gatehouse::model {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMinuteMs = 60'000;

class NukiDoors final : public Doors {
  public:
    NukiDoors(const std::string& business, const Clock& clock)
        : business_(business), clock_(clock), api_(model_), account_(model_.account(business)) {}

    Key key() const override { return Key::kPin; }
    bool has_unseen_orders() const override { return true; }
    std::string plugin() const override { return "nuki"; }
    nlohmann::json settings() const override { return {{"api_token", "nuki-token-" + business_}}; }
    std::string target(int door) const override { return "smartlock:" + std::to_string(door); }

    void add_door(int door) override {
        simulators::NukiLock& lock = account_.locks[door];
        lock.id = door;
        lock.name = door_name(door);
    }

    simulators::Reply answer(const simulators::Request& request) override {
        move_on();
        return api_.answer(request);
    }

    Openings open(const std::set<std::string>&) override {
        move_on();
        std::set<std::string> pins;
        for (const auto& [id, lock] : account_.locks) {
            for (const auto& [auth_id, auth] : lock.held) {
                pins.insert(auth.code);
            }
        }
        Openings found;
        for (const std::string& pin : pins) {
            for (const auto& opening :
                 simulators::NukiModel::openings(account_, pin, clock_.now_ms())) {
                found.emplace(pin, opening.lock_name);
            }
        }
        return found;
    }

    void delete_one_of(const std::set<int>& doors) override {
        for (const int door : doors) {
            simulators::NukiLock& lock = account_.locks.at(door);
            if (lock.held.empty()) continue;
            const std::string id = lock.held.begin()->first;
            simulators::NukiModel::remove(lock, id, true);
            return;
        }
    }

    // The locks are out of reach so long.
    void set_delay_h(int hours) override {
        move_on();
        online_ms_ = now_ms() + hours * kHourMs;
        move_on();
    }

    void lose_orders(int count) override { model_.commands_to_lose = count; }

    std::optional<UnixMs> next_change_ms() const override {
        return online_ms_ > clock_.now_ms() ? std::optional(online_ms_) : std::nullopt;
    }

  private:
    UnixMs now_ms() const { return clock_.now_ms(); }

    // A lock that can be reached does what it was told, whether anybody reads the list or not.
    void move_on() {
        const bool is_online = now_ms() >= online_ms_;
        const bool is_later = now_ms() - last_ms_ >= kMinuteMs;
        last_ms_ = now_ms();
        for (auto& [id, lock] : account_.locks) {
            lock.is_online = is_online;
            while (is_online && is_later && !lock.commands.empty()) {
                model_.read(lock);
            }
        }
    }

    const std::string business_;
    const Clock& clock_;
    simulators::NukiModel model_;
    simulators::NukiApi api_;
    simulators::NukiAccount& account_;
    UnixMs online_ms_ = 0;
    UnixMs last_ms_ = 0;
};

}  // namespace

std::unique_ptr<Doors> make_nuki_doors(const std::string& business, const Clock& clock) {
    return std::make_unique<NukiDoors>(business, clock);
}

}  // namespace gatehouse::model
