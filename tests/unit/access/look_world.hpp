// A business in memory for tests of looks: rentals at Storeganise, the store's records and links,
// and a vendor that agrees to everything unless told otherwise.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "access/reconcile.hpp"
#include "base/json.hpp"

namespace gatehouse::access {

constexpr UnixMs kWorldNow = 1'800'000'000'000;  // 2027-01-15T08:00Z

class FakeRecords final : public RentalRecords, public RentalLookups {
  public:
    Result<std::optional<RentalRecord>> rental(const std::string&,
                                               const std::string& rental_id) override {
        const auto found = records.find(rental_id);
        return found == records.end() ? std::nullopt : std::optional(found->second);
    }
    Result<std::vector<RentalRecord>> rentals(const std::string&, const std::string&,
                                              int) override {
        return std::vector<RentalRecord>{};
    }
    Result<std::vector<RentalRecord>> rentals_by(const std::string&, RentalKey, const std::string&,
                                                 const std::string&, int) override {
        return std::vector<RentalRecord>{};
    }
    Result<std::optional<std::string>> pin_holder(const std::string&, const std::string& site_id,
                                                  const std::string& pin_hash) override {
        for (const auto& [id, record] : records) {
            if (record.site_id == site_id && record.pin_hash == pin_hash) return id;
        }
        return std::nullopt;
    }
    Result<FuseCounts> fuse_counts(const std::string&, const std::string& site_id,
                                   UnixMs since_ms) override {
        FuseCounts counts;
        for (const auto& [id, record] : records) {
            if (record.site_id != site_id) continue;
            counts.swept_ends += record.swept_end_ms >= since_ms ? 1 : 0;
            counts.grants += record.grant_json.empty() ? 0 : 1;
        }
        return counts;
    }
    Result<std::vector<RentalRecord>> fuse_blocked(const std::optional<std::string>&,
                                                   int) override {
        std::vector<RentalRecord> blocked;
        for (const auto& [id, record] : records) {
            if (record.fuse_blocked_ms != 0) blocked.push_back(record);
        }
        return blocked;
    }
    Result<std::vector<TransferLink>> open_transfers(const std::string&,
                                                     const std::string& rental_id) override {
        std::vector<TransferLink> open;
        for (const TransferLink& link : links) {
            const bool is_named =
                link.old_rental_id == rental_id || link.new_rental_id == rental_id;
            if (is_named && link.done_ms == 0) open.push_back(link);
        }
        return open;
    }

    std::map<std::string, RentalRecord> records;
    std::vector<TransferLink> links;
};

class FakeSource final : public RentalSource {
  public:
    Result<Facts> rental(const std::string& rental_id, observe::StepLog*) override {
        ++reads;
        if (error) return tl::unexpected(*error);
        const auto found = facts.find(rental_id);
        if (found == facts.end()) return fail(ErrorKind::kNotFound, "no such rental");
        return found->second;
    }

    Result<UnixMs> job_updated_ms(const std::string& job_id, observe::StepLog*) override {
        const auto found = jobs.find(job_id);
        if (found == jobs.end()) return fail(ErrorKind::kNotFound, "no such job");
        return found->second;
    }

    Result<void> write_fields(const std::string& rental_id, const FieldChanges& changes,
                              observe::StepLog*) override {
        ++writes;
        if (!can_write) return fail(ErrorKind::kUnavailable, "down");
        for (const auto& [code, value] : changes) {
            if (unknown_codes.count(code) > 0) {
                return fail(ErrorKind::kInvalid, "no field " + code);
            }
        }
        for (const auto& [code, value] : changes) {
            if (dropped_codes.count(code) == 0) facts[rental_id].rental_fields[code] = value;
        }
        return {};
    }

    std::map<std::string, Facts> facts;
    std::map<std::string, UnixMs> jobs;
    std::optional<Error> error;
    bool can_write = true;
    std::set<std::string> unknown_codes;  // refused
    std::set<std::string> dropped_codes;  // accepted and not kept
    int writes = 0;
    int reads = 0;
};

class FakePlugins final : public plugins::PluginHost {
  public:
    FakePlugins() { about.renter_key = {"email"}; }

