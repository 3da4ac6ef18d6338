// A business in memory: its rentals at Storeganise, the records of them and what a vendor holds.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "access/desired.hpp"
#include "access/grant.hpp"
#include "base/json.hpp"
#include "support/stub_client.hpp"
#include "sweep/sweep.hpp"

namespace gatehouse::sweep {

constexpr UnixMs kNow = 1'800'000'000'000;

inline access::Facts rental(const std::string& id, const std::string& state = "occupied",
                            const std::string& site = "site-1") {
    access::Facts facts;
    facts.rental_id = id;
    facts.site_id = site;
    facts.unit_id = "unit-of-" + id;
    facts.unit_name = "Unit " + id;
    facts.state = state;
    facts.renter.id = "renter-of-" + id;
    return facts;
}

// A record of a grant; `state` as access_state_from_string reads it.
inline access::RentalRecord holder(const std::string& id, const std::string& state = "active",
                                   const std::string& target = "group:1") {
    access::RentalRecord record;
    record.business = "acme";
    record.rental_id = id;
    record.connection = "doors";
    record.site_id = "site-1";
    record.unit_id = "unit-of-" + id;
    record.renter_id = "renter-of-" + id;
    access::Grant grant;
    grant.state = access::access_state_from_string(state).value();
    grant.targets = {{target, ""}};
    grant.references = {{"assignment", id}};
    record.grant_json = access::grant_to_json(grant);
    access::Desired desired;
    desired.state = grant.state;
    desired.targets = {target};
    desired.renter.id = record.renter_id;
    desired.renter.email = id + "@example.com";
    record.desired_json = access::desired_to_json(desired);
    record.updated_ms = kNow - 60'000;
    return record;
}

class FakeClient final : public test::StubClient {
  public:
    std::vector<access::Facts> listed;                // what the list shows, in its order
    std::map<std::string, access::Facts> rentals_at;  // what a rental's own page says
    std::vector<std::string> units_changed;
    std::vector<std::string> users_changed;
    int cap = 1000;  // rows that a page has at most
    int fail_pages = 0;
    std::vector<std::string> unreadable;  // of these nothing can be read
    bool are_unreadable_occupied = false;
    std::function<void()> before_page;  // others at work between two pages
    std::vector<storeganise::ListQuery> queries;

    Result<access::Facts> rental(const std::string& id, observe::StepLog*) override {
        const auto found = rentals_at.find(id);
        if (found == rentals_at.end()) return fail(ErrorKind::kNotFound, "no such rental");
        return found->second;
    }
    Result<storeganise::RentalPage> rentals(const storeganise::ListQuery& query,
                                            observe::StepLog*) override {
        queries.push_back(query);
        if (before_page) before_page();
        if (fail_pages > 0) {
            --fail_pages;
            return fail(ErrorKind::kUnavailable, "no list");
        }
        storeganise::RentalPage page;
        std::vector<access::Facts> rows;
        for (const access::Facts& facts : query.ids.empty() ? listed : all()) {
            if (query.ids.empty() ||
                std::ranges::find(query.ids, facts.rental_id) != query.ids.end()) {
                rows.push_back(facts);
            }
        }
        for (const access::Facts& facts : slice(rows, query)) {
            ++page.rows;
            if (std::ranges::find(unreadable, facts.rental_id) != unreadable.end()) {
                page.unreadable.push_back({"rental " + facts.rental_id, facts.rental_id,
                                           "the answer lacks its ownerId",
                                           are_unreadable_occupied});
            } else {
                page.rentals.push_back(facts);
            }
        }
        return page;
    }
    Result<storeganise::IdPage> units(const storeganise::ListQuery& query,
                                      observe::StepLog*) override {
        return ids(units_changed, query);
    }
    Result<storeganise::IdPage> users(const storeganise::ListQuery& query,
                                      observe::StepLog*) override {
        return ids(users_changed, query);
    }

  private:
    std::vector<access::Facts> all() const {
        std::vector<access::Facts> rows;
        for (const auto& [id, facts] : rentals_at)
            rows.push_back(facts);
        return rows;
    }
    template <typename T>
    std::vector<T> slice(const std::vector<T>& rows, const storeganise::ListQuery& query) const {
        const auto size = std::ssize(rows);
        const auto begin = std::min<std::ptrdiff_t>(query.offset, size);
        const auto end = std::min<std::ptrdiff_t>(begin + std::min(query.limit, cap), size);
        return {rows.begin() + begin, rows.begin() + end};
    }
    Result<storeganise::IdPage> ids(const std::vector<std::string>& of,
                                    const storeganise::ListQuery& query) {
        const auto rows = slice(of, query);
        return storeganise::IdPage{rows, static_cast<int>(rows.size())};
    }
};

// One plugin, "kisi", whose inventory is a list of JSON entries.
class FakePlugins final : public plugins::PluginHost {
  public:
    std::vector<nlohmann::json> grants;
    int page_size = 2;
    int failures = 0;
    int calls = 0;
    bool is_endless = false;  // each page names another one
    plugins::Manifest kisi;

    FakePlugins() {
        kisi.plugin = "kisi";
        kisi.features = {"gatehouse.access/1", "gatehouse.inventory/1"};
    }

