// StubClient: a Storeganise client that answers nothing. For fakes that answer a few things.
#pragma once

#include "storeganise/client.hpp"

namespace gatehouse::test {

class StubClient : public storeganise::Client {
  public:
    Result<storeganise::Job> job(const std::string&, observe::StepLog*) override {
        return not_asked_for();
    }
    Result<access::Facts> rental(const std::string&, observe::StepLog*) override {
        return not_asked_for();
    }
    Result<void> write_fields(const std::string&, const access::FieldChanges&,
                              observe::StepLog*) override {
        return not_asked_for();
    }
    Result<storeganise::RentalPage> rentals(const storeganise::ListQuery&,
                                            observe::StepLog*) override {
        return not_asked_for();
    }
    Result<storeganise::IdPage> units(const storeganise::ListQuery&, observe::StepLog*) override {
        return not_asked_for();
    }
    Result<storeganise::IdPage> users(const storeganise::ListQuery&, observe::StepLog*) override {
        return not_asked_for();
    }
    Result<std::string> create_task(const storeganise::StaffTask&, observe::StepLog*) override {
        return not_asked_for();
    }
    Result<std::string> find_task(const storeganise::StaffTask&, UnixMs,
                                  observe::StepLog*) override {
        return not_asked_for();
    }
    Result<void> complete_task(const std::string&, observe::StepLog*) override {
        return not_asked_for();
    }
    Result<nlohmann::json> object(const std::string&, const std::string&,
                                  observe::StepLog*) override {
        return not_asked_for();
    }

  private:
    static tl::unexpected<Error> not_asked_for() {
        return fail(ErrorKind::kInternal, "not asked for");
    }
};

}  // namespace gatehouse::test
