#include "e2e/world.hpp"

#include <stdexcept>

#include "base/clock.hpp"
#include "support/await.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;
using test::GatehouseHost;

std::string id_of(const std::string& prefix, const std::string& name) {
    return prefix + name;
}

test::HostOptions with_vendor(test::HostOptions options, const Vendor& vendor) {
    if (options.connections.empty()) {
        options.connections = vendor.connections();
    }
    for (const std::string& authority : vendor.authorities()) {
        options.allow_private.push_back(authority);
    }
    return options;
}

}  // namespace

World::World(test::HostOptions options, const std::string& vendor,
             const std::vector<std::string>& simulator_arguments, const std::string& site_code)
    : name_(options.businesses.front()),
      simulators_(simulator_arguments),
      vendor_(make_vendor(vendor)),
      host_(simulators_, with_vendor(std::move(options), *vendor_)) {
    const json business{
        {"business", kBusiness},
        {"api_key", GatehouseHost::api_key(kBusiness)},
        {"webhook_secret", GatehouseHost::webhook_secret(kBusiness)},
        {"sites", json::array({json{{"id", kSite}, {"code", site_code}, {"name", "Harbour"}}})}};
    must(simulators_.post("seed", {{"storeganise", json::array({business})}}), "seed");
    vendor_->make_account(simulators_);
}

void World::add_unit(const std::string& name, const std::string& door) {
    Unit unit{id_of("unit-", name), "", "", ""};
    json fields = json::object();
    if (!door.empty()) {
        unit.target = vendor_->add_door(simulators_, name, door, next_door_++);
        fields[vendor_->id() + "_id"] = unit.target;
        doors_[door] = unit.target;
    }
    must(simulators_.post("change",
                          {{"business", kBusiness},
                           {"collection", "units"},
                           {"id", unit.id},
                           {"data", {{"name", name}, {"siteId", kSite}, {"state", "available"}}},
                           {"customFields", fields}}),
         "unit");
    units_[name] = unit;
}

std::string World::target_of_door(const std::string& door) const {
    const auto found = doors_.find(door);
    return found == doors_.end() ? "" : found->second;
}

void World::add_renter(const std::string& name, const std::string& email,
                       const std::string& phone) {
    const std::string id = id_of("user-", name);
    json data{{"firstName", name}, {"lastName", "Example"}, {"name", name + " Example"}};
    data["email"] = email.empty() ? json(nullptr) : json(email);
    data["phone"] = phone.empty() ? json(nullptr) : json(phone);
    must(simulators_.post(
             "change",
             {{"business", kBusiness}, {"collection", "users"}, {"id", id}, {"data", data}}),
         "renter");
    renters_[name] = {id, {email, phone, {}}};
}

void World::start_host() {
    if (!is_running_) {
        host_.start();
        is_running_ = true;
    }
}

json World::webhook_options() const {
    return {{"url", host_.webhook_url(name_)}};
}

void World::move_in(const std::string& renter, const std::string& unit,
                    const std::string& start_date) {
    start_host();
    json order{{"business", kBusiness},
               {"unit_id", units_.at(unit).id},
               {"user_id", renters_.at(renter).id},
               {"webhook", webhook_options()}};
    if (!start_date.empty()) {
        order["start_date"] = start_date;
    }
    const json moved = must(simulators_.post("move_in", order), "move in");
    units_.at(unit).renter = renter;
    set_rental(unit, moved.at("rental_id").get<std::string>());
    remember_webhook(moved, "job.unit_moveIn.completed", {{"jobId", moved.at("job_id")}});
}

void World::set_rental(const std::string& unit, const std::string& rental_id) {
    units_.at(unit).rental_id = rental_id;
}

void World::set_renter_of(const std::string& unit, const std::string& renter) {
    units_.at(unit).renter = renter;
}

void World::remember_webhook(const json& answer, const std::string& type, const json& data) {
    last_webhook_ = {{"id", answer.at("event_id")}, {"type", type}, {"data", data}};
}

void World::move_out(const std::string&, const std::string& unit) {
    start_host();
    const json moved = must(simulators_.post("move_out", {{"business", kBusiness},
                                                          {"rental_id", rental_of(unit)},
                                                          {"webhook", webhook_options()}}),
                            "move out");
    remember_webhook(moved, "job.unit_moveOut.completed", {{"jobId", moved.at("job_id")}});
}

void World::send_event(const std::string& type, const json& data) {
    start_host();
    json order = webhook_options();
    order.update({{"business", kBusiness}, {"type", type}, {"data", data}});
    const json sent = must(simulators_.post("webhook", order), "send");
    remember_webhook(sent, type, data);
}

void World::set_time(const std::string& utc) {
    const Result<UnixMs> wanted_ms = parse_utc(utc);
    if (!wanted_ms) {
        throw std::runtime_error("not a time: " + utc);
    }
    must(simulators_.post("settings", {{"now", utc}}), "the simulators' time");
    host_.set_clock_offset((*wanted_ms - SystemClock().now_ms()) / 1000);
    if (is_running_) {
        // Any work makes the dispatcher ask for the time again.
        const json last = last_webhook_;
        send_event("user.updated", {{"userId", "nobody"}});
        expect_event("done");
        last_webhook_ = last;
    }
}

