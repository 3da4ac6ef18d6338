// The SDK for plugins: C++20, header-only, needs only abi.h and nlohmann/json.
//
//   using namespace gatehouse::sdk;
//
//   class Doors final : public gatehouse::AccessPlugin {
//       AccessResult grant(const AccessRequest& request) override { ... http().send(...) ... }
//       AccessResult suspend(const AccessRequest& request) override { ... }
//       AccessResult end(const AccessRequest& request) override { ... }
//   };
//   GATEHOUSE_PLUGIN(Doors, "doors", "1.0.0")
//
// A failure is a thrown Error. Start no threads and keep no global state: instances
// of different connections share the process. docs/plugin-abi.md says the rest.
#pragma once

#include "gatehouse/sdk/entry.hpp"

namespace gatehouse {
using sdk::AccessPlugin;
using sdk::Plugin;
}  // namespace gatehouse

// Once in a library, outside of any namespace. `id` and `version` must equal the manifest's.
#define GATEHOUSE_PLUGIN(Type, id, version)                                                     \
    extern "C" __attribute__((visibility("default"))) const gatehouse_entry gatehouse_entry_v1; \
    const gatehouse_entry gatehouse_entry_v1 = gatehouse::sdk::make_entry<Type>(id, version);
