#include "store/sqlite/checker.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "observe/log.hpp"

namespace gatehouse::store::sqlite {
namespace {

// Whoever waits for an answer goes first.
constexpr int kNice = 10;

}  // namespace

std::optional<std::string> find_damage(Database& database) {
    Query query(database, "PRAGMA integrity_check(5)");
    std::string found;
    while (query.next()) {
        const std::string line = query.text(0);
        if (line == "ok") continue;
        found += (found.empty() ? "" : "; ") + line;
    }
    if (found.empty()) return std::nullopt;
    return found;
}

Checker::Checker(std::string path, Damage& damage, const Clock& clock, observe::Metrics& metrics)
    : path_(std::move(path)),
      damage_(damage),
      clock_(clock),
      checked_at_(metrics.gauge("gatehouse_store_checked_timestamp_seconds",
                                "When the whole database was last found whole")),
      thread_([this] { work(); }) {}

Checker::~Checker() {
    {
        const std::lock_guard lock(mutex_);
        is_closing_ = true;
        if (reading_ != nullptr) reading_->interrupt();
    }
    news_.notify_all();
    thread_.join();
}

void Checker::begin() {
    {
        const std::lock_guard lock(mutex_);
        is_wanted_ = true;
    }
    news_.notify_all();
}

bool Checker::wait(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return news_.wait_for(lock, patience, [this] { return !is_wanted_; });
}

void Checker::work() {
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
    std::unique_lock lock(mutex_);
    while (true) {
        news_.wait(lock, [this] { return is_wanted_ || is_closing_; });
        if (is_closing_) return;
        lock.unlock();
        check();
        lock.lock();
        is_wanted_ = false;
        news_.notify_all();
    }
}

void Checker::check() {
    const std::int64_t start_ns = clock_.steady_ns();
    auto database = Database::open(path_, Database::Access::kRead);
    if (!database) {
        if (database.error().kind == ErrorKind::kInternal) damage_.note(database.error().message);
        observe::warn("store", "not checked", {{"reason", database.error().message}});
        return;
    }
    (*database)->report_to(damage_);
    {
        const std::lock_guard lock(mutex_);
        if (is_closing_) return;
        reading_ = database->get();
    }
    const std::optional<std::string> found = find_damage(**database);
    {
        const std::lock_guard lock(mutex_);
        reading_ = nullptr;
        if (is_closing_) return;
    }
    if (found) {
        damage_.note(*found);
    } else if (const Result<void> checked = (*database)->status(); !checked) {
        observe::warn("store", "not checked", {{"reason", checked.error().message}});
    } else {
        found_whole_ms_ = clock_.now_ms();
        checked_at_.set(static_cast<double>(found_whole_ms_) / 1e3);
        observe::info("store", "the database is whole",
                      {{"ms", (clock_.steady_ns() - start_ns) / 1'000'000}});
    }
}

}  // namespace gatehouse::store::sqlite
