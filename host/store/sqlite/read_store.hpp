// ReadStore: the reading half of the embedded store. [any thread; waits for a read connection]
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "store/sqlite/access_events.hpp"
#include "store/sqlite/alerts.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite/reads.hpp"
#include "store/sqlite/rentals.hpp"
#include "store/sqlite/renters.hpp"
#include "store/sqlite/transfers.hpp"
#include "store/store.hpp"

namespace gatehouse::store::sqlite {

class ReadStore : public Store {
  public:
    Result<std::optional<Event>> event(std::int64_t id) override {
        return readers_->read([&](Database& db) { return read_event(db, id); });
    }

    Result<std::optional<Event>> event_by_sender_id(const std::string& business,
                                                    const std::string& source,
                                                    const std::string& sender_id) override {
        return readers_->read(
            [&](Database& db) { return read_event_by_sender_id(db, business, source, sender_id); });
    }

    Result<std::vector<Event>> events(const EventFilter& filter) override {
        return readers_->read([&](Database& db) { return read_events(db, filter); });
    }

    Result<std::vector<TimelineStep>> timeline(std::int64_t event_id) override {
        return readers_->read([&](Database& db) { return read_timeline(db, event_id); });
    }

    Result<std::vector<TimelineStep>> rental_steps(const std::string& business,
                                                   const std::string& rental_id,
                                                   int limit) override {
        return readers_->read(
            [&](Database& db) { return read_rental_steps(db, business, rental_id, limit); });
    }

    Result<std::vector<Event>> events_of_rental(const std::string& business,
                                                const std::string& rental_id, int limit) override {
        return readers_->read(
            [&](Database& db) { return read_events_of_rental(db, business, rental_id, limit); });
    }

    Result<std::vector<dispatch::DeadLetter>> dead_letters(
        const std::optional<std::string>& business, std::int64_t before_id, int limit) override {
        return readers_->read(
            [&](Database& db) { return read_dead_letters(db, business, before_id, limit); });
    }

    Result<std::optional<dispatch::DeadLetter>> dead_letter(const std::string& business,
                                                            dispatch::TaskKind kind,
                                                            const std::string& key) override {
        return readers_->read(
            [&](Database& db) { return read_dead_letter(db, business, kind, key); });
    }

    Result<std::optional<Waiting>> waiting(const std::string& business, dispatch::TaskKind kind,
                                           const std::string& key) override {
        return readers_->read([&](Database& db) { return read_waiting(db, business, kind, key); });
    }

    Result<std::vector<SecretUse>> secret_uses(const std::string& business) override {
        return readers_->read([&](Database& db) { return read_secret_uses(db, business); });
    }

    Result<QueueState> queue_state() override {
        return readers_->read([&](Database& db) { return read_queue_state(db, clock_.now_ms()); });
    }

    Result<std::optional<access::RentalRecord>> rental(const std::string& business,
                                                       const std::string& rental_id) override {
        return readers_->read([&](Database& db) { return read_rental(db, business, rental_id); });
    }

    Result<std::vector<access::RentalRecord>> rentals(const std::string& business,
                                                      const std::string& after_rental_id,
                                                      int limit) override {
        return readers_->read([&](Database& db) {
            return read_rentals(db, business, after_rental_id, bounded(limit));
        });
    }

    Result<std::vector<access::RentalRecord>> rentals_by(const std::string& business,
                                                         access::RentalKey key,
                                                         const std::string& value,
                                                         const std::string& after_rental_id,
                                                         int limit) override {
        return readers_->read([&](Database& db) {
            return read_rentals_by(db, business, key, value, after_rental_id, bounded(limit));
        });
    }

    Result<std::optional<std::string>> pin_holder(const std::string& business,
                                                  const std::string& site_id,
                                                  const std::string& pin_hash) override {
        return readers_->read(
            [&](Database& db) { return read_pin_holder(db, business, site_id, pin_hash); });
    }

    Result<access::FuseCounts> fuse_counts(const std::string& business, const std::string& site_id,
                                           UnixMs since_ms) override {
        return readers_->read(
            [&](Database& db) { return read_fuse_counts(db, business, site_id, since_ms); });
    }

    Result<std::vector<access::RentalRecord>> fuse_blocked(
        const std::optional<std::string>& business, int limit) override {
        return readers_->read(
            [&](Database& db) { return read_fuse_blocked(db, business, bounded(limit)); });
    }

    Result<std::vector<access::TransferLink>> open_transfers(
        const std::string& business, const std::string& rental_id) override {
        return readers_->read(
            [&](Database& db) { return read_open_transfers(db, business, rental_id, kMaxRows); });
    }

    Result<std::vector<access::StoredAccessEvent>> access_events(
        const access::AccessEventFilter& filter) override {
        return readers_->read(
            [&](Database& db) { return read_access_events(db, filter, bounded(filter.limit)); });
    }

    Result<std::optional<dispatch::AlertRecord>> alert(const std::string& business,
                                                       const std::string& subject) override {
        return readers_->read([&](Database& db) { return read_alert(db, business, subject); });
    }

    Result<std::vector<dispatch::AlertRecord>> alerts(const std::optional<std::string>& business,
                                                      int limit) override {
        return readers_->read(
            [&](Database& db) { return read_alerts(db, business, bounded(limit)); });
    }

    Result<std::vector<dispatch::BusinessDue>> businesses_due() override {
        return readers_->read([](Database& db) { return read_businesses_due(db); });
    }

    Result<RenterData> renter(const std::string& business, const std::string& renter_id) override {
        return readers_->read([&](Database& db) { return read_renter(db, business, renter_id); });
    }

  protected:
    ReadStore(UniqueFd lock, std::unique_ptr<Readers> readers, const Clock& clock)
        : lock_(std::move(lock)), readers_(std::move(readers)), clock_(clock) {}

    Readers& readers() { return *readers_; }

  private:
    static int bounded(int limit) { return std::clamp(limit, 0, kMaxRows); }

    UniqueFd lock_;  // the last to go
    std::unique_ptr<Readers> readers_;
    const Clock& clock_;
};

}  // namespace gatehouse::store::sqlite
