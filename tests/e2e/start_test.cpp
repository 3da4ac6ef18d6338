// Starts that fail or are cut short, and signals that must harm nothing.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "base/unique_fd.hpp"
#include "support/gatehouse_host.hpp"
#include "support/throwaway_certificate.hpp"

namespace gatehouse::e2e {
namespace {

using test::GatehouseHost;
using test::HostOptions;

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void replace_in(const std::filesystem::path& file, const std::string& what, const std::string& by) {
    std::string text = read(file);
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    std::ofstream(file) << text.replace(at, what.size(), by);
}

// A runner that does this instead of loading a plugin.
std::string runner_that(const test::TempDir& dir, const std::string& script) {
    const std::filesystem::path file = dir / "runner";
    std::ofstream(file) << "#!/bin/sh\n" << script << '\n';
    ::chmod(file.c_str(), 0700);
    return "runner: {path: " + file.string() + "}\n";
}

// A port of the loopback that somebody listens on.
struct TakenPort {
    UniqueFd fd;
    std::uint16_t port = 0;
};

TakenPort take_port() {
    TakenPort taken{UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(taken.fd.get(), any, size) == 0 && ::listen(taken.fd.get(), 1) == 0 &&
        ::getsockname(taken.fd.get(), any, &size) == 0) {
        taken.port = ntohs(address.sin_port);
    }
    return taken;
}

bool was_asked(const test::Simulators& simulators) {
    const nlohmann::json counters = simulators.counters();
    for (const auto& [service, counts] : counters.items()) {
        if (!counts.is_object()) continue;
        for (const auto& [name, count] : counts.items()) {
            if (count.is_number() && count != 0) return true;
        }
    }
    return false;
}

// With work in the store that calls outside at once, and each port in turn.
TEST(StartTest, AStartWithoutItsPortsEndsAndHasTouchedNothingOutside) {
    const test::Simulators simulators;
    const TakenPort taken = take_port();
    ASSERT_NE(taken.port, 0);
    for (const std::string section : {"listen", "admin"}) {
        HostOptions options;
        options.public_url = "https://gate.example.test";
        GatehouseHost host(simulators, options);
        replace_in(host.folder() / "gatehouse.yaml", section + ": {address: 127.0.0.1, port: 0",
                   section + ": {address: 127.0.0.1, port: " + std::to_string(taken.port));
        const test::CommandResult result = host.run({"serve"});
        EXPECT_EQ(result.status, 1) << result.output;
        EXPECT_NE(result.output.find("cannot listen on 127.0.0.1"), std::string::npos)
            << result.output;
        EXPECT_FALSE(std::filesystem::exists(host.folder() / "gatehouse.db"));
    }
    EXPECT_FALSE(was_asked(simulators)) << simulators.counters().dump();
}

TEST(StartTest, IsEndedWhileItStarts) {
    const test::Simulators simulators;
    for (const std::string signal : {"TERM", "INT"}) {
        const test::TempDir dir;
        HostOptions options;
        options.host_sections =
            runner_that(dir, "kill -USR1 $PPID; kill -" + signal + " $PPID; exec sleep 60");
        GatehouseHost host(simulators, options);
        const test::CommandResult result = host.run({"serve"});
        EXPECT_EQ(result.status, 0) << result.output;
        EXPECT_NE(result.output.find("told to end while starting"), std::string::npos)
            << result.output;
        EXPECT_EQ(result.output.find("does not load"), std::string::npos) << result.output;
    }
    EXPECT_FALSE(was_asked(simulators)) << simulators.counters().dump();
}

TEST(StartTest, SignalsOfLogToolsHarmNothing) {
    const test::Simulators simulators;
    GatehouseHost host(simulators);
    host.start();
    for (const int number : {SIGHUP, SIGUSR1, SIGUSR2, SIGUSR1}) {
        host.process().signal(number);
    }
    const auto reply = host.send_signed(R"({"id":"e1","type":"something.happened"})");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(host.stop(), 0);
}

void append(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::app) << text;
}

std::set<std::string> lines_with(const std::string& output, const std::string& word) {
    std::set<std::string> found;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        if (line.find(word) != std::string::npos) found.insert(line);
    }
    return found;
}

