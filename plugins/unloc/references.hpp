// References: what the host keeps for a rental between calls. The only memory of jobs that are
// under way: Unloc makes keys in seconds, at times in hours.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/window.hpp"

namespace gatehouse::unloc {

using sdk::Window;

// Keys that Unloc was asked to make.
struct JobNote {
    std::string id;
    std::string phone;
    Window window;
    std::set<std::string> locks;
    std::int64_t since_ms = 0;
    int failures = 0;  // of the jobs before it, for the same keys
};

struct References {
    std::set<std::string> phones;   // whose keys may be ours
    std::set<std::string> keys;     // ids of ours
    std::set<std::string> foreign;  // locks that somebody else's key opens
    std::vector<JobNote> jobs;      // not known to be over
    int polls = 0;                  // how often the answer was "pending" in a row
};

// Members that cannot be read are passed over.
References references_from(const sdk::Json& document);
sdk::Json to_json(const References& references);

}  // namespace gatehouse::unloc
