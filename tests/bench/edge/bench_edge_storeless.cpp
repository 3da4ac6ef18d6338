// The whole way of a webhook but the store: the edge, the signature, the envelope, and a store that
// says yes at once. What a stored acknowledgement is measured against:
//
//   bench_edge_storeless SECRET
//
// Makes a certificate of its own, takes webhooks of the business acme. Prints the port, serves
// until a signal ends it.
#include <unistd.h>

#include <atomic>
#include <iostream>

#include "edge/certificate.hpp"
#include "edge/http_server.hpp"
#include "edge/webhooks/webhook_handler.hpp"

namespace {

using namespace gatehouse;

tl::unexpected<Error> nothing_here() {
    return fail(ErrorKind::kUnsupported, "no store");
}

class YesStore final : public store::Store {
  public:
    void append(store::NewEvent, AppendDone done) override {
        done(store::Appended{++last_, false});
    }

    void on_turn(std::function<void()> turn) override { turn(); }

    Result<dispatch::Leased> lease(const std::vector<dispatch::Turn>&, UnixMs, UnixMs) override {
        return nothing_here();
    }
    Result<void> complete(const dispatch::Completion&) override { return nothing_here(); }
    Result<void> reclaim_leases() override { return nothing_here(); }
    Result<std::vector<dispatch::BusinessDue>> businesses_due() override { return nothing_here(); }
    Result<void> enqueue(const std::vector<dispatch::NewTask>&) override { return nothing_here(); }
    Result<void> replay_dead_letter(std::int64_t, UnixMs) override { return nothing_here(); }
    Result<void> discard_dead_letter(std::int64_t) override { return nothing_here(); }
    void on_due(std::function<void(const std::vector<dispatch::BusinessDue>&)>) override {}
    Result<std::optional<access::RentalRecord>> rental(const std::string&,
                                                       const std::string&) override {
        return nothing_here();
    }
    Result<std::vector<access::RentalRecord>> rentals(const std::string&, const std::string&,
                                                      int) override {
        return nothing_here();
    }
    Result<std::optional<store::Event>> event(std::int64_t) override { return nothing_here(); }
    Result<std::optional<store::Event>> event_by_sender_id(const std::string&, const std::string&,
                                                           const std::string&) override {
        return nothing_here();
    }
    Result<std::vector<store::Event>> events(const store::EventFilter&) override {
        return nothing_here();
    }
    Result<std::vector<store::TimelineStep>> timeline(std::int64_t) override {
        return nothing_here();
    }
    Result<std::vector<store::TimelineStep>> rental_steps(const std::string&, const std::string&,
                                                          int) override {
        return nothing_here();
    }
    Result<std::vector<store::Event>> events_of_rental(const std::string&, const std::string&,
                                                       int) override {
        return nothing_here();
    }
    Result<std::vector<access::RentalRecord>> rentals_by(const std::string&, access::RentalKey,
                                                         const std::string&, const std::string&,
                                                         int) override {
        return nothing_here();
    }
    Result<std::optional<std::string>> pin_holder(const std::string&, const std::string&,
                                                  const std::string&) override {
        return nothing_here();
    }
    Result<access::FuseCounts> fuse_counts(const std::string&, const std::string&,
                                           UnixMs) override {
        return nothing_here();
    }
    Result<std::vector<access::RentalRecord>> fuse_blocked(const std::optional<std::string>&,
                                                           int) override {
        return nothing_here();
    }
    Result<std::vector<access::TransferLink>> open_transfers(const std::string&,
                                                             const std::string&) override {
        return nothing_here();
    }
    Result<std::vector<access::StoredAccessEvent>> access_events(
        const access::AccessEventFilter&) override {
        return nothing_here();
    }
    Result<std::int64_t> forget_access_events(UnixMs, int) override { return nothing_here(); }
    Result<std::optional<dispatch::AlertRecord>> alert(const std::string&,
                                                       const std::string&) override {
        return nothing_here();
    }
    Result<std::vector<dispatch::AlertRecord>> alerts(const std::optional<std::string>&,
                                                      int) override {
        return nothing_here();
    }
    Result<void> change_alerts(const std::string&,
                               const std::vector<dispatch::AlertChange>&) override {
        return nothing_here();
    }
    Result<std::vector<dispatch::DeadLetter>> dead_letters(const std::optional<std::string>&,
                                                           std::int64_t, int) override {
        return nothing_here();
    }
    Result<std::optional<dispatch::DeadLetter>> dead_letter(const std::string&, dispatch::TaskKind,
                                                            const std::string&) override {
        return nothing_here();
    }
    Result<std::optional<Waiting>> waiting(const std::string&, dispatch::TaskKind,
                                           const std::string&) override {
        return nothing_here();
    }
    Result<std::vector<store::SecretUse>> secret_uses(const std::string&) override {
        return nothing_here();
    }
    Result<store::QueueState> queue_state() override { return nothing_here(); }
    Result<void> check_writable() override { return nothing_here(); }
    Result<std::optional<UnixMs>> last_seen_ms() override { return nothing_here(); }
    Result<void> clock_moved(std::int64_t) override { return nothing_here(); }
    Result<UnixMs> advance_retention(std::int64_t) override { return nothing_here(); }
    Result<std::int64_t> forget_events(UnixMs, int) override { return nothing_here(); }
    Result<std::int64_t> forget_ids(UnixMs, int) override { return nothing_here(); }
    Result<std::int64_t> forget_rentals(UnixMs, int) override { return nothing_here(); }
    Result<std::int64_t> forget_dead_letters(UnixMs, int) override { return nothing_here(); }
    std::optional<std::string> damage() const override { return std::nullopt; }
    void begin_check() override {}
    Result<UnixMs> note_check() override { return nothing_here(); }
    Result<store::RenterData> renter(const std::string&, const std::string&) override {
        return nothing_here();
    }
    Result<std::int64_t> erase_renter(const std::string&, const std::string&,
                                      store::Held) override {
        return nothing_here();
    }
    void close() override {}

  private:
    std::atomic<std::int64_t> last_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: bench_edge_storeless SECRET\n";
        return 2;
    }
    const edge::TempDir directory;
    edge::ServerOptions options;
    options.tls = edge::write_certificate(directory.path(), edge::make_certificate("localhost"));
    options.workers = 2;
    config::Config config;
    config.businesses["acme"].storeganise.webhook_secrets = {{Secret(argv[1]), "argument"}};
    config.businesses["acme"].quota = {1e9, std::int64_t{1} << 40};
    const SystemClock clock;
    observe::Metrics metrics;
    YesStore store;
    edge::WebhookHandler handler(config, {}, store, clock, metrics);
    const auto server = edge::start_http_server(options, handler);
    if (!server) {
        std::cerr << server.error().message << '\n';
        return 2;
    }
    std::cout << (*server)->port() << std::endl;
    ::pause();
    return 0;
}
