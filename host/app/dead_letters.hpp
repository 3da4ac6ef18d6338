// StoreDeadLetters: the store's dead letters, as alerts ask for them.
#pragma once

#include <string>

#include "dispatch/alert_task.hpp"
#include "store/store.hpp"

namespace gatehouse::app {

class StoreDeadLetters final : public dispatch::DeadLetters {
  public:
    explicit StoreDeadLetters(store::Store& store) : store_(store) {}

    Result<bool> has_dead_letter(const std::string& business, const std::string& kind) override;

  private:
    store::Store& store_;
};

}  // namespace gatehouse::app
