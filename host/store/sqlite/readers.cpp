#include "store/sqlite/readers.hpp"

namespace gatehouse::store::sqlite {

Result<std::unique_ptr<Readers>> Readers::open(const std::string& path, int count, Damage& damage) {
    auto readers = std::make_unique<Readers>(damage);
    for (int i = 0; i < count; ++i) {
        auto database = Database::open(path, Database::Access::kRead);
        if (!database) return tl::unexpected(database.error());
        (*database)->report_to(damage);
        readers->free_.push_back(std::move(*database));
    }
    return readers;
}

Readers::Loan::Loan(Readers& readers) : readers_(readers) {
    std::unique_lock lock(readers_.mutex_);
    readers_.is_free_.wait(lock, [this] { return !readers_.free_.empty(); });
    database_ = std::move(readers_.free_.back());
    readers_.free_.pop_back();
}

Readers::Loan::~Loan() {
    database_->clear();
    if (database_->in_transaction()) run(*database_, "COMMIT");
    database_->clear();
    {
        const std::lock_guard lock(readers_.mutex_);
        readers_.free_.push_back(std::move(database_));
    }
    readers_.is_free_.notify_one();
}

}  // namespace gatehouse::store::sqlite
