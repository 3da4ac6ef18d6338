// VendorPass: compares what a vendor holds through one connection with what is remembered of it,
// in both directions. Only grants that carry our mark are compared; the others are counted.
#pragma once

#include <optional>
#include <string>
#include <vector>

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
        std::string target;
        std::string state;
        std::string email;  // of whom it is for; empty if the vendor does not tell
        nlohmann::json references;
    };

    Result<void> read_page(Findings& findings);
    Result<void> take_entry(const nlohmann::json& grant, Findings& findings);
    Result<void> take_ours(Entry entry, Findings& findings);
    bool is_for_another(const Entry& entry, const access::RentalRecord& record,
                        Findings& findings) const;
    Result<void> read_records(Findings& findings);
    void expect(const access::RentalRecord& record);
    void judge(Findings& findings);
    Result<void> settle_stray(Findings& findings);
    void teach(const Entry& entry, const access::Facts& facts,
               const std::optional<access::RentalRecord>& known, Findings& findings);

    const Parts parts_;
    const std::string connection_;
    const bool is_trusted_;
    const UnixMs began_ms_;
    Stage stage_ = Stage::kInventory;
    std::string cursor_;
    IdSet cursors_;
    IdSet held_;                        // "<rental> <target>" that are where they should be
    IdSet stray_ids_;                   // rentals in strays_, each once
    std::vector<Entry> strays_;         // ours, for rentals that hold nothing as far as is known
    std::vector<Difference> unlike_;    // held otherwise than remembered
    std::vector<std::string> missing_;  // rentals whose grant the vendor does not hold
    std::string after_;
    std::int64_t holders_ = 0;
    std::int64_t ours_ = 0;
    std::int64_t entries_ = 0;
};

}  // namespace gatehouse::sweep
