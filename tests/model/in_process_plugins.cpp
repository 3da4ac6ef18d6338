#include "model/in_process_plugins.hpp"

#include <stdexcept>
#include <variant>

#include "base/json.hpp"
#include "call.hpp"
#include "host_tables.hpp"
#include "instances.hpp"
#include "loader.hpp"
#include "plugins/bound_connection.hpp"
#include "plugins/documents.hpp"
#include "plugins/faults.hpp"
#include "plugins/http_service.hpp"

namespace gatehouse::model {
namespace {

constexpr std::uint32_t kCallMs = 60'000;

gatehouse_str str(std::string_view text) {
    return {text.data(), text.size()};
}

// What the runner would ask the host over its socket.
class Link final : public runner::HostLink {
  public:
    Link(egress::Egress& egress, const Clock& clock) : egress_(egress), clock_(clock) {}

    runner::ServiceReply ask(std::uint32_t, std::string_view, std::string_view document) override {
        const std::int64_t deadline_ns = clock_.steady_ns() + std::int64_t{kCallMs} * 1'000'000;
        plugins::ServiceAnswer answer =
            plugins::send_http(egress_, *policy, document, deadline_ns, steps);
        return {answer.kind, std::move(answer.document)};
    }
    void log(std::int32_t, std::string_view) override {}

    const egress::Policy* policy = nullptr;  // of the call under way
    observe::StepLog* steps = nullptr;

  private:
    egress::Egress& egress_;
    const Clock& clock_;
};

// The runner's tables, but for the time of day and the log.
class Tables {
  public:
    Tables(runner::HostLink& link, const Clock& clock) : rest_(link) {
        clock_of_plugins = &clock;
        shell_.struct_size = sizeof(gatehouse_host);
        shell_.abi_major = rest_.host()->abi_major;
        shell_.abi_minor = rest_.host()->abi_minor;
        shell_.service = &Tables::service;
        shell_.self = this;
    }

    const gatehouse_host* host() const { return &shell_; }

  private:
    struct Shell : gatehouse_host {
        const Tables* self;
    };

    static const void* service(const gatehouse_host* host, gatehouse_str id) {
        static constexpr gatehouse_clock_v1 kClock{
            sizeof(gatehouse_clock_v1), 0,
            [](const gatehouse_host*) { return clock_of_plugins->now_ms(); },
            [](const gatehouse_host*) { return clock_of_plugins->steady_ns(); }};
        static constexpr gatehouse_log_v1 kLog{
            sizeof(gatehouse_log_v1), 0, [](const gatehouse_host*, std::int32_t, gatehouse_str) {}};
        const std::string_view name(id.data, static_cast<std::size_t>(id.size));
        if (name == "gatehouse.clock/1") return &kClock;
        if (name == "gatehouse.log/1") return &kLog;
        const gatehouse_host* rest = static_cast<const Shell*>(host)->self->rest_.host();
        return rest->service(rest, id);
    }

    static inline const Clock* clock_of_plugins = nullptr;  // the tables know no instance

    runner::HostTables rest_;
    Shell shell_{};
};

}  // namespace

struct InProcessPlugins::Connection {
    plugins::BoundConnection bound;
};

struct InProcessPlugins::Library {
    Library(const gatehouse_entry& loaded, egress::Egress& egress, const Clock& clock)
        : entry(loaded),
          link(egress, clock),
          tables(link, clock),
          instances(entry, tables.host(), 64, [](std::string_view) {}) {}
    ~Library() { instances.clear(); }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    const gatehouse_entry& entry;
    Link link;
    Tables tables;
    runner::Instances instances;
};

InProcessPlugins::InProcessPlugins(const std::filesystem::path& directory,
                                   const config::Config& config, egress::Egress& egress,
                                   const Clock& clock)
    : egress_(egress), clock_(clock) {
    config::Problems problems;
    registry_ = plugins::scan_plugins(directory, problems);
    SystemRandom random;  // of references alone, which nothing of a history hangs on
    for (const auto& [name, business] : config.businesses) {
        for (const auto& [key, connection] : business.connections) {
            const plugins::Manifest* found = manifest(connection.plugin);
            if (found == nullptr) throw std::runtime_error("no plugin " + connection.plugin);
            auto made = std::make_unique<Connection>();
            made->bound = plugins::bind_connection(name, connection, *found,
                                                   config.egress.allow_private, random, problems);
            made->bound.policy.requests_per_second = 0;  // nobody turns the clock while it waits
            connections_[made->bound.name] = std::move(made);
        }
    }
    if (config::has_errors(problems)) {
        throw std::runtime_error(config::to_string(problems.front()));
    }
}

InProcessPlugins::~InProcessPlugins() = default;

InProcessPlugins::Library& InProcessPlugins::library(const std::string& plugin) {
    std::unique_ptr<Library>& found = libraries_[plugin];
    if (!found) {
        const plugins::Manifest& wanted = *manifest(plugin);
        const std::string library = wanted.library.string();
        const auto loaded =
            runner::load_plugin({library, library, wanted.plugin, wanted.version, wanted.features});
        if (const auto* refusal = std::get_if<runner::Refusal>(&loaded)) {
            throw std::runtime_error(plugin + ": " + refusal->reason);
        }
        found =
            std::make_unique<Library>(*std::get<const gatehouse_entry*>(loaded), egress_, clock_);
    }
    return *found;
}

Result<std::string> InProcessPlugins::call(const plugins::Call& call) {
    const auto connection = connections_.find(call.business + "/" + call.connection);
    if (connection == connections_.end()) return fail(ErrorKind::kNotFound, "no connection");
    const plugins::BoundConnection& bound = connection->second->bound;
    Library& used = library(bound.plugin);
    const gatehouse_function function = runner::find_function(used.entry, call.function);
    if (function == nullptr) return fail(ErrorKind::kUnsupported, "not offered");
    used.link.policy = &bound.policy;
    used.link.steps = call.steps;
    runner::Call made(used.link, 1, kCallMs);
    runner::Outcome outcome;
    gatehouse_instance* instance =
        used.instances.acquire(bound.name, bound.document, made, outcome);
    if (instance != nullptr) {
        const std::string document = plugins::document_for(bound, call.function, call.document);
        outcome = made.outcome(function(instance, made.handle(), str(document)));
        used.instances.release(bound.name);
    }
    if (std::exchange(is_runner_dying_, false)) {
        has_runner_died_ = true;
        return fail(ErrorKind::kInternal, "the runner died");
    }
    if (outcome.kind != GATEHOUSE_OK) {
        Error error{static_cast<ErrorKind>(outcome.kind), outcome.message};
        const auto fields = parse_json(outcome.fields);
        const std::string faults = fields ? plugins::faults_in_words(*fields) : "";
        if (!faults.empty()) error.message += " (" + faults + ")";
        if (outcome.retry_after_ms > 0) {
            error.retry_after_ms = static_cast<std::int64_t>(outcome.retry_after_ms);
        }
        return tl::unexpected(std::move(error));
    }
    return plugins::result_from(bound, call.function, std::move(outcome.document));
}

const plugins::Manifest* InProcessPlugins::manifest(const std::string& plugin) const {
    const auto found = registry_.manifests.find(plugin);
    return found == registry_.manifests.end() ? nullptr : &found->second;
}

}  // namespace gatehouse::model
