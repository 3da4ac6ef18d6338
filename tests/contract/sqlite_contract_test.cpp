// Holds the embedded engine against the contract.
#include "contract/store_contract.hpp"
#include "contract/temporary_directory.hpp"
#include "store/sqlite_store.hpp"

namespace gatehouse::store {
namespace {

class SqliteFactory final : public StoreFactory {
  public:
    Result<std::unique_ptr<Store>> open(const Clock& clock, observe::Metrics& metrics) override {
        SqliteOptions options;
        options.path = directory_.path() + "/gatehouse.db";
        return open_sqlite_store(options, clock, metrics);
    }

  private:
    TemporaryDirectory directory_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         ::testing::Values(ContractParam{
                             "sqlite", [] { return std::make_unique<SqliteFactory>(); }}),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace gatehouse::store
