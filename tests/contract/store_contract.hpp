// What every Store does, whatever engine it stands on. An engine instantiates StoreContract with a
// factory of its own (sqlite_contract_test.cpp shows how) and links the store_contract_*.cpp files.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "observe/metrics.hpp"
#include "store/store.hpp"

namespace gatehouse::store {

// One place for data, empty at first.
class StoreFactory {
  public:
    virtual ~StoreFactory() = default;

    // Opens the data; called again, after the earlier store is gone, for what a restart would see.
    virtual Result<std::unique_ptr<Store>> open(const Clock& clock, observe::Metrics& metrics) = 0;
};

struct ContractParam {
    std::string name;
    std::function<std::unique_ptr<StoreFactory>()> make;
};

inline std::ostream& operator<<(std::ostream& out, const ContractParam& param) {
    return out << param.name;
}

class StoreContract : public ::testing::TestWithParam<ContractParam> {
  protected:
    static constexpr UnixMs kStartMs = 1'700'000'000'000;
    static constexpr UnixMs kLeaseMs = 60'000;

    void SetUp() override;

    void reopen();
    Store& store() { return *store_; }
    UnixMs now() const { return clock_.now_ms(); }

    // An open event of business "acme" whose task is to resolve it.
    NewEvent new_event(const std::string& sender_id) const;
    Result<Appended> append(NewEvent event);
    std::int64_t append_id(const std::string& sender_id);

    dispatch::NewTask reconcile(const std::string& rental_id, std::int64_t event_id = 0,
                                const std::string& business = "acme") const;
    void enqueue(const dispatch::NewTask& task);

    std::vector<dispatch::Task> lease(int count = 10, const std::string& business = "acme");
    dispatch::Task lease_one(const std::string& business = "acme");

    dispatch::Completion completion(const dispatch::Task& task,
                                    dispatch::Completion::Outcome outcome) const;
    void done(const dispatch::Task& task, std::vector<dispatch::NewTask> follow_ups = {});
    void dead(const dispatch::Task& task);

    // Appends an event and resolves it to these rentals.
    std::int64_t resolved_event(const std::string& sender_id,
                                const std::vector<std::string>& rentals);

    EventState state_of(std::int64_t event_id);
    std::vector<std::string> timeline_texts(std::int64_t event_id);
    std::vector<dispatch::DeadLetter> letters();

    ManualClock clock_{kStartMs};
    observe::Metrics metrics_;
    std::unique_ptr<StoreFactory> factory_;
    std::unique_ptr<Store> store_;
};

}  // namespace gatehouse::store
