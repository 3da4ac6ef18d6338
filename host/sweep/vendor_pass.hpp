// VendorPass: compares what a vendor holds through one connection with what is remembered of it,
// in both directions. Only grants that carry our mark are compared; the others are counted.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "access/desired.hpp"
#include "access/grant.hpp"
#include "access/stray.hpp"
#include "sweep/id_set.hpp"
#include "sweep/pass.hpp"

namespace gatehouse::sweep {

class VendorPass final : public Pass {
  public:
    VendorPass(const Parts& parts, std::string connection, bool is_trusted)
        : parts_(parts),
          connection_(std::move(connection)),
          is_trusted_(is_trusted),
          began_ms_(parts.clock.now_ms()) {}

    Result<void> step(Findings& findings) override;
    bool is_over() const override { return stage_ == Stage::kOver; }

    // The vendor cannot be asked: said in the findings, and nothing of its list counts.
    void give_up(Findings& findings, const std::string& why);

  private:
    enum class Stage { kInventory, kRecords, kStrays, kOver };

    struct Entry {
        std::string rental_id;
        std::string state;
        access::Stray right;
    };

    Result<void> read_page(Findings& findings);
    Result<void> take_entry(const nlohmann::json& grant, Findings& findings);
    Result<void> take_ours(Entry entry);
    void compare(const Entry& entry, const access::Grant& grant);
    bool take_stray(const Entry& entry, const access::Desired& desired, const access::Grant& grant);
    Result<void> read_records(Findings& findings);
    void expect(const access::RentalRecord& record);
    void judge(Findings& findings);
    Result<void> settle_stray(Findings& findings);
    void teach(const std::vector<access::Stray>& rights, const access::Facts& facts,
               const std::optional<access::RentalRecord>& known, Findings& findings);

    const Parts parts_;
    const std::string connection_;
    const bool is_trusted_;
    const UnixMs began_ms_;
    Stage stage_ = Stage::kInventory;
    std::string cursor_;
    IdSet cursors_;
    IdSet held_;  // "<rental> <target>" that are where they should be
    // Ours, by rental, of rentals that hold nothing as far as is known.
    std::map<std::string, std::vector<access::Stray>> strays_;
    std::vector<Difference> unlike_;    // held otherwise than remembered
    std::vector<std::string> missing_;  // rentals whose grant the vendor does not hold
    std::string after_;
    std::int64_t holders_ = 0;
    std::int64_t ours_ = 0;
    std::int64_t entries_ = 0;
    int pages_ = 0;
};

}  // namespace gatehouse::sweep
