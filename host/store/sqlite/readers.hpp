// Readers: a few connections for reading, lent to one caller at a time each. [any thread]
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/sqlite/damage.hpp"
#include "store/sqlite/database.hpp"

namespace gatehouse::store::sqlite {

class Readers {
  public:
    // `damage` outlives them.
    static Result<std::unique_ptr<Readers>> open(const std::string& path, int count,
                                                 Damage& damage);
    explicit Readers(const Damage& damage) : damage_(damage) {}

    // Runs `read(Database&)` on one snapshot. Waits while every connection is lent.
    template <typename Read>
    auto read(Read read) -> Result<decltype(read(std::declval<Database&>()))> {
        if (auto refused = damage_.refuse_if_found(); !refused) {
            return tl::unexpected(refused.error());
        }
        const Loan loan(*this);
        run(loan.database(), "BEGIN");
        auto value = read(loan.database());
        Result<void> status = loan.database().status();
        if (!status) return tl::unexpected(status.error());
        return value;
    }

  private:
    class Loan {
      public:
        explicit Loan(Readers& readers);
        ~Loan();  // ends the snapshot and gives the connection back
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        Database& database() const { return *database_; }

      private:
        Readers& readers_;
        std::unique_ptr<Database> database_;
    };

    const Damage& damage_;
    std::mutex mutex_;
    std::condition_variable is_free_;
    std::vector<std::unique_ptr<Database>> free_;
};

}  // namespace gatehouse::store::sqlite
