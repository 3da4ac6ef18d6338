#include "store/sqlite_store.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

#include "store/sqlite/access_events.hpp"
#include "store/sqlite/alerts.hpp"
#include "store/sqlite/completions.hpp"
#include "store/sqlite/dead_letters.hpp"
#include "store/sqlite/events.hpp"
#include "store/sqlite/file.hpp"
#include "store/sqlite/operations.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite/reads.hpp"
#include "store/sqlite/rentals.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/tasks.hpp"
#include "store/sqlite/transfers.hpp"
#include "store/sqlite/writer.hpp"

namespace gatehouse::store {
namespace {

using sqlite::Append;
using sqlite::Database;
using sqlite::Waited;
using sqlite::WriteContext;

class SqliteStore final : public Store {
  public:
    SqliteStore(UniqueFd lock, std::unique_ptr<Database> database,
                std::unique_ptr<sqlite::Checkpointer> checkpointer,
                std::unique_ptr<sqlite::Readers> readers, const Clock& clock,
                observe::Metrics& metrics, const sqlite::WriterLimits& limits)
        : clock_(clock),
          lock_(std::move(lock)),
          readers_(std::move(readers)),
          writer_(std::move(database), std::move(checkpointer), clock, metrics, limits) {}

    void append(NewEvent event, AppendDone done) override {
        if (event.business.empty() || event.source.empty() || event.sender_id.empty()) {
            done(fail(ErrorKind::kInvalid, "an event needs a business, a source and an id"));
            return;
        }
        writer_.offer(std::make_unique<Append>(std::move(event), std::move(done)));
    }

    Result<std::optional<Event>> event(std::int64_t id) override {
        return readers_->read([&](Database& db) { return sqlite::read_event(db, id); });
    }

    Result<std::optional<Event>> event_by_sender_id(const std::string& business,
                                                    const std::string& source,
                                                    const std::string& sender_id) override {
        return readers_->read([&](Database& db) {
            return sqlite::read_event_by_sender_id(db, business, source, sender_id);
        });
    }

    Result<std::vector<Event>> events(const EventFilter& filter) override {
        return readers_->read([&](Database& db) { return sqlite::read_events(db, filter); });
    }

    Result<std::vector<TimelineStep>> timeline(std::int64_t event_id) override {
        return readers_->read([&](Database& db) { return sqlite::read_timeline(db, event_id); });
    }

    Result<std::vector<TimelineStep>> rental_steps(const std::string& business,
                                                   const std::string& rental_id,
                                                   int limit) override {
        return readers_->read([&](Database& db) {
            return sqlite::read_rental_steps(db, business, rental_id, limit);
        });
    }

    Result<std::vector<Event>> events_of_rental(const std::string& business,
                                                const std::string& rental_id, int limit) override {
        return readers_->read([&](Database& db) {
            return sqlite::read_events_of_rental(db, business, rental_id, limit);
        });
    }

    Result<std::vector<dispatch::DeadLetter>> dead_letters(
        const std::optional<std::string>& business, std::int64_t before_id, int limit) override {
        return readers_->read([&](Database& db) {
            return sqlite::read_dead_letters(db, business, before_id, limit);
        });
    }

    Result<std::optional<dispatch::DeadLetter>> dead_letter(const std::string& business,
                                                            dispatch::TaskKind kind,
                                                            const std::string& key) override {
        return readers_->read(
            [&](Database& db) { return sqlite::read_dead_letter(db, business, kind, key); });
    }

    Result<std::optional<Waiting>> waiting(const std::string& business, dispatch::TaskKind kind,
                                           const std::string& key) override {
        return readers_->read(
            [&](Database& db) { return sqlite::read_waiting(db, business, kind, key); });
    }

    Result<std::vector<SecretUse>> secret_uses(const std::string& business) override {
        return readers_->read([&](Database& db) { return sqlite::read_secret_uses(db, business); });
    }

    Result<QueueState> queue_state() override {
        return readers_->read(
            [&](Database& db) { return sqlite::read_queue_state(db, clock_.now_ms()); });
    }

    Result<std::optional<access::RentalRecord>> rental(const std::string& business,
                                                       const std::string& rental_id) override {
        return readers_->read(
            [&](Database& db) { return sqlite::read_rental(db, business, rental_id); });
    }

    Result<std::vector<access::RentalRecord>> rentals(const std::string& business,
                                                      const std::string& after_rental_id,
                                                      int limit) override {
        return readers_->read([&](Database& db) {
            return sqlite::read_rentals(db, business, after_rental_id, bounded(limit));
        });
    }

