#include "simulators/world.hpp"

#include <utility>

#include "simulators/kisi_call.hpp"
#include "simulators/nuki_control.hpp"
#include "simulators/unloc_control.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

const json& list_in(const json& object, const char* member) {
    static const json none = json::array();
    const auto found = object.find(member);
    return found == object.end() ? none : *found;
}

void seed_business(World& world, const json& wanted) {
    Business& business = world.storeganise.business(wanted.at("business").get<std::string>());
    if (wanted.contains("api_key")) {
        world.storeganise.set_key(business, wanted["api_key"].get<std::string>());
    }
    business.addon_id = wanted.value("addon_id", business.addon_id);
    business.lag_ms = wanted.value("lag_ms", business.lag_ms);
    if (wanted.contains("webhook_secret")) {
        business.webhook_secret = wanted["webhook_secret"].get<std::string>();
    }
    if (wanted.contains("field_codes")) {
        wanted["field_codes"].get_to(business.field_codes);
    }
    for (const char* name : {"sites", "units", "users", "rentals", "jobs", "invoices"}) {
        for (json object : list_in(wanted, name)) {
            const json fields = object.value("customFields", json::object());
            object.erase("customFields");
            (void)world.storeganise.put(business, name, std::move(object), fields);
        }
    }
}

void seed_lock(World& world, KisiOrganization& organization, KisiId group_id, const json& wanted) {
    KisiLock lock;
    lock.id = wanted.value("id", KisiId{0});
    lock.name = wanted.at("name").get<std::string>();
    lock.locked_down = wanted.value("locked_down", false);
    KisiGroupLock link;
    link.lock_id = world.kisi.add(organization, std::move(lock)).id;
    link.group_id = group_id;
    world.kisi.add(organization, std::move(link));
}

void seed_organization(World& world, const json& wanted) {
    KisiOrganization& organization =
        world.kisi.organization(wanted.at("organization").get<std::string>());
    if (wanted.contains("api_key")) {
        world.kisi.add_secret(wanted["api_key"].get<std::string>(),
                              {&organization, organization.owner_id});
    }
    if (wanted.contains("password")) wanted["password"].get_to(organization.owner_password);
    for (const json& entry : list_in(wanted, "groups")) {
        KisiGroup group;
        group.id = entry.value("id", KisiId{0});
        group.name = entry.at("name").get<std::string>();
        const KisiId id = world.kisi.add(organization, std::move(group)).id;
        for (const json& lock : list_in(entry, "locks")) {
            seed_lock(world, organization, id, lock);
        }
    }
    for (const json& entry : list_in(wanted, "users")) {
        KisiUser user;
        user.email = entry.at("email").get<std::string>();
        user.name = entry.value("name", "");
        world.kisi.add(organization, std::move(user));
    }
}

template <typename Map>
json list_of(const Map& objects, const KisiOrganization& organization) {
    json list = json::array();
    for (const auto& [id, object] : objects) {
        list.push_back(to_json(object, organization));
    }
    return list;
}

json list_of(const Entities& entities) {
    json list = json::array();
    for (const auto& [id, entity] : entities) {
        json object = entity.data;
        object["customFields"] = entity.custom_fields;
        list.push_back(std::move(object));
    }
    return list;
}

std::vector<KisiId> make_groups(World& world, KisiOrganization& organization, std::size_t count) {
    std::vector<KisiId> ids;
    for (std::size_t at = 0; at < count; ++at) {
        KisiGroup group;
        group.name = "Bulk group " + std::to_string(at);
        ids.push_back(world.kisi.add(organization, std::move(group)).id);
        seed_lock(world, organization, ids.back(), {{"name", "Bulk door " + std::to_string(at)}});
    }
    return ids;
}

}  // namespace

