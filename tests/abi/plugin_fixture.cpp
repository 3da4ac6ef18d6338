#include "abi/plugin_fixture.hpp"

#include <fstream>
#include <stdexcept>
#include <thread>

#include "base/json.hpp"

namespace gatehouse::test {
namespace {

namespace fs = std::filesystem;

constexpr auto kOwnerWrites = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                              fs::perms::others_read | fs::perms::others_exec;

}  // namespace

Result<egress::HttpReply> ScriptedEgress::send(const egress::Policy& policy, egress::HttpCall call,
                                               std::int64_t /*deadline_ns*/,
                                               observe::StepLog* steps) {
    {
        const std::lock_guard lock(mutex_);
        calls_.push_back(call);
        keys_.push_back(policy.key);
    }
    if (steps != nullptr) steps->add(observe::StepKind::kAsked, call.method + " " + call.url);
    if (reply) return reply(call);
    return egress::HttpReply{200, {}, "hello"};
}

std::vector<egress::HttpCall> ScriptedEgress::calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
}

std::vector<std::string> ScriptedEgress::keys() {
    const std::lock_guard lock(mutex_);
    return keys_;
}

PluginFixture::PluginFixture() {
    options.directory = folder / "plugins";
    options.lane.runner = RUNNER;
    options.lane.first_pause_ms = 20;
    options.lane.max_pause_ms = 100;
    fs::create_directory(options.directory);
    fs::permissions(options.directory, kOwnerWrites);
}

fs::path PluginFixture::add_plugin(const PluginFile& file) {
    fs::path place = options.directory / file.id;
    fs::create_directory(place);
    fs::permissions(place, kOwnerWrites);
    const std::string name = "libabi_" + file.library + ".so";
    fs::copy_file(fs::path(ABI_PLUGINS) / name, place / name);
    fs::permissions(place / name, kOwnerWrites);
    std::ofstream manifest(place / "plugin.yaml");
    manifest << "plugin: " << file.id << "\nversion: 1.0.0\nlibrary: " << name
             << "\nabi: {major: 1}\nfeatures: " << file.features << "\nlimits: " << file.limits
             << "\nsettings: {properties: {act: {type: string}, greeting: {type: string}, "
                "key: {type: string, secret: true}}}\n"
             << file.more;
    manifest.close();
    fs::permissions(place / "plugin.yaml", fs::perms::owner_read | fs::perms::owner_write);
    return place;
}

config::Connection& PluginFixture::connect(const std::string& connection, const std::string& plugin,
                                           const std::string& business) {
    config.businesses[business].business = business;
    config::Connection& made = config.businesses[business].connections[connection];
    made.name = connection;
    made.plugin = plugin;
    made.place = {business + ".yaml", 7, 3};
    return made;
}

plugins::PluginHost& PluginFixture::start() {
    auto made = plugins::make_plugin_host(options, config, egress, clock, metrics);
    if (!made) throw std::runtime_error(made.error().message);
    host = std::move(*made);
    return *host;
}

Result<std::string> PluginFixture::apply(const std::string& connection, const std::string& act,
                                         const std::string& business) {
    return host->call({business, connection, "access.apply", apply_request(connection, act)});
}

std::string PluginFixture::detail(const std::string& connection, const std::string& act) {
    const Result<std::string> result = apply(connection, act);
    if (!result) {
        return std::string(to_string(result.error().kind)) + ": " + result.error().message;
    }
    const auto document = parse_json(*result);
    return document ? string_member(*document, "detail").value_or("no detail") : "no document";
}

plugins::PluginStatus PluginFixture::status(const std::string& plugin) {
    for (plugins::PluginStatus& one : host->status()) {
        if (one.id == plugin) return std::move(one);
    }
    throw std::runtime_error("no status of " + plugin);
}

bool PluginFixture::wait_for(const std::string& plugin,
                             const std::function<bool(const plugins::PluginStatus&)>& wanted) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!wanted(status(plugin))) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

bool PluginFixture::wait_for(const std::string& plugin, plugins::PluginState state) {
    return wait_for(plugin, [state](const auto& status) { return status.state == state; });
}

std::string apply_request(const std::string& rental, const std::string& act) {
    const nlohmann::json document = {{"schema", 1},
                                     {"rental",
                                      {{"id", rental},
                                       {"unit_id", "u"},
                                       {"unit_name", "A1"},
                                       {"site_id", "s"},
                                       {"business", "acme"}}},
                                     {"renter",
                                      {{"id", "r"},
                                       {"name", "Ada"},
                                       {"email", "ada@example.com"},
                                       {"phone", ""},
                                       {"language", "en"}}},
                                     {"state", "active"},
                                     {"targets", {"door:1"}},
                                     {"window", {{"from", nullptr}, {"until", nullptr}}},
                                     {"credential", nullptr},
                                     {"references", {{"role", "7"}}},
                                     {"reasons", {act}}};
    return dump_json(document);
}

}  // namespace gatehouse::test