    Result<std::vector<access::RentalRecord>> rentals_by(const std::string& business,
                                                         access::RentalKey key,
                                                         const std::string& value,
                                                         const std::string& after_rental_id,
                                                         int limit) override {
        return readers_->read([&](Database& db) {
            return sqlite::read_rentals_by(db, business, key, value, after_rental_id,
                                           bounded(limit));
        });
    }

    Result<std::optional<std::string>> pin_holder(const std::string& business,
                                                  const std::string& site_id,
                                                  const std::string& pin_hash) override {
        return readers_->read(
            [&](Database& db) { return sqlite::read_pin_holder(db, business, site_id, pin_hash); });
    }

    Result<access::FuseCounts> fuse_counts(const std::string& business, const std::string& site_id,
                                           UnixMs since_ms) override {
        return readers_->read([&](Database& db) {
            return sqlite::read_fuse_counts(db, business, site_id, since_ms);
        });
    }

    Result<std::vector<access::RentalRecord>> fuse_blocked(
        const std::optional<std::string>& business, int limit) override {
        return readers_->read(
            [&](Database& db) { return sqlite::read_fuse_blocked(db, business, bounded(limit)); });
    }

    Result<std::vector<access::TransferLink>> open_transfers(
        const std::string& business, const std::string& rental_id) override {
        return readers_->read([&](Database& db) {
            return sqlite::read_open_transfers(db, business, rental_id, sqlite::kMaxRows);
        });
    }

    Result<std::vector<access::StoredAccessEvent>> access_events(
        const access::AccessEventFilter& filter) override {
        return readers_->read([&](Database& db) {
            return sqlite::read_access_events(db, filter, bounded(filter.limit));
        });
    }

    Result<std::int64_t> forget_access_events(UnixMs before_ms, int limit) override {
        constexpr std::int64_t kPiece = 500;
        return forget_in_pieces(kPiece, limit, [=](WriteContext& context, std::int64_t most) {
            return sqlite::forget_access_events(context.database(), before_ms, most);
        });
    }

    Result<std::optional<dispatch::AlertRecord>> alert(const std::string& business,
                                                       const std::string& subject) override {
        return readers_->read(
            [&](Database& db) { return sqlite::read_alert(db, business, subject); });
    }

    Result<std::vector<dispatch::AlertRecord>> alerts(const std::optional<std::string>& business,
                                                      int limit) override {
        return readers_->read(
            [&](Database& db) { return sqlite::read_alerts(db, business, bounded(limit)); });
    }

    Result<void> change_alerts(const std::string& business,
                               const std::vector<dispatch::AlertChange>& changes) override {
        return write<void>([&](WriteContext& context) {
                   return sqlite::change_alerts(context, business, changes);
               })
            .get();
    }

    Result<std::vector<dispatch::BusinessDue>> businesses_due() override {
        return readers_->read([](Database& db) { return sqlite::read_businesses_due(db); });
    }

    Result<dispatch::Leased> lease(const std::vector<dispatch::Turn>& turns, UnixMs now_ms,
                                   UnixMs lease_until_ms) override {
        return write<dispatch::Leased>([&](WriteContext& context) -> Result<dispatch::Leased> {
                   return sqlite::lease(context, turns, now_ms, lease_until_ms);
               })
            .get();
    }

    Result<void> complete(const dispatch::Completion& completion) override {
        constexpr std::size_t kPiece = 500;
        std::size_t events_put = 0;
        for (; completion.access_events.size() - events_put > kPiece; events_put += kPiece) {
            Result<void> put =
                write<void>([&](WriteContext& context) {
                    return sqlite::put_some_access_events(context, completion, events_put, kPiece);
                }).get();
            if (!put) return put;
        }
        return write<void>([&](WriteContext& context) {
                   return sqlite::complete(context, completion, events_put);
               })
            .get();
    }

    Result<void> reclaim_leases() override {
        return write<void>([](WriteContext& context) -> Result<void> {
                   sqlite::reclaim_leases(context);
                   return {};
               })
            .get();
    }

    Result<void> enqueue(const std::vector<dispatch::NewTask>& tasks) override {
        return write<void>([&](WriteContext& context) -> Result<void> {
                   for (const dispatch::NewTask& task : tasks) {
                       if (auto put = sqlite::enqueue(context, task); !put) return put;
                   }
                   return {};
               })
            .get();
    }

    Result<void> replay_dead_letter(std::int64_t id, UnixMs now_ms) override {
        return write<void>([&](WriteContext& context) {
                   return sqlite::replay_dead_letter(context, id, now_ms);
               })
            .get();
    }

