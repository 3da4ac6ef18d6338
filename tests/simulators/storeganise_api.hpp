// StoreganiseApi: Storeganise's admin API over the model, as facts about it are published.
//
// Served at /api/v1/admin/... (the key tells the business) and at /b/<business>/api/v1/admin/...
// (the path tells it, as the host name does in reality; a key of another business gets 403).
#pragma once

#include <string>

#include "simulators/http_front.hpp"
#include "simulators/storeganise_model.hpp"

namespace gatehouse::simulators {

class StoreganiseApi {
  public:
    // The model outlives the API.
    explicit StoreganiseApi(StoreganiseModel& model) : model_(model) {}

    Reply answer(const Request& request);

    // {"error": {"message": ..., "type": ..., "status": ...}}
    static std::string error_body(int status);

  private:
    StoreganiseModel& model_;
};

}  // namespace gatehouse::simulators
