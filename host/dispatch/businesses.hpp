// Businesses: what the handlers need of each business. Made once from the configuration by app/ and
// immutable while the dispatcher runs.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "config/config.hpp"
#include "storeganise/client.hpp"

namespace gatehouse::dispatch {

struct BusinessParts {
    const config::Business* config = nullptr;  // owned by the Config that app/ keeps
    std::unique_ptr<storeganise::Client> client;
};

using Businesses = std::unordered_map<std::string, BusinessParts>;

}  // namespace gatehouse::dispatch
