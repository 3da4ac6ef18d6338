// What a run leaves in the store beside its task: the part of the contract that stands in
// store_contract_lookups.cpp. An engine instantiates StoreProducts like StoreContract.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "contract/store_contract.hpp"

namespace gatehouse::store {

class StoreProducts : public StoreContract {
  protected:
    using Completion = dispatch::Completion;

    // A run that produces this and nothing else.
    template <typename Produce>
    void run(Produce produce) {
        enqueue({"acme", dispatch::TaskKind::kCare, "doors", now(), 0});
        Completion ended = completion(lease_one(), Completion::Outcome::kDone);
        produce(ended);
        const auto completed = store().complete(ended);
        ASSERT_TRUE(completed) << completed.error().message;
    }

    void put(const access::RentalRecord& record) {
        run([&](Completion& ended) {
            ended.rental = std::make_shared<const access::RentalRecord>(record);
        });
    }

    void put(const access::TransferLink& link) {
        run([&](Completion& ended) { ended.transfers = {link}; });
    }

    void put(const std::vector<access::AccessEvent>& events) {
        run([&](Completion& ended) { ended.access_events = events; });
    }

    void change(const dispatch::AlertChange& change) {
        ASSERT_TRUE(store().change_alerts("acme", {change}));
    }

    dispatch::AlertRecord alert(const std::string& subject) {
        const auto found = store().alert("acme", subject);
        EXPECT_TRUE(found && *found) << subject;
        return found && *found ? **found : dispatch::AlertRecord();
    }

    // Ends the waiting kAlert task with what it reached.
    void reach(const dispatch::AlertRecord& reached) {
        Completion ended = completion(lease_one(), Completion::Outcome::kDone);
        ended.alert = reached;
        ASSERT_TRUE(store().complete(ended));
    }

    std::vector<std::string> vendor_ids(const access::AccessEventFilter& filter) {
        std::vector<std::string> ids;
        const auto events = store().access_events(filter);
        EXPECT_TRUE(events);
        for (const auto& stored : *events) {
            ids.push_back(stored.event.vendor_id);
        }
        return ids;
    }
};

}  // namespace gatehouse::store