World::World(std::uint64_t seed) : faults(seed) {
    storeganise.on_rental_fields = [this](const Business& business, const std::string& rental_id,
                                          const std::vector<std::string>& codes) {
        if (load) load->on_rental_fields(rental_id);
        if (on_rental_fields) on_rental_fields(business, rental_id, codes);
    };
    kisi.on_assigned = [this](const std::string& email, KisiId group_id) {
        if (load) load->on_assigned(email, group_id);
    };
    reset(seed);
}

void World::reset(std::uint64_t seed) {
    storeganise.reset();
    kisi.reset();
    nuki.reset();
    unloc.reset();
    recorder.clear();
    faults.clear();
    faults.reseed(seed);
    prepared.clear();
    load.reset();
}

void seed(World& world, const json& document) {
    for (const json& business : list_in(document, "storeganise")) {
        seed_business(world, business);
    }
    for (const json& organization : list_in(document, "kisi")) {
        seed_organization(world, organization);
    }
    for (const json& account : list_in(document, "nuki")) {
        seed_nuki(world.nuki, account);
    }
    for (const json& project : list_in(document, "unloc")) {
        seed_unloc(world.unloc, project);
    }
}

json make_bulk(World& world, const json& wanted) {
    Business& business = world.storeganise.business(wanted.at("business").get<std::string>());
    KisiOrganization& organization =
        world.kisi.organization(wanted.value("organization", business.code));
    const auto count = wanted.at("count").get<std::size_t>();
    const std::string field = wanted.value("field", "kisi_id");
    const std::string site_id = *world.storeganise.put(
        business, "sites",
        {{"id", "site-bulk-" + business.code}, {"code", "bulk"}, {"name", "Bulk site"}}, {});
    const std::vector<KisiId> groups =
        make_groups(world, organization, std::max<std::size_t>(wanted.value("groups", 1U), 1));
    json made = {{"rental_ids", json::array()}, {"job_ids", json::array()}, {"group_ids", groups}};
    for (std::size_t at = 0; at < count; ++at) {
        const KisiId group = groups[at % groups.size()];
        MoveIn move_in;
        move_in.unit_id = *world.storeganise.put(
            business, "units", {{"siteId", site_id}, {"name", "B" + std::to_string(at)}},
            {{field, "group:" + std::to_string(group)}});
        const std::string user_id = world.storeganise.new_id("users");
        const std::string email = "renter-" + user_id + "@example.test";
        move_in.user_id = *world.storeganise.put(business, "users",
                                                 {{"id", user_id},
                                                  {"email", email},
                                                  {"firstName", "Renter"},
                                                  {"lastName", std::to_string(at)},
                                                  {"name", "Renter " + std::to_string(at)},
                                                  {"phone", "+44 20 7946 0000"}},
                                                 {});
        const JobMade job = *world.storeganise.move_in(business, move_in);
        made["rental_ids"].push_back(job.rental_id);
        made["job_ids"].push_back(job.job_id);
        world.prepared[business.code].push_back({job.job_id, job.rental_id, email, {group}, false});
    }
    return made;
}

json dump(World& world) {
    json all = {{"storeganise", json::object()}, {"kisi", json::object()}};
    for (const auto& [code, business] : world.storeganise.businesses()) {
        all["storeganise"][code] = {
            {"sites", list_of(business.sites)}, {"units", list_of(business.units)},
            {"users", list_of(business.users)}, {"rentals", list_of(business.rentals)},
            {"jobs", list_of(business.jobs)},   {"invoices", list_of(business.invoices)}};
    }
    for (const auto& [name, organization] : world.kisi.organizations()) {
        all["kisi"][name] = {
            {"users", list_of(organization.users, organization)},
            {"groups", list_of(organization.groups, organization)},
            {"locks", list_of(organization.locks, organization)},
            {"group_locks", list_of(organization.group_locks, organization)},
            {"role_assignments", list_of(organization.role_assignments, organization)},
            {"integrations", list_of(organization.integrations, organization)}};
    }
    all["nuki"] = dump_nuki(world.nuki);
    all["unloc"] = dump_unloc(world.unloc);
    return all;
}

}  // namespace gatehouse::simulators
