// The database: copied, broken, restored; and what it holds of one person.
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "e2e/sentences.hpp"
#include "support/database_bytes.hpp"

namespace gatehouse::e2e {
namespace {

std::string run(World& world, const std::vector<std::string>& arguments) {
    const test::CommandResult result = world.host().run(arguments);
    if (result.status != 0) {
        throw std::runtime_error(arguments.front() + " ended with " +
                                 std::to_string(result.status) + ": " + result.output);
    }
    return result.output;
}

std::string backup_of(World& world) {
    return (world.host().folder() / "backup.db").string();
}

// All but the first page, as a disk that was written over.
void spoil(const std::filesystem::path& file) {
    constexpr std::size_t kPage = 4096;
    std::string bytes = test::bytes_of(file);
    if (bytes.size() <= kPage) throw std::runtime_error("there is nothing to spoil");
    bytes.replace(kPage, bytes.size() - kPage, bytes.size() - kPage, '\xA5');
    std::ofstream(file, std::ios::binary) << bytes;
}

bool starts(World& world) {
    try {
        world.host().start();
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

// As a kill leaves it, but with the log in the file: what is spoiled is then read.
void break_the_database(World& world) {
    if (world.host().stop() != 0) throw std::runtime_error("it did not end in order");
    const std::filesystem::path database = world.host().folder() / "gatehouse.db";
    std::filesystem::remove(database.string() + "-wal");
    spoil(database);
    if (starts(world)) throw std::runtime_error("it starts with a broken database");
}

void restore(World& world) {
    const test::CommandResult early = world.host().run({"restore", backup_of(world) + ".none"});
    if (early.status == 0) throw std::runtime_error("it restored what is not there");
    run(world, {"restore", backup_of(world)});
    world.host().start();
}

}  // namespace

std::vector<Sentence> sentences_of_backups() {
    return {
        say("when gatehouse is backed up",
            [](Scene& scene, const std::smatch&) {
                run(scene.get(), {"backup", backup_of(scene.get())});
            }),
        say("when the database breaks",
            [](Scene& scene, const std::smatch&) { break_the_database(scene.get()); }),
        say("when the backup is restored",
            [](Scene& scene, const std::smatch&) { restore(scene.get()); }),
        say("then a running gatehouse keeps its database",
            [](Scene& scene, const std::smatch&) {
                const auto refused = scene.get().host().run({"restore", backup_of(scene.get())});
                if (refused.status != 1) throw std::runtime_error("it was restored meanwhile");
            }),
    };
}

}  // namespace gatehouse::e2e
