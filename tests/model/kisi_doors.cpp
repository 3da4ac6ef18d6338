#include "model/doors.hpp"
#include "simulators/kisi_api.hpp"
#include "simulators/recorder.hpp"

namespace gatehouse::model {
namespace {

class KisiDoors final : public Doors {
  public:
    KisiDoors(const std::string& business, const Clock& clock)
        : business_(business),
          clock_(clock),
          api_(model_, recorder_),
          organization_(model_.organization(business)) {
        api_.set_rate_limited(false);
        recorder_.set_log_limit(0);
    }

    Key key() const override { return Key::kEmail; }
    bool has_gaps() const override { return true; }  // one role in a group, and none is changed
    std::string plugin() const override { return "kisi"; }
    nlohmann::json settings() const override { return {{"api_key", "kisi-key-" + business_}}; }
    std::string target(int door) const override { return "group:" + std::to_string(door); }

    void add_door(int door) override {
        model_.add(organization_, simulators::KisiGroup{door, door_name(door), "", ""});
        model_.add(organization_,
                   simulators::KisiLock{lock_of(door), door_name(door), false, "", ""});
        model_.add(organization_, simulators::KisiGroupLock{0, door, lock_of(door), "", ""});
    }

    simulators::Reply answer(const simulators::Request& request) override {
        return api_.answer(request);
    }

    Openings open(const std::set<std::string>& people) override {
        Openings found;
        for (const std::string& email : people) {
            for (const auto& door :
                 simulators::KisiModel::open_doors(organization_, email, clock_.now_ms())) {
                found.emplace(email, door.lock_name);
            }
        }
        return found;
    }

    void delete_one_of(const std::set<int>& doors) override {
        for (const auto& [id, assignment] : organization_.role_assignments) {
            if (doors.contains(static_cast<int>(assignment.applies_to_id))) {
                simulators::KisiModel::remove_role_assignment(organization_, id);
                return;
            }
        }
    }

  private:
    static int lock_of(int door) { return door + 1000; }

    const std::string business_;
    const Clock& clock_;
    simulators::Recorder recorder_;
    simulators::KisiModel model_;
    simulators::KisiApi api_;
    simulators::KisiOrganization& organization_;
};

}  // namespace

std::unique_ptr<Doors> make_kisi_doors(const std::string& business, const Clock& clock) {
    return std::make_unique<KisiDoors>(business, clock);
}

}  // namespace gatehouse::model
