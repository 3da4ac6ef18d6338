// What a plugin can be besides an AccessPlugin. Deriving from one of these is all there is to
// offering the feature; the manifest names it too.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gatehouse/sdk/error.hpp"

namespace gatehouse::sdk {

struct Target {
    std::string target;  // "group:4711"
    std::string name;
    std::string kind;  // "group", "lock", "zone"
};

// gatehouse.targets/1: what can be opened, for mapping units. [instance]
class TargetsFeature {
  public:
    virtual ~TargetsFeature() = default;

    struct Page {
        std::vector<Target> targets;
        std::optional<std::string> next_cursor;  // nothing = the last page
    };
    // `cursor` is empty for the first page.
    virtual Page list_targets(const std::string& cursor) = 0;
};

// gatehouse.inventory/1: what the vendor holds, for sweeps. [instance]
class InventoryFeature {
  public:
    virtual ~InventoryFeature() = default;

    // {"schema":1, "grants":[...], "next_cursor": ...} as schemas/inventory.list.result.json. One
    // entry for each target that somebody may open. Give "rental" and "business" where the vendor
    // keeps a mark by which the plugin knows that it made the grant itself: the host compares only
    // those, and an entry without them is somebody else's and never touched.
    virtual Json list_inventory(const std::string& cursor) = 0;
};

// gatehouse.inbound/1: reads a vendor's webhook, whose signature the host has verified. [instance]
class InboundFeature {
  public:
    virtual ~InboundFeature() = default;

    // `request` as schemas/inbound.parse.request.json; gives schemas/inbound.parse.result.json.
    virtual Json parse_inbound(const Json& request) = 0;
};

// gatehouse.events/1, since ABI 1.1: keeps the vendor's events coming. Override what the vendor
// has; the other stays unsupported, which the host takes for "nothing to do". [instance]
class EventsFeature {
  public:
    virtual ~EventsFeature() = default;

    // Makes the vendor send its events to the request's `url`, and says whether it does.
    // schemas/events.subscribe.*.json.
    virtual Json subscribe(const Json&) {
        throw Error(Kind::kUnsupported, "this plugin registers no webhook");
    }

    // The events since a time, as InboundFeature gives them, by pages.
    // schemas/events.catch_up.*.json.
    virtual Json catch_up(const Json&) {
        throw Error(Kind::kUnsupported, "this plugin cannot ask for past events");
    }
};

// gatehouse.notify/1: an event with its facts, for messaging plugins. [instance]
class NotifyFeature {
  public:
    virtual ~NotifyFeature() = default;

    // `request` as schemas/notify.send.request.json; gives schemas/notify.send.result.json.
    virtual Json notify(const Json& request) = 0;
};

// gatehouse.describe/1: about the plugin, for people and tools. [instance]
class DescribeFeature {
  public:
    virtual ~DescribeFeature() = default;

    // schemas/describe.result.json.
    virtual Json describe() = 0;
};

inline Json to_json(const TargetsFeature::Page& page) {
    Json targets = Json::array();
    for (const Target& target : page.targets) {
        targets.push_back(
            {{"target", target.target}, {"name", target.name}, {"kind", target.kind}});
    }
    return {{"schema", 1},
            {"targets", std::move(targets)},
            {"next_cursor", page.next_cursor ? Json(*page.next_cursor) : Json()}};
}

}  // namespace gatehouse::sdk
