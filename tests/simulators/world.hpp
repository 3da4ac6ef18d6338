// World: everything that the simulators know, and the ways to fill it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "simulators/faults.hpp"
#include "simulators/kisi_model.hpp"
#include "simulators/load.hpp"
#include "simulators/nuki_model.hpp"
#include "simulators/recorder.hpp"
#include "simulators/storeganise_model.hpp"
#include "simulators/unloc_model.hpp"

namespace gatehouse::simulators {

struct World {
    explicit World(std::uint64_t seed);

    // Forgets everything but the settings, faults included.
    void reset(std::uint64_t seed);

    StoreganiseModel storeganise;
    KisiModel kisi;
    NukiModel nuki;
    UnlocModel unloc;
    Recorder recorder;
    Faults faults;
    std::map<std::string, std::deque<PreparedMoveIn>> prepared;  // by business
    std::shared_ptr<LoadRun> load;

    // Told after Storeganise's API wrote a rental's custom fields, with their codes.
    std::function<void(const Business&, const std::string& rental_id,
                       const std::vector<std::string>& codes)>
        on_rental_fields;
};

// Both throw nlohmann::json::exception for a document of the wrong shape (docs/simulators.md).

// Adds what the document describes, {"storeganise": [...], "kisi": [...], "nuki": [...],
// "unloc": [...]}.
void seed(World& world, const nlohmann::json& document);

// Makes `count` completed move-ins whose webhooks have not been sent, with their units, users,
// groups and locks. Returns {"rental_ids": [...], "job_ids": [...], "group_ids": [...]}.
nlohmann::json make_bulk(World& world, const nlohmann::json& wanted);

// Everything in the models, as JSON; without keys and secrets.
nlohmann::json dump(World& world);

}  // namespace gatehouse::simulators
