#include <iostream>

#include "app/check.hpp"
#include "app/serve.hpp"
#include "cli/cli.hpp"
#include "observe/log.hpp"

int main(int argc, char** argv) {
    using namespace gatehouse;
    observe::set_level_from_environment();
    const cli::Verbs verbs{
        app::serve,
        [](const std::filesystem::path& file) { return app::check_config(file).problems; },
        app::plugin_settings, nullptr, GATEHOUSE_VERSION};
    return cli::run(argc, argv, verbs, std::cout, std::cerr);
}