    Result<void> discard_dead_letter(std::int64_t id) override {
        return write<void>([&](WriteContext& context) {
                   return sqlite::discard_dead_letter(context.database(), id);
               })
            .get();
    }

    void on_due(std::function<void(const std::vector<dispatch::BusinessDue>&)> listener) override {
        writer_.on_due(std::move(listener));
    }

    Result<void> check_writable() override {
        auto answer = write<void>([](WriteContext& context) -> Result<void> {
            // A row that stays the same would not be written.
            sqlite::run(context.database(),
                        "INSERT INTO probe (id, writes) VALUES (1, 1) "
                        "ON CONFLICT (id) DO UPDATE SET writes = writes + 1");
            return {};
        });
        // As long as a sender would wait.
        constexpr auto kPatience = std::chrono::milliseconds(1500);
        if (answer.wait_for(kPatience) != std::future_status::ready) {
            return fail(ErrorKind::kUnavailable, "no commit within 1.5 s");
        }
        return answer.get();
    }

    Result<std::int64_t> forget_events(UnixMs before_ms, int limit) override {
        constexpr std::int64_t kPiece = 50;
        return forget_in_pieces(kPiece, limit, [=](WriteContext& context, std::int64_t most) {
            return sqlite::forget_events(context, before_ms, most);
        });
    }

    void close() override { writer_.close(); }

  private:
    static int bounded(int limit) { return std::clamp(limit, 0, sqlite::kMaxRows); }

    // `forget(context, most)` says how many went. In pieces: senders wait behind each of them.
    template <typename Forget>
    Result<std::int64_t> forget_in_pieces(std::int64_t piece, int limit, Forget forget) {
        std::int64_t gone = 0;
        while (gone < limit) {
            const std::int64_t most = std::min(piece, limit - gone);
            Result<std::int64_t> went =
                write<std::int64_t>([=](WriteContext& context) -> Result<std::int64_t> {
                    return forget(context, most);
                }).get();
            if (!went) return went;
            gone += *went;
            if (*went < most) break;
        }
        return gone;
    }

    template <typename T, typename Work>
    std::future<Result<T>> write(Work work) {
        auto operation = std::make_unique<Waited<T, Work>>(std::move(work));
        auto answer = operation->answer();
        writer_.submit(std::move(operation));
        return answer;
    }

    const Clock& clock_;
    UniqueFd lock_;  // the last to go
    std::unique_ptr<sqlite::Readers> readers_;
    sqlite::Writer writer_;
};

Result<std::unique_ptr<Database>> open_for_writing(const SqliteOptions& options) {
    auto database = Database::open(options.path, Database::Access::kWrite);
    if (!database) return database;
    (*database)->execute("PRAGMA synchronous = FULL");
    if (auto migrated = sqlite::migrate(**database, sqlite::migrations()); !migrated) {
        return fail(migrated.error().kind, options.path + ": " + migrated.error().message);
    }
    (*database)->execute("PRAGMA journal_mode = WAL");
    (*database)->execute("PRAGMA journal_size_limit = 67108864");
    if (options.max_pages > 0) {
        (*database)->execute("PRAGMA max_page_count = " + std::to_string(options.max_pages));
    }
    if (auto ready = (*database)->status(); !ready) return tl::unexpected(ready.error());
    return database;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options, const Clock& clock,
                                                 observe::Metrics& metrics) {
    auto lock = sqlite::claim_database_file(options.path);
    if (!lock) return tl::unexpected(lock.error());
    auto database = open_for_writing(options);
    if (!database) return tl::unexpected(database.error());
    // 16 MiB: long enough to write a page that changed often only once, short enough to be read
    // again at once after a crash.
    constexpr std::int64_t kStartFrames = 4096;
    auto copying = Database::open(options.path, Database::Access::kWrite);
    if (!copying) return tl::unexpected(copying.error());
    auto checkpointer = std::make_unique<sqlite::Checkpointer>(std::move(*copying), kStartFrames);
    auto readers = sqlite::Readers::open(options.path, std::max(1, options.read_connections));
    if (!readers) return tl::unexpected(readers.error());
    sqlite::WriterLimits limits;
    limits.queued = options.queue_limit;
    limits.queued_bytes = options.queue_bytes_limit;
    return std::make_unique<SqliteStore>(std::move(*lock), std::move(*database),
                                         std::move(checkpointer), std::move(*readers), clock,
                                         metrics, limits);
}

}  // namespace gatehouse::store
