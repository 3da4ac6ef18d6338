#include <iostream>

#include "app/backup.hpp"
#include "app/check.hpp"
#include "app/serve.hpp"
#include "base/clock.hpp"
#include "cli/cli.hpp"
#include "observe/journal.hpp"
#include "observe/log.hpp"

int main(int argc, char** argv) {
    using namespace gatehouse;
    observe::set_priorities_from_environment();
    observe::set_level_from_environment();
    const cli::Verbs verbs{
        app::serve,
        [](const std::filesystem::path& file,
           const std::vector<std::filesystem::path>& environment_files) {
            return app::check_config(file, environment_files).problems;
        },
        app::plugin_settings,
        nullptr,
        GATEHOUSE_VERSION,
        app::back_up,
        [](const std::filesystem::path& file, const std::filesystem::path& source) {
            return app::restore(file, source, SystemClock());
        }};
    return cli::run(argc, argv, verbs, std::cout, std::cerr);
}
