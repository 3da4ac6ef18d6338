#include "app/host.hpp"

#include <utility>

#include "app/forget.hpp"
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

edge::ServerOptions edge_options(const config::Listen& listen) {
    edge::ServerOptions options;
    options.address = listen.address;
    options.port = listen.port;
    options.tls = edge::TlsFiles{listen.certificate, listen.key};
    options.workers = listen.workers;
    options.limits.head_bytes = listen.max_head_bytes;
    options.limits.body_bytes = listen.max_body_bytes;
    options.limits.connections = listen.max_connections;
    options.limits.connections_per_address = listen.max_connections_per_address;
    options.limits.handshake_ms = listen.handshake_ms;
    options.limits.head_ms = listen.head_ms;
    options.limits.body_ms = listen.body_ms;
    options.limits.idle_ms = listen.idle_ms;
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

std::filesystem::path pin_key_file(const config::Store& store) {
    return store.pin_key.empty() ? store.sqlite_path.parent_path() / "pin.key" : store.pin_key;
}

Error named(std::string_view part, Error error) {
    error.message = std::string(part) + ": " + error.message;
    return error;
}

}  // namespace

Host::Host(config::Config config)
    : config_(std::make_shared<const config::Config>(std::move(config))) {}

Host::~Host() = default;

Result<void> Host::start() {
    if (Result<void> opened = open_store(); !opened) {
        return opened;
    }
    if (Result<void> started = start_work(); !started) {
        return started;
    }
    return listen();
}

Result<void> Host::open_store() {
    auto opened =
        store::open_sqlite_store({.path = config_->store.sqlite_path.string()}, clock_, metrics_);
    if (!opened) {
        return tl::unexpected(named("store", opened.error()));
    }
    store_ = std::move(*opened);
    return {};
}

Result<void> Host::start_work() {
    client_ = egress::make_curl_client(
        {config_->egress.allow_private, config_->egress.ca_file, config_->egress.connect_to});
    egress_ = egress::make_egress(*client_, clock_, metrics_);
    auto plugins = plugins::make_plugin_host(plugins::plugin_host_options(*config_), *config_,
                                             *egress_, clock_, metrics_);
    if (!plugins) {
        return tl::unexpected(named("plugins", plugins.error()));
    }
    plugins_ = std::move(*plugins);
    auto pin_key = access::open_pin_key(pin_key_file(config_->store), random_);
    if (!pin_key) {
        return tl::unexpected(named("store", pin_key.error()));
    }
    pin_key_ = std::make_unique<access::PinKey>(std::move(*pin_key));
    work_ = std::make_unique<Work>(*config_, *store_, *egress_, *plugins_, *pin_key_, clock_,
                                   random_, metrics_);
    dispatcher_ = std::make_unique<dispatch::Dispatcher>(
        *store_, work_->handlers(), config_->dispatch, clock_, random_, metrics_);
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

Result<void> Host::listen() {
    admin_ = std::make_unique<admin::AdminHandler>(admin::Dependencies{
        *store_, *plugins_, config_, metrics_, clock_, GATEHOUSE_VERSION, &work_->sweeps()});
    auto admin = edge::start_http_server(admin_options(config_->admin), *admin_);
    if (!admin) {
        return tl::unexpected(named("admin", admin.error()));
    }
    admin_server_ = std::move(*admin);
    const auto manifest = [this](const std::string& id) { return plugins_->manifest(id); };
    webhooks_ = std::make_unique<edge::WebhookHandler>(*config_, vendor_sources(*config_, manifest),
                                                       *store_, clock_, metrics_);
    auto edge = edge::start_http_server(edge_options(config_->listen), *webhooks_);
    if (!edge) {
        return tl::unexpected(named("edge", edge.error()));
    }
    edge_ = std::move(*edge);
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

bool Host::forget_some() {
    return app::forget_some(*store_, config_->store, clock_.now_ms());
}

}  // namespace gatehouse::app
