// gatehouse-demo: shows the whole way once, for real: a signed move-in at the HTTPS port ends as a
// right to open a door, and a move-out takes it away. Exits 1 if anything on the way is untrue.
#include <signal.h>

#include <cstring>
#include <iostream>

#include "e2e/world.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

void say(const std::string& text) {
    std::cout << "\n== " << text << "\n";
}

// What the two systems themselves answer, asked without gatehouse.
void show_outside(World& world, const std::string& what) {
    say(what);
    std::cout << "Kisi, role assignments:\n";
    const json state = world.simulators().get("state");
    for (const json& right : state.at("kisi").at("acme").at("role_assignments")) {
        if (right.at("applies_to_type") == "Group") {
            std::cout << "  " << right.dump() << "\n";
        }
    }
    std::cout << "Kisi, doors that " << world.email("ada")
              << " can open now: " << json(world.simulators().open_doors(world.email("ada"))).dump()
              << "\n";
    for (const json& rental : state.at("storeganise").at("acme").at("rentals")) {
        if (rental.at("id") == world.rental_of("A12")) {
            std::cout << "Storeganise, rental " << world.rental_of("A12") << ": state "
                      << rental.at("state") << ", custom fields "
                      << rental.at("customFields").dump() << "\n";
        }
    }
}

void show_timeline(World& world) {
    const std::string id = std::to_string(world.last_event());
    say("gatehouse events show " + id);
    const test::CommandResult shown = world.host().run({"events", "show", id});
    std::cout << shown.output;
    if (shown.status != 0) {
        throw std::runtime_error("the command line ended with " + std::to_string(shown.status));
    }
}

void run_demo(World& world) {
    world.add_unit("A12", "Door of unit A12");
    world.add_renter("ada", "ada@example.com");
    say("gatehouse listens with a fresh certificate");
    world.start_host();
    std::cout << world.host().webhook_url() << "\n";

    say("Ada moves into A12: Storeganise sends the signed webhook");
    world.move_in("ada", "A12");
    std::cout << "sg-signature: base64(HMAC-SHA256(secret, body))\n"
              << world.last_webhook().dump() << "\n";
    world.expect_event("done");
    show_timeline(world);
    world.expect_doors("ada", {"Door of unit A12"});
    world.expect_field("A12", "kisi_status", "active: " + world.target("A12"));
    show_outside(world, "What the outside says: the door is open to her");

    say("Ada moves out of A12");
    world.move_out("ada", "A12");
    world.expect_event("done");
    show_timeline(world);
    world.expect_doors("ada", {});
    world.expect_field("A12", "kisi_status", "ended");
    show_outside(world, "What the outside says: the right is gone");
}

void keep_up(World& world) {
    say("everything stays up; press Ctrl-C to end it");
    std::cout << "simulators' control API: http://127.0.0.1:" << world.simulators().control_port()
              << "/_sim/state\n"
              << "configuration:           " << world.host().folder().string() << "\n"
              << std::flush;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int number = 0;
    ::sigwait(&signals, &number);
}

int run(bool keep) {
    try {
        test::HostOptions options;
        World world(options);
        run_demo(world);
        say("all true");
        if (keep) {
            keep_up(world);
        }
        const int status = world.host().stop();
        if (status != 0) {
            throw std::runtime_error("gatehouse ended with " + std::to_string(status));
        }
        return 0;
    } catch (const std::exception& error) {
        std::cout << "\n== NOT TRUE: " << error.what() << "\n";
        return 1;
    }
}

}  // namespace
}  // namespace gatehouse::e2e

int main(int argc, char** argv) {
    const bool keep = argc == 2 && std::strcmp(argv[1], "--keep") == 0;
    if (argc > 1 && !keep) {
        std::cerr << "usage: gatehouse-demo [--keep]\n";
        return 2;
    }
    return gatehouse::e2e::run(keep);
}
