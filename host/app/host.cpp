#include "app/host.hpp"

#include <iterator>
#include <set>
#include <utility>

#include "app/backup.hpp"
#include "app/forget.hpp"
#include "app/host_files.hpp"
#include "app/own_alerts.hpp"
#include "app/vendor_sources.hpp"
#include "observe/log.hpp"
#include "plugins/plugin_host.hpp"
#include "store/sqlite_store.hpp"

namespace gatehouse::app {
namespace {

// Together below the 5 s that a service manager is told to allow.
constexpr int kEdgeGraceMs = 1500;
constexpr int kWorkGraceMs = 1500;
constexpr int kCutShortMs = 1000;

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kHourNs = 3'600'000 * kNsPerMs;
constexpr std::int64_t kCheckEveryMs = 86'400'000;

edge::ServerOptions edge_options(const config::Listen& listen, observe::Metrics& metrics) {
    edge::ServerOptions options;
    options.address = listen.address;
    options.port = listen.port;
    options.tls = edge::TlsFiles{listen.certificate, listen.key};
    options.workers = listen.workers;
    options.limits.head_bytes = listen.max_head_bytes;
    options.limits.body_bytes = listen.max_body_bytes;
    options.limits.bodies_bytes = listen.max_bodies_bytes;
    options.limits.connections = listen.max_connections;
    options.limits.connections_per_address = listen.max_connections_per_address;
    options.limits.handshakes_per_address = listen.max_handshakes_per_address;
    options.limits.handshake_ms = listen.handshake_ms;
    options.limits.head_ms = listen.head_ms;
    options.limits.body_ms = listen.body_ms;
    options.limits.idle_ms = listen.idle_ms;
    options.limits.stranger_idle_ms = listen.stranger_idle_ms;
    options.metrics = &metrics;
    options.trusted_proxies = listen.trusted_proxies;
    options.proxy_protocol = listen.has_proxy_protocol;
    return options;
}

edge::ServerOptions admin_options(const config::Admin& admin) {
    edge::ServerOptions options;
    options.address = admin.address;
    options.port = admin.port;
    options.workers = 1;
    options.name = "admin";
    options.limits.connections = 64;
    options.limits.body_bytes = std::size_t{64} * 1024;
    return options;
}

std::filesystem::path ticket_keys_file(const config::Config& config) {
    const std::filesystem::path& named = config.listen.ticket_keys;
    return named.empty() ? config.store.sqlite_path.parent_path() / "tickets.key" : named;
}

Error named(std::string_view part, Error error) {
    error.message = std::string(part) + ": " + error.message;
    return error;
}

}  // namespace

Host::Host(config::Config config, std::function<void()> wake)
    : config_(std::make_shared<const config::Config>(std::move(config))), wake_(std::move(wake)) {}

Host::~Host() = default;

Result<void> Host::prepare() {
    if (Result<void> taken = take_ports(); !taken) return taken;
    if (Result<void> opened = open_store(); !opened) return opened;
    if (Result<void> made = make_work(); !made) return made;
    make_handlers();
    return {};
}

// An event that comes in before the dispatcher works waits in the store.
Result<void> Host::begin() {
    if (Result<void> served = serve(); !served) return served;
    if (Result<void> started = start_work(); !started) return started;
    pulse_.add("store", [this](auto answer) { store_->on_turn(std::move(answer)); });
    pulse_.add("edge", [this](auto answer) { edge_->on_turn(std::move(answer)); });
    pulse_.add("dispatch", [this](auto answer) { dispatcher_->on_turn(std::move(answer)); });
    make_rounds();
    return {};
}

void Host::give_up() {
    if (store_) store_->close();
}

Result<void> Host::take_ports() {
    auto admin = edge::take_http_port(admin_options(config_->admin));
    if (!admin) return tl::unexpected(named("admin", admin.error()));
    admin_port_ = std::move(*admin);
    edge::ServerOptions options = edge_options(config_->listen, metrics_);
    options.ticket_keys = ticket_keys_file(*config_);
    options.on_full = wake_;
    auto edge = edge::take_http_port(options);
    if (!edge) return tl::unexpected(named("edge", edge.error()));
    edge_port_ = std::move(*edge);
    return {};
}

Result<void> Host::open_store() {
    auto opened =
        store::open_sqlite_store({.path = config_->store.sqlite_path.string()}, clock_, metrics_);
    if (!opened) {
        return tl::unexpected(named("store", opened.error()));
    }
    store_ = std::move(*opened);
    auto pin_key = access::open_pin_key(pin_key_file(config_->store), random_);
    if (!pin_key) {
        return tl::unexpected(named("store", pin_key.error()));
    }
    pin_key_ = std::make_unique<access::PinKey>(std::move(*pin_key));
    forgetter_ = std::make_unique<Forgetter>(*store_, *store_, config_->store, clock_);
    return {};
}

Result<void> Host::make_work() {
    client_ = egress::make_curl_client(
        {config_->egress.allow_private, config_->egress.ca_file, config_->egress.connect_to});
    egress_ = egress::make_egress(*client_, clock_, metrics_);
    auto plugins = plugins::make_plugin_host(plugins::plugin_host_options(*config_), *config_,
                                             *egress_, clock_, metrics_);
    if (!plugins) {
        return tl::unexpected(named("plugins", plugins.error()));
    }
    plugins_ = std::move(*plugins);
    work_ = std::make_unique<Work>(*config_, *store_, *egress_, *plugins_, *pin_key_, clock_,
                                   random_, metrics_);
    auto marks = dispatch::CrashMarks::open(crash_marks_file(config_->store), clock_);
    if (!marks) {
        return tl::unexpected(named("store", marks.error()));
    }
    marks_ = std::move(*marks);
    std::set<std::string> held;
    for (const auto& [name, refused] : config_->refused)
        held.insert(name);
    const auto count = [this](const char* state, std::size_t businesses) {
        metrics_
            .gauge("gatehouse_config_businesses", "Businesses as configured", {{"state", state}})
            .set(static_cast<double>(businesses));
    };
    count("running", config_->businesses.size());
    count("refused", held.size());
    dispatcher_ =
        std::make_unique<dispatch::Dispatcher>(*store_, work_->handlers(), config_->dispatch,
                                               clock_, random_, metrics_, &marks_, std::move(held));
    return {};
}

void Host::make_handlers() {
    admin_ = std::make_unique<admin::AdminHandler>(admin::Dependencies{
        *store_, *plugins_, config_, metrics_, clock_, GATEHOUSE_VERSION, &work_->sweeps(),
        [this] {
            const edge::HttpServer* const edge = watched_edge_;
            return edge != nullptr && edge->stats().is_refusing;
        },
        &metrics_.counter("gatehouse_admin_refused_total",
                          "Admin requests without the right token")});
    const auto manifest = [this](const std::string& id) { return plugins_->manifest(id); };
    webhooks_ = std::make_unique<edge::WebhookHandler>(*config_, vendor_sources(*config_, manifest),
                                                       *store_, clock_, metrics_, wake_,
                                                       Secret(pin_key_->hash("", "", "webhooks")));
}

Result<void> Host::serve() {
    auto admin = edge::start_http_server(std::move(admin_port_), *admin_);
    if (!admin) {
        return tl::unexpected(named("admin", admin.error()));
    }
    admin_server_ = std::move(*admin);
    auto edge = edge::start_http_server(std::move(edge_port_), *webhooks_);
    if (!edge) {
        return tl::unexpected(named("edge", edge.error()));
    }
    edge_ = std::move(*edge);
    watched_edge_ = edge_.get();
    return {};
}

Result<void> Host::start_work() {
    if (Result<void> told = tell_configuration(*config_, *store_); !told) {
        return tl::unexpected(named("alerts", told.error()));
    }
    const auto begun = store_->enqueue(dispatch::first_sweeps(*config_, clock_.now_ms()));
    if (!begun) {
        return tl::unexpected(named("sweep", begun.error()));
    }
    const auto cared = store_->enqueue(dispatch::care_tasks(*config_, clock_.now_ms()));
    if (!cared) {
        return tl::unexpected(named("care", cared.error()));
    }
    if (Result<void> started = dispatcher_->start(); !started) {
        return tl::unexpected(named("dispatch", started.error()));
    }
    return {};
}

bool Host::drain() {
    edge_->drain(kEdgeGraceMs);
    bool is_done = dispatcher_->stop(kWorkGraceMs);
    if (!is_done) {
        // Calls that hang are ended; their tasks fail, are put back and stored.
        egress_->stop();
        client_->stop();
        is_done = dispatcher_->stop(kCutShortMs);
    }
    admin_server_->drain(0);
    if (is_done) {
        plugins_->stop();
    }
    store_->close();
    return is_done;
}

void Host::make_rounds() {
    using When = Rounds::When;
    rounds_.add("the edge's alert is not stored", When::kWhenWoken,
                [this](std::int64_t now_ns) { return tell_edge_news(now_ns); });
    rounds_.add("the quotas' alerts are not stored", When::kWhenWoken,
                [this](std::int64_t now_ns) { return tell_quota_news(now_ns); });
    rounds_.add(
        "the certificate's alert is not stored", When::kWhenDue, [this](std::int64_t now_ns) {
            return tell_certificate(config_->listen, clock_.now_ms(), *store_).map([now_ns] {
                return now_ns + kHourNs;
            });
        });
    // A signal is heard between two batches, however much is to be forgotten.
    rounds_.add("old rows are not forgotten", When::kWhenDue, [this](std::int64_t now_ns) {
        return Result<std::int64_t>(forgetter_->forget_some() ? now_ns : now_ns + kHourNs);
    });
    rounds_.add("whether the database was checked is not known", When::kWhenDue,
                [this](std::int64_t now_ns) { return check_database(now_ns); });
}

Result<std::int64_t> Host::tell_edge_news(std::int64_t now_ns) {
    constexpr std::int64_t kAgainNs = 30'000 * kNsPerMs;
    const bool is_refusing = edge_->stats().is_refusing;
    if (edge_told_ != is_refusing) {
        if (const Result<void> told = tell_edge(is_refusing, *store_); !told) {
            return tl::unexpected(told.error());
        }
        edge_told_ = is_refusing;
    }
    return now_ns + (is_refusing ? kAgainNs : kHourNs);
}

Result<std::int64_t> Host::tell_quota_news(std::int64_t now_ns) {
    auto changes = webhooks_->quota_news().take_changes(now_ns);
    untold_.insert(untold_.end(), std::make_move_iterator(changes.begin()),
                   std::make_move_iterator(changes.end()));
    if (const Result<void> told = tell_quotas(untold_, *config_, *store_); !told) {
        return tl::unexpected(told.error());
    }
    untold_.clear();
    return webhooks_->quota_news().next_ns().value_or(now_ns + kHourNs);
}

// By the time of day, or a host that is restarted every day would never be checked.
Result<std::int64_t> Host::check_database(std::int64_t now_ns) {
    const Result<UnixMs> checked_ms = store_->note_check();
    if (!checked_ms) return tl::unexpected(checked_ms.error());
    const std::int64_t age_ms = clock_.now_ms() - *checked_ms;
    if (age_ms < 0 || age_ms >= kCheckEveryMs) store_->begin_check();
    return now_ns + kHourNs;
}

std::int64_t Host::look_after() {
    const std::int64_t now_ns = clock_.steady_ns();
    return (rounds_.turn(now_ns) - now_ns) / kNsPerMs;
}

}  // namespace gatehouse::app