    Result<std::string> call(const plugins::Call& call) override {
        ++calls;
        if (failures > 0) {
            --failures;
            return fail(ErrorKind::kUnavailable, "the vendor is down");
        }
        const auto request = parse_json(call.document);
        const std::string cursor = string_member(*request, "cursor").value_or("0");
        const auto begin = std::stoul(cursor);
        nlohmann::json page{{"schema", 1}, {"grants", nlohmann::json::array()}};
        std::size_t at = begin;
        for (; at < grants.size() && at < begin + static_cast<std::size_t>(page_size); ++at) {
            page["grants"].push_back(grants[at]);
        }
        if (at < grants.size() || is_endless) {
            page["next_cursor"] = std::to_string(std::max<std::size_t>(at, begin + 1));
        }
        return dump_json(page);
    }
    const plugins::Manifest* manifest(const std::string& plugin) const override {
        return plugin == "kisi" ? &kisi : nullptr;
    }
    std::vector<plugins::PluginStatus> status() const override { return {}; }
    void stop() override {}
};

class FakeRecords final : public access::RentalRecords, public access::RentalLookups {
  public:
    std::map<std::string, access::RentalRecord> records;

    void add(access::RentalRecord record) { records[record.rental_id] = std::move(record); }

    Result<std::optional<access::RentalRecord>> rental(const std::string&,
                                                       const std::string& id) override {
        const auto found = records.find(id);
        if (found == records.end()) return std::nullopt;
        return found->second;
    }
    Result<std::vector<access::RentalRecord>> rentals(const std::string&, const std::string& after,
                                                      int limit) override {
        std::vector<access::RentalRecord> some;
        for (auto at = records.upper_bound(after); at != records.end() && std::ssize(some) < limit;
             ++at) {
            some.push_back(at->second);
        }
        return some;
    }
    Result<std::vector<access::RentalRecord>> rentals_by(const std::string&, access::RentalKey key,
                                                         const std::string& value,
                                                         const std::string& after, int) override {
        std::vector<access::RentalRecord> some;
        for (auto at = records.upper_bound(after); at != records.end(); ++at) {
            const std::string& found =
                key == access::RentalKey::kUnit ? at->second.unit_id : at->second.renter_id;
            if (found == value) some.push_back(at->second);
        }
        return some;
    }
    Result<std::optional<std::string>> pin_holder(const std::string&, const std::string&,
                                                  const std::string&) override {
        return std::nullopt;
    }
    Result<access::FuseCounts> fuse_counts(const std::string&, const std::string&,
                                           UnixMs) override {
        return access::FuseCounts{};
    }
    Result<std::vector<access::RentalRecord>> fuse_blocked(const std::optional<std::string>&,
                                                           int) override {
        return std::vector<access::RentalRecord>{};
    }
    Result<std::vector<access::TransferLink>> open_transfers(const std::string&,
                                                             const std::string&) override {
        return std::vector<access::TransferLink>{};
    }
};

// A rental is as it should be when it holds a grant exactly while it is occupied.
class FakeComparison final : public Comparison {
  public:
    Result<std::string> difference(
        const config::Business&, const access::Facts& listed,
        const std::optional<access::RentalRecord>& record) const override {
        if (record && record->site_id != listed.site_id) {
            return fail(ErrorKind::kUnavailable, "the list places it at another site");
        }
        const bool holds = record && !record->grant_json.empty();
        if (listed.state == "occupied") return holds ? "" : "would be granted";
        return holds ? "would be ended" : "";
    }
};

class World {
  public:
    World() {
        business.business = "acme";
        config::Connection doors;
        doors.name = "doors";
        doors.plugin = "kisi";
        business.connections["doors"] = doors;
        config::Site site;
        site.site = "*";
        site.access = "doors";
        business.sites.push_back(site);
    }

    // Occupied, listed, granted and held by the vendor.
    void settle(const std::string& id) {
        client.listed.push_back(rental(id));
        client.rentals_at[id] = rental(id);
        records.add(holder(id));
        plugins.grants.push_back(entry(id));
    }
    void settle(int count) {
        for (int i = 0; i < count; ++i)
            settle("r" + std::to_string(1000 + i));
    }

    static nlohmann::json entry(const std::string& id, const std::string& state = "active",
                                const std::string& target = "group:1") {
        return {{"target", target},
                {"state", state},
                {"references", {{"assignment", id}}},
                {"rental", id},
                {"business", "acme"}};
    }

    Parts parts() { return {business, client, plugins, records, records, comparison, clock}; }

    // Every difference that may be acted on, as "<id> <kind>".
    std::vector<std::string> run(Plan plan) {
        sweep = std::make_unique<Sweep>(parts(), plan);
        std::vector<std::string> found;
        for (int step = 0; step < 10'000 && !sweep->is_over(); ++step) {
            last_step = sweep->step();
            if (!last_step && last_step.error().kind != ErrorKind::kUnavailable) break;
        }
        for (const Difference& difference : sweep->findings().take(1'000'000)) {
            found.push_back(difference.rental_id + ' ' + std::string(to_string(difference.kind)));
        }
        std::ranges::sort(found);
        return found;
    }
    std::vector<std::string> run_full() { return run({.is_full = true}); }
    std::vector<std::string> run_delta() { return run({.since_ms = kNow - 1000}); }

    const std::vector<std::string>& troubles() const { return sweep->findings().troubles(); }

    ManualClock clock{kNow};
    config::Business business;
    FakeClient client;
    FakePlugins plugins;
    FakeRecords records;
    FakeComparison comparison;
    std::unique_ptr<Sweep> sweep;
    Result<void> last_step;
};

}  // namespace gatehouse::sweep