void World::send_again(int copies, bool at_once) {
    json order = webhook_options();
    order.update({{"business", kBusiness},
                  {"event_id", last_webhook_.at("id")},
                  {"type", last_webhook_.at("type")},
                  {"data", last_webhook_.at("data")},
                  {"copies", copies},
                  {"parallel", at_once}});
    const json sent = must(simulators_.post("webhook", order), "send again");
    for (const json& delivery : sent.at("deliveries")) {
        if (delivery.at("status") != 200) {
            throw std::runtime_error("a copy was answered " + delivery.dump());
        }
    }
}

void World::change_rental(const std::string& unit, const json& data, const json& custom_fields) {
    must(simulators_.post("change", {{"business", kBusiness},
                                     {"collection", "rentals"},
                                     {"id", rental_of(unit)},
                                     {"data", data},
                                     {"customFields", custom_fields}}),
         "change rental");
}

void World::change_unit(const std::string& unit, const json& custom_fields) {
    must(simulators_.post("change", {{"business", kBusiness},
                                     {"collection", "units"},
                                     {"id", units_.at(unit).id},
                                     {"customFields", custom_fields}}),
         "change unit");
}

// Every end of a task is a line of the host's log; what is expected can only come true with one.
void World::await(const std::function<std::string()>& complaint) {
    test::await(host_.process(), complaint);
}

std::int64_t World::last_event() {
    const json event = host_.admin("/v1/events/by-sender/" + name_ + "/storeganise/" +
                                   last_webhook_.at("id").get<std::string>());
    if (!event.contains("id")) {
        throw std::runtime_error("the event is not stored: " + event.dump());
    }
    return event.at("id").get<std::int64_t>();
}

void World::expect_event(const std::string& state) {
    const std::string path = "/v1/events/" + std::to_string(last_event());
    await([&]() -> std::string {
        const json event = host_.admin(path);
        const std::string found = event.value("state", "nothing");
        return found == state ? ""
                              : "the event is " + found + ", not " + state + ": " + event.dump(1);
    });
}

void World::expect_doors(const std::string& renter, const std::vector<std::string>& doors) {
    Person person = renters_.at(renter).person;
    for (const auto& [name, unit] : units_) {
        const auto pin = unit.renter == renter && !unit.rental_id.empty()
                             ? field_of(name, vendor_->id() + "_pinCode")
                             : std::nullopt;
        if (pin) {
            person.pins.push_back(*pin);
        }
    }
    const std::vector<std::string> found = vendor_->open_doors(simulators_, person);
    if (found != doors) {
        throw std::runtime_error(renter + " can open " + json(found).dump() + ", not " +
                                 json(doors).dump());
    }
}

json World::rental(const std::string& unit) {
    const json state = simulators_.get("state");
    for (const json& rental : state.at("storeganise").at(kBusiness).at("rentals")) {
        if (rental.at("id") == rental_of(unit)) {
            return rental;
        }
    }
    throw std::runtime_error("no rental of unit " + unit);
}

std::optional<std::string> World::field_of(const std::string& unit, const std::string& code) {
    const json fields = rental(unit).at("customFields");
    const json found = fields.value(code, json(nullptr));
    if (found.is_null()) {
        return std::nullopt;
    }
    return found.is_string() ? found.get<std::string>() : found.dump();
}

void World::expect_field(const std::string& unit, const std::string& code,
                         const std::string& value) {
    // Written after the access itself is as it should be, and so perhaps after the event is done.
    await([&]() -> std::string {
        const std::string text = field_of(unit, code).value_or("");
        return text.find(value) != std::string::npos
                   ? ""
                   : "field " + code + " of " + unit + " is " + text + ", not " + value;
    });
}

void World::expect_timeline(const std::string& text) {
    const std::string path = "/v1/events/" + std::to_string(last_event());
    await([&]() -> std::string {
        const std::string timeline = host_.admin(path).dump(1);
        return timeline.find(text) != std::string::npos
                   ? ""
                   : "the timeline does not say \"" + text + "\": " + timeline;
    });
}

void World::expect_writes(const std::string& service, int count) {
    const json counters = simulators_.counters();
    const json found = counters.value(service, json::object()).value("writes", json(0));
    if (found != count) {
        throw std::runtime_error(service + " was written to " + found.dump() + " times, not " +
                                 std::to_string(count));
    }
}

void World::expect_faults(int count) {
    int found = 0;
    const json counters = simulators_.counters();
    for (const auto& [service, counted] : counters.items()) {
        found += counted.is_object() ? counted.value("faults", 0) : 0;
    }
    if (found != count) {
        throw std::runtime_error(std::to_string(found) + " faults struck, not " +
                                 std::to_string(count));
    }
}

void World::expect_events(int count) {
    const json events = host_.admin("/v1/events?limit=100");
    const std::size_t found = events.contains("events") ? events.at("events").size() : 0;
    if (found != static_cast<std::size_t>(count)) {
        throw std::runtime_error(std::to_string(found) + " events, not " + std::to_string(count));
    }
}

}  // namespace gatehouse::e2e
