#include "store/sqlite_store.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <limits>
#include <utility>

#include "store/sqlite/access_events.hpp"
#include "store/sqlite/alerts.hpp"
#include "store/sqlite/clock.hpp"
#include "store/sqlite/completions.hpp"
#include "store/sqlite/dead_letters.hpp"
#include "store/sqlite/events.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/operations.hpp"
#include "store/sqlite/read_store.hpp"
#include "store/sqlite/rentals.hpp"
#include "store/sqlite/renters.hpp"
#include "store/sqlite/stamps.hpp"
#include "store/sqlite/tasks.hpp"
#include "store/sqlite/transfers.hpp"
#include "store/sqlite/writer.hpp"

namespace gatehouse::store {
namespace {

using sqlite::Append;
using sqlite::Database;
using sqlite::Waited;
using sqlite::WriteContext;

// Writes nothing, so its transaction costs no fsync.
class Turn final : public sqlite::Operation {
  public:
    explicit Turn(std::function<void()> turn) : turn_(std::move(turn)) {}

    Result<void> run(WriteContext&) override { return {}; }
    void finish(const Result<void>&) override { turn_(); }

  private:
    const std::function<void()> turn_;
};

class SqliteStore final : public sqlite::ReadStore {
  public:
    SqliteStore(sqlite::Parts parts, const Clock& clock, observe::Metrics& metrics,
                const sqlite::WriterLimits& limits)
        : ReadStore(std::move(parts.lock), std::move(parts.readers), clock),
          path_(std::move(parts.path)),
          damage_(std::move(parts.damage)),
          seen_ms_(parts.seen_ms),
          checker_(std::move(parts.checker)),
          writer_(std::move(parts.database), std::move(parts.checkpointer), *damage_, clock,
                  metrics, limits) {}

    void append(NewEvent event, AppendDone done) override {
        if (event.business.empty() || event.source.empty() || event.sender_id.empty()) {
            done(fail(ErrorKind::kInvalid, "an event needs a business, a source and an id"));
            return;
        }
        writer_.offer(std::make_unique<Append>(std::move(event), std::move(done)));
    }

    void on_turn(std::function<void()> turn) override {
        writer_.submit(std::make_unique<Turn>(std::move(turn)));
    }

    Result<std::int64_t> forget_access_events(UnixMs before_ms, int limit) override {
        constexpr std::int64_t kPiece = 500;
        return forget_in_pieces(kPiece, limit, [=](WriteContext& context, std::int64_t most) {
            return sqlite::forget_access_events(context.database(), before_ms, most);
        });
    }