TEST(StartTest, P10_OneBadBusinessKeepsNobodyElseFromStarting) {
    const test::Simulators simulators;
    HostOptions options;
    options.businesses = {"acme", "beta"};
    GatehouseHost host(simulators, options);
    const std::filesystem::path bad = host.folder() / "businesses.d/beta.yaml";
    const std::string good = read(bad);
    append(bad, "acess: x\n");
    host.start();
    const std::string event = R"({"id":"e1","type":"something.happened"})";
    EXPECT_EQ(host.send_signed(event, "acme")->status, 200);
    const auto held = host.send_signed(event, "beta");
    ASSERT_TRUE(held);
    EXPECT_EQ(held->status, 503);
    const std::string alerts = host.run({"alerts"}).output;
    EXPECT_NE(alerts.find("configuration:beta"), std::string::npos) << alerts;
    EXPECT_NE(alerts.find("unknown key 'acess'"), std::string::npos) << alerts;
    const std::string businesses = host.run({"businesses"}).output;
    EXPECT_NE(businesses.find("does not run"), std::string::npos) << businesses;
    EXPECT_NE(
        host.admin_raw("/metrics")->body.find("gatehouse_config_businesses{state=\"refused\"} 1"),
        std::string::npos);
    EXPECT_EQ(host.run({"check"}).status, 2);
    EXPECT_EQ(host.stop(), 0);
    std::ofstream(bad) << good;
    host.start();
    EXPECT_EQ(host.send_signed(event, "beta")->status, 200);
    EXPECT_EQ(host.stop(), 0);
}

// Each mistake that keeps the host from starting is the same line of `check`, and none is found
// only by `serve`.
TEST(StartTest, CheckSaysWhateverServeRefuses) {
    const test::Simulators simulators;
    const auto other = test::make_certificate();
    using Break = std::function<void(const std::filesystem::path& folder)>;
    const std::map<std::string, Break> breaks{
        {"another's key",
         [&](const auto& folder) { std::ofstream(folder / "key.pem") << other.key_pem; }},
        {"exchanged",
         [](const auto& folder) {
             replace_in(folder / "gatehouse.yaml", "{certificate: certificate.pem, key: key.pem}",
                        "{certificate: key.pem, key: certificate.pem}");
         }},
        {"no PEM", [](const auto& folder) { std::ofstream(folder / "certificate.pem") << "x"; }},
        {"no key", [](const auto& folder) { std::filesystem::remove(folder / "key.pem"); }},
        {"no folder for the store",
         [](const auto& folder) {
             replace_in(folder / "gatehouse.yaml", "path: gatehouse.db", "path: no/gatehouse.db");
         }},
        {"a folder in the database's place",
         [](const auto& folder) { std::filesystem::create_directory(folder / "gatehouse.db"); }},
        {"everybody's PIN key",
         [](const auto& folder) {
             std::ofstream(folder / "pin.key") << std::string(64, 'a') << '\n';
             ::chmod((folder / "pin.key").c_str(), 0644);
         }},
        {"half a PIN key",
         [](const auto& folder) {
             std::ofstream(folder / "pin.key") << "aaaa\n";
             ::chmod((folder / "pin.key").c_str(), 0600);
         }},
        {"the only business",
         [](const auto& folder) { append(folder / "businesses.d/acme.yaml", "acess: x\n"); }},
        {"no plugins",
         [](const auto& folder) {
             replace_in(folder / "gatehouse.yaml", "plugins: ", "plugins: /nowhere");
         }},
    };
    for (const auto& [name, spoil] : breaks) {
        GatehouseHost host(simulators);
        spoil(host.folder());
        const test::CommandResult checked = host.run({"check"});
        const test::CommandResult served = host.run({"serve"});
        EXPECT_EQ(checked.status, 2) << name << checked.output;
        EXPECT_EQ(served.status, 2) << name << served.output;
        EXPECT_FALSE(lines_with(checked.output, ": error: ").empty()) << name;
        EXPECT_EQ(lines_with(checked.output, ": error: "), lines_with(served.output, ": error: "))
            << name;
    }
    EXPECT_FALSE(was_asked(simulators)) << simulators.counters().dump();
}

}  // namespace
}  // namespace gatehouse::e2e