    Result<std::string> call(const plugins::Call& call) override {
        documents.push_back(parse_json(call.document).value());
        const nlohmann::json& asked = documents.back();
        if (!asked.at("credential").is_null() && !call.secrets.empty()) {
            secrets.push_back(call.secrets.back().reveal());
        }
        untold = call.secrets;
        if (errors.count(asked.at("rental").at("id")) > 0) {
            return tl::unexpected(errors.at(asked.at("rental").at("id")));
        }
        if (refused_pin && !asked.at("credential").is_null() &&
            asked.at("credential").at("value") == *refused_pin) {
            return fail(ErrorKind::kConflict, "another code has this PIN");
        }
        if (taken_pins > 0 && !asked.at("credential").is_null()) {
            --taken_pins;
            return fail(ErrorKind::kConflict, "another code has this PIN (credential is taken)");
        }
        if (answer) return *answer;
        nlohmann::json targets = nlohmann::json::array();
        for (const auto& target : asked.at("targets")) {
            targets.push_back({{"target", target}});
        }
        return dump_json({{"schema", 1},
                          {"state", asked.at("state")},
                          {"targets", targets},
                          {"references", {{"user", 7}}}});
    }
    const plugins::Manifest* manifest(const std::string&) const override { return &about; }
    std::vector<plugins::PluginStatus> status() const override { return {}; }
    void stop() override {}

    // The state last asked for, for this rental; empty if none was.
    std::string state(const std::string& rental_id) const {
        std::string last;
        for (const nlohmann::json& document : documents) {
            if (document.at("rental").at("id") == rental_id) last = document.at("state");
        }
        return last;
    }

    plugins::Manifest about;
    std::vector<nlohmann::json> documents;
    std::vector<std::string> secrets;     // PINs that were given
    std::vector<Secret> untold;           // of the last call
    std::map<std::string, Error> errors;  // by rental
    std::optional<std::string> answer;
    std::optional<std::string> refused_pin;
    int taken_pins = 0;  // so many more are refused as taken
};

class LookTest : public testing::Test {
  protected:
    LookTest() {
        config::Site site;
        site.site = "*";
        site.access = "doors";
        business_.business = "acme";
        business_.sites.push_back(site);
        business_.connections["doors"].plugin = "kisi";
        add_rental("r1");
    }

    Facts& add_rental(const std::string& id) {
        Facts facts;
        facts.rental_id = id;
        facts.site_id = "s1";
        facts.unit_id = "u" + id;
        facts.unit_name = "A12";
        facts.state = "occupied";
        facts.renter = Renter{"o1", "Ada", "ada@example.com", "", ""};
        facts.unit_fields = {{"kisi_id", "group:4711"}};
        facts.rental_fields = {{"kisi_overlocked", std::nullopt}, {"kisi_status", std::nullopt}};
        return source_.facts[id] = facts;
    }

    // Stores what the look gives, as a completion does.
    Look look_once(const std::string& id = "r1", const LookOptions& options = {}) {
        observe::StepLog steps(clock_);
        Look look = reconciler_.look(business_, source_, id, options, steps);
        for (const observe::Step& step : steps.steps()) {
            said_ += step.text + "\n";
        }
        if (look.record) records_.records[id] = *look.record;
        for (const TransferLink& done : look.transfers) {
            for (TransferLink& link : records_.links) {
                if (link.old_rental_id == done.old_rental_id) link = done;
            }
        }
        return look;
    }

    // And again while it asks to be, without time passing.
    Look look(const std::string& id = "r1", const LookOptions& options = {}) {
        Look last = look_once(id, options);
        for (int i = 0; last.status && last.again_ms == clock_.now_ms(); ++i) {
            EXPECT_LT(i, 3) << "looks go round in circles";
            last = look_once(id, options);
        }
        return last;
    }

    Facts& facts(const std::string& id = "r1") { return source_.facts[id]; }
    std::string field(const std::string& code, const std::string& id = "r1") {
        return facts(id).rental_fields["kisi_" + code].value_or("");
    }

    ManualClock clock_{kWorldNow};
    SystemRandom random_;
    PinKey key_{Secret("0123456789abcdef0123456789abcdef")};
    config::Business business_;
    FakeRecords records_;
    FakeSource source_;
    FakePlugins plugins_;
    std::string said_;  // every step's text
    Reconciler reconciler_{Parts{records_, records_, plugins_, key_, clock_, random_}};
};

}  // namespace gatehouse::access
