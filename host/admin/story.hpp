// Story: all that Gatehouse knows of one rental, read from the store and the configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/rental_record.hpp"
#include "access/transfer_link.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "dispatch/alert.hpp"
#include "store/store.hpp"

namespace gatehouse::admin {

struct RentalStory {
    std::string business;
    std::string rental_id;
    UnixMs now_ms = 0;
    std::optional<access::RentalRecord> record;
    std::optional<store::Store::Waiting> waiting;  // its reconcile task
    std::optional<dispatch::DeadLetter> dead_letter;
    std::vector<dispatch::AlertRecord> alerts;  // that stand: its own, its site's, its connection's
    std::vector<access::TransferLink> transfers;  // that are not done
    const config::Site* rule = nullptr;  // of `sites`; null if it cannot be told from the record
    std::vector<store::Event> events;    // the newest that marked it; only for one rental's story
    std::vector<store::TimelineStep> steps;  // the newest; only for one rental's story

    bool is_unknown() const;
};

// The entry of `sites` that the last look went by. Where the site's code was not read, as in
// records of rentals that no look has reached since, one that may name it by code is found by the
// record's connection, if no other entry uses that one.
const config::Site* rule_of(const config::Business& business, const access::RentalRecord& record);

// kUnavailable if the store cannot be read. The configuration outlives the stories. [any thread]
class StoryReader {
  public:
    StoryReader(store::Store& store, const config::Config& config, UnixMs now_ms)
        : store_(store), config_(config), now_ms_(now_ms) {}

    // With its events and steps.
    Result<RentalStory> rental(const std::string& business, const std::string& rental_id);

    // One of many: without events and steps.
    Result<RentalStory> of_record(const access::RentalRecord& record);

  private:
    Result<void> add_state(RentalStory& story);
    Result<void> add_alerts(RentalStory& story);

    store::Store& store_;
    const config::Config& config_;
    UnixMs now_ms_;
};

}  // namespace gatehouse::admin
