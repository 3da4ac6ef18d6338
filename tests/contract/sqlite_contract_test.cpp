// Holds the embedded engine against the contract.
#include "contract/store_renters.hpp"
#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::store {
namespace {

class SqliteFactory final : public StoreFactory {
  public:
    Result<std::unique_ptr<Store>> open(const Clock& clock, observe::Metrics& metrics) override {
        SqliteOptions options;
        options.path = (directory_ / "gatehouse.db").string();
        return open_sqlite_store(options, clock, metrics);
    }

  private:
    test::TempDir directory_;
};

const auto kSqlite =
    ::testing::Values(ContractParam{"sqlite", [] { return std::make_unique<SqliteFactory>(); }});

std::string name_of(const ::testing::TestParamInfo<ContractParam>& instance) {
    return instance.param.name;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, kSqlite, name_of);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreProducts, kSqlite, name_of);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreRenters, kSqlite, name_of);

}  // namespace gatehouse::store
