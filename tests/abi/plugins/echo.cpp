// The good neighbour: a plugin made with the frozen SDK of 1.0 that gives back what it was asked.
#include "gatehouse/plugin.hpp"

namespace {

using namespace gatehouse::sdk;

class Echo final : public gatehouse::AccessPlugin, public TargetsFeature {
    AccessResult apply(const AccessRequest& request) override {
        AccessResult result;
        result.state = request.state;
        for (const std::string& target : request.targets) {
            result.targets.push_back({target, std::nullopt, request.state});
        }
        result.references = request.references;
        result.detail = request.rental.id;
        return result;
    }

    std::string probe() override { return setting("greeting", "hello"); }

    Page list_targets(const std::string& cursor) override {
        if (cursor.empty()) return {{{"door:1", "Front door", "door"}}, "second"};
        return {{{"door:2", "Back door", "door"}}, std::nullopt};
    }
};

}  // namespace

GATEHOUSE_PLUGIN(Echo, "echo", "1.0.0")