    Result<void> change_alerts(const std::string& business,
                               const std::vector<dispatch::AlertChange>& changes) override {
        return write<void>([&](WriteContext& context) {
                   return sqlite::change_alerts(context, business, changes);
               })
            .get();
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

    Result<std::optional<UnixMs>> last_seen_ms() override { return seen_ms_; }

    Result<void> clock_moved(std::int64_t by_ms) override {
        auto moved = walk([=](WriteContext& context, std::int64_t after_id) {
            return sqlite::move_tasks(context, by_ms, after_id, kWalkPiece);
        });
        if (!moved) return moved;
        if (by_ms < 0) {
            auto pulled = forget_in_pieces(kWalkPiece, std::numeric_limits<int>::max(),
                                           sqlite::pull_back_stamps);
            if (!pulled) return tl::unexpected(pulled.error());
            moved = walk([](WriteContext& context, std::int64_t after_id) {
                return sqlite::pull_back_rentals(context, after_id, kWalkPiece);
            });
            if (!moved) return moved;
        }
        return write<void>([](WriteContext& context) -> Result<void> {
                   context.take_time();
                   return {};
               })
            .get();
    }

    Result<UnixMs> advance_retention(std::int64_t at_most_ms) override {
        return write<UnixMs>([=](WriteContext& context) -> Result<UnixMs> {
                   return sqlite::advance_retention(context, at_most_ms);
               })
            .get();
    }

    Result<std::int64_t> forget_events(UnixMs before_ms, int limit) override {
        constexpr std::int64_t kPiece = 50;
        return forget_in_pieces(kPiece, limit, [=](WriteContext& context, std::int64_t most) {
            return sqlite::forget_events(context, before_ms, most);
        });
    }

    Result<std::int64_t> forget_ids(UnixMs before_ms, int limit) override {
        constexpr std::int64_t kPiece = 500;
        return forget_in_pieces(kPiece, limit, [=](WriteContext& context, std::int64_t most) {
            return sqlite::forget_ids(context.database(), before_ms, most);
        });
    }

    Result<std::int64_t> forget_rentals(UnixMs before_ms, int limit) override {
        constexpr std::int64_t kPiece = 20;
        return forget_in_pieces(kPiece, limit, [=](WriteContext& context, std::int64_t most) {
            return sqlite::forget_rentals(context.database(), before_ms, most);
        });
    }

    Result<std::int64_t> forget_dead_letters(UnixMs before_ms, int limit) override {
        constexpr std::int64_t kPiece = 50;
        auto letters =
            forget_in_pieces(kPiece, limit, [=](WriteContext& context, std::int64_t most) {
                return sqlite::forget_dead_letters(context.database(), before_ms, most);
            });
        if (!letters) return letters;
        auto events =
            forget_in_pieces(kPiece, limit, [=](WriteContext& context, std::int64_t most) {
                return sqlite::forget_dead_events(context.database(), before_ms, most);
            });
        if (!events) return events;
        return std::max(*letters, *events);
    }

    std::optional<std::string> damage() const override { return damage_->what(); }

    void begin_check() override { checker_->begin(); }

    Result<UnixMs> note_check() override {
        return write<UnixMs>([found_ms = checker_->found_whole_ms()](
                                 WriteContext& context) -> Result<UnixMs> {
                   return sqlite::note_check(context, found_ms);
               })
            .get();
    }

    // What came in while it was erased is found in another round.
    Result<std::int64_t> erase_renter(const std::string& business, const std::string& renter_id,
                                      Held held) override {
        constexpr int kRounds = 5;
        std::int64_t changed = 0;
        for (int round = 0; round < kRounds; ++round) {
            auto rows = readers().read(
                [&](Database& db) { return sqlite::find_renter_rows(db, business, renter_id); });
            if (!rows) return tl::unexpected(rows.error());
            if (!rows->held.empty() && held == Held::kRefuse) {
                return fail(ErrorKind::kConflict,
                            "rental " + rows->held.front() + " still has access; end it first");
            }
            if (rows->empty()) break;
            Result<std::int64_t> erased = erase(business, *rows);
            if (!erased) return erased;
            changed += *erased;
        }
        empty_log();
        return write<std::int64_t>([&](WriteContext& context) -> Result<std::int64_t> {
                   sqlite::note_erasure(context, business, renter_id, changed);
                   return changed;
               })
            .get();
    }

    void close() override {
        (void)note_check();
        writer_.close();
    }

  private:
    static constexpr std::int64_t kWalkPiece = 500;

    // `visit(context, after_id)` says up to which id it came; 0 at the end.
    template <typename Visit>
    Result<void> walk(Visit visit) {
        std::int64_t after_id = 0;
        do {
            const Result<std::int64_t> last =
                write<std::int64_t>([=](WriteContext& context) -> Result<std::int64_t> {
                    return visit(context, after_id);
                }).get();
            if (!last) return tl::unexpected(last.error());
            after_id = *last;
        } while (after_id != 0);
        return {};
    }

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

    Result<std::int64_t> erase(const std::string& business, sqlite::RenterRows& rows) {
        constexpr std::size_t kPiece = 100;
        std::int64_t changed = 0;
        while (!rows.empty()) {
            // A run that was undone runs again, over the same rows.
            auto erased = write<std::pair<std::int64_t, sqlite::RenterRows>>(
                              [&](WriteContext& context)
                                  -> Result<std::pair<std::int64_t, sqlite::RenterRows>> {
                                  sqlite::RenterRows left = rows;
                                  const std::int64_t count =
                                      sqlite::erase_some(context, business, left, kPiece);
                                  return std::pair(count, std::move(left));
                              })
                              .get();
            if (!erased) return tl::unexpected(erased.error());
            changed += erased->first;
            rows = std::move(erased->second);
        }
        return changed;
    }

    // The log still holds the pages as they were. A reader in the way leaves it for the next time.
    void empty_log() {
        auto database = Database::open(path_, Database::Access::kWrite);
        if (database) (void)(*database)->empty_log();
    }

    template <typename T, typename Work>
    std::future<Result<T>> write(Work work) {
        auto operation = std::make_unique<Waited<T, Work>>(std::move(work));
        auto answer = operation->answer();
        writer_.submit(std::move(operation));
        return answer;
    }

    const std::string path_;
    std::unique_ptr<sqlite::Damage> damage_;
    const std::optional<UnixMs> seen_ms_;  // when an earlier process last committed
    std::unique_ptr<sqlite::Checker> checker_;
    sqlite::Writer writer_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options, const Clock& clock,
                                                 observe::Metrics& metrics) {
    auto parts = sqlite::open_parts(options, clock, metrics);
    if (!parts) return tl::unexpected(parts.error());
    sqlite::WriterLimits limits;
    limits.queued = options.queue_limit;
    limits.queued_bytes = options.queue_bytes_limit;
    return std::make_unique<SqliteStore>(std::move(*parts), clock, metrics, limits);
}

}  // namespace gatehouse::store
