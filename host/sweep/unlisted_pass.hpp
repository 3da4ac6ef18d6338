// UnlistedPass: rentals that hold access and do not stand in Storeganise's list. Absence from a
// list ends nothing: each gets a look, which reads the rental itself. And when many are absent it
// is the list that is in doubt, so a few of them are read first (promise P6).
#pragma once

#include <string>
#include <vector>

#include "sweep/id_set.hpp"
#include "sweep/pass.hpp"

namespace gatehouse::sweep {

class UnlistedPass final : public Pass {
  public:
    // With `is_trusted` a person has said that the list is as it should be.
    UnlistedPass(const Parts& parts, const IdSet& listed, bool is_trusted)
        : parts_(parts), listed_(listed), is_trusted_(is_trusted) {}

    Result<void> step(Findings& findings) override;
    bool is_over() const override { return stage_ == Stage::kOver; }

  private:
    enum class Stage { kRecords, kProbes, kOver };

    Result<void> read_records(Findings& findings);
    Result<void> probe(Findings& findings);
    void judge(Findings& findings);
    void accept(Findings& findings);
    void reject(Findings& findings, const std::string& why);

    const Parts parts_;
    const IdSet& listed_;
    const bool is_trusted_;
    Stage stage_ = Stage::kRecords;
    std::string after_;
    std::int64_t holders_ = 0;
    std::vector<std::string> unlisted_;
    std::vector<std::string> probes_;
};

// Whether so many of those that hold access are missing from a list that the list is in doubt.
bool is_suspicious(std::int64_t missing, std::int64_t holders);

// Rental states after which access is over; none of the others is taken for an end.
bool is_over_state(const std::string& state);

}  // namespace gatehouse::sweep
