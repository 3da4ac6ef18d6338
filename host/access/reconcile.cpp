#include "access/reconcile.hpp"

#include <utility>

#include "access/fields.hpp"
#include "access/recall.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::access {
namespace {

using nlohmann::json;
using observe::StepKind;

constexpr std::int64_t kDefaultPollMs = 2000;

// An answer about something else is not data, and asking again may bring the right one.
Error as_reading_error(Error error) {
    if (error.kind == ErrorKind::kInvalid) {
        error.kind = ErrorKind::kUnavailable;
    }
    return error;
}

json apply_document(const config::Business& business, const Facts& facts, const Desired& desired,
                    const json& references) {
    const auto time = [](const std::optional<UnixMs>& at_ms) {
        return at_ms ? json(format_utc(*at_ms)) : json(nullptr);
    };
    return json{
        {"schema", 1},
        {"rental",
         {{"id", facts.rental_id},
          {"unit_id", facts.unit_id},
          {"unit_name", facts.unit_name},
          {"site_id", facts.site_id},
          {"business", business.business}}},
        {"renter", renter_to_json(desired.renter)},
        {"state", to_string(desired.state)},
        {"targets", desired.targets},
        {"window", {{"from", time(desired.from_ms)}, {"until", time(desired.until_ms)}}},
        {"credential", nullptr},
        {"references", references},
        {"reasons", desired.reasons},
    };
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) {
            text += separator;
        }
        text += word;
    }
    return text;
}

// The state of one look while it goes on; its functions are the look's stages, in order.
class Attempt {
  public:
    Attempt(plugins::PluginHost& plugins, const Clock& clock, const config::Business& business,
            RentalSource& source, RentalRecord record, observe::StepLog& steps)
        : plugins_(plugins),
          clock_(clock),
          business_(business),
          source_(source),
          record_(std::move(record)),
          steps_(steps) {}

    Look run() {
        Result<void> status = read_facts();
        if (!status || !find_rules()) {
            return finish(std::move(status));
        }
        status = decide_and_apply();
        if (!status) {
            report_failure(status.error());
        }
        return finish(std::move(status));
    }

  private:
    Look finish(Result<void> status) {
        std::shared_ptr<const RentalRecord> record;
        if (is_changed_) {
            record_.updated_ms = clock_.now_ms();
            record = std::make_shared<const RentalRecord>(std::move(record_));
        }
        return Look{std::move(status), std::move(record), again_ms_};
    }

    Result<void> read_facts() {
        Result<Facts> facts = source_.rental(record_.rental_id, &steps_);
        if (!facts) {
            return tl::unexpected(as_reading_error(facts.error()));
        }
        if (!record_.site_id.empty() && facts->site_id != record_.site_id) {
            return fail(ErrorKind::kUnavailable, "the answer places rental " + record_.rental_id +
                                                     " at another site than before; not trusted");
        }
        facts_ = std::move(*facts);
        steps_.add(StepKind::kRead,
                   "rental " + facts_.rental_id + " of unit " + shorten(facts_.unit_name, 64) +
                       " is " + shorten(facts_.state, 32) + (facts_.is_overdue ? ", overdue" : ""));
        return {};
    }

    // False if the site is not Gatehouse's business, which ends the look well.
    bool find_rules() {
        std::optional<SiteRules> rules = rules_for(business_, plugins_, facts_);
        if (!rules) {
            steps_.add(StepKind::kDecided, "site " + shorten(facts_.site_id, 64) +
                                               " has no access rule: nothing to do");
            return false;
        }
        rules_ = std::move(*rules);
        return true;
    }

    Result<void> load_memory() {
        Result<Recalled> recalled = recall(record_, rules_);
        if (!recalled) {
            return tl::unexpected(recalled.error());
        }
        memory_ = std::move(recalled->memory);
        grant_ = std::move(recalled->grant);
        return {};
    }

    Result<void> decide_and_apply() {
        if (Result<void> loaded = load_memory(); !loaded) {
            return loaded;
        }
        if (memory_.holds_grant && record_.connection != rules_.connection) {
            return fail(ErrorKind::kInvalid, "the access is held by connection '" +
                                                 record_.connection + "' but the site now uses '" +
                                                 rules_.connection + "': restore the old one");
        }
        const Result<Decision> decision = decide(facts_, rules_, memory_, clock_.now_ms());
        if (!decision) {
            return tl::unexpected(decision.error());
        }
        again_ms_ = decision->again_ms;
        if (!decision->desired) {
            steps_.add(StepKind::kDecided, decision->note);
            return finish_fields_of_an_end();
        }
        const Desired& desired = *decision->desired;
        if (Result<void> applied = bring_into_line(desired); !applied) {
            return applied;
        }
        return write_fields(desired);
    }

    // The vendor was done with in an earlier look that could not write the fields.
    Result<void> finish_fields_of_an_end() {
        const bool was_ended = memory_.desired && memory_.desired->state == AccessState::kEnded;
        return was_ended ? write_fields(*memory_.desired) : Result<void>{};
    }

    Result<void> bring_into_line(const Desired& desired) {
        const bool is_in_line =
            memory_.holds_grant && !grant_.is_pending && is_same_access(*memory_.desired, desired);
        std::string line(to_string(desired.state));
        if (desired.state != AccessState::kEnded) {
            line += " at " + join(desired.targets, ", ");
        }
        line += " (" + join(desired.reasons, "; ") + ")";
        steps_.add(StepKind::kDecided, line + (is_in_line ? ": already so" : ""));
        if (is_in_line) {
            return {};
        }
        return apply(desired);
    }

    Result<void> apply(const Desired& desired) {
        const json references = memory_.holds_grant ? grant_.references : json::object();
        const Result<std::string> answer = plugins_.call(
            plugins::Call{business_.business, rules_.connection, "access.apply",
                          dump_json(apply_document(business_, facts_, desired, references)),
                          &steps_, desired.renter.id});
        if (!answer) {
            return tl::unexpected(answer.error());
        }
        Result<Grant> grant = grant_from_result(*answer, desired, clock_.now_ms());
        if (!grant) {
            return tl::unexpected(grant.error());
        }
        grant_ = std::move(*grant);
        store_grant(desired);
        steps_.add(StepKind::kGranted, rules_.plugin + ": " + describe(grant_, desired) +
                                           (grant_.detail.empty() ? "" : "; " + grant_.detail));
        if (grant_.is_pending) {
            return fail(ErrorKind::kPending, "the vendor accepted it and is not done yet",
                        grant_.poll_after_ms.value_or(kDefaultPollMs));
        }
        return {};
    }

    void store_grant(const Desired& desired) {
        is_changed_ = true;
        record_.connection = rules_.connection;
        record_.site_id = facts_.site_id;
        record_.unit_id = facts_.unit_id;
        record_.unit_name = facts_.unit_name;
        record_.renter_id = facts_.renter.id;
        record_.targets = desired.targets;
        record_.move_in_job_id = facts_.move_in_job_id;
        record_.move_out_job_id = facts_.move_out_job_id;
        record_.desired_json = desired_to_json(desired);
        const bool holds_nothing = desired.state == AccessState::kEnded && !grant_.is_pending;
        record_.grant_json = holds_nothing ? "" : grant_to_json(grant_);
    }

    Result<void> write_fields(const Desired& desired) {
        return write(
            changes_of(facts_, rules_.fields,
                       {desired.state == AccessState::kSuspended, describe(grant_, desired)}));
    }

    // A business need not have every field. What it refuses is said, and is no reason to fail: the
    // access itself is as it should be.
    Result<void> write(FieldChanges changes) {
        if (changes.empty()) {
            return {};
        }
        Result<void> written = source_.write_fields(facts_.rental_id, changes, &steps_);
        if (is_refused(written)) {
            const std::size_t count = changes.size();
            changes = without_status(std::move(changes), rules_.fields);
            if (!changes.empty() && changes.size() < count) {
                written = source_.write_fields(facts_.rental_id, changes, &steps_);
            }
        }
        if (is_refused(written)) {
            steps_.add(StepKind::kNote,
                       "custom fields not written: " + shorten(written.error().message, 200));
            return {};
        }
        if (!written) {
            return written;
        }
        remember(changes);
        return {};
    }

    static bool is_refused(const Result<void>& written) {
        return !written && written.error().kind == ErrorKind::kInvalid;
    }

    void remember(const FieldChanges& changes) {
        record_.fields_json = remember_fields(record_.fields_json, changes);
        is_changed_ = true;
        std::string codes;
        for (const auto& [code, value] : changes) {
            codes += (codes.empty() ? "" : ", ") + code;
        }
        steps_.add(StepKind::kWrote, "custom fields written back: " + codes);
    }

    // Staff see what only a person can mend where they work. Best effort: the look has failed
    // anyway.
    void report_failure(const Error& error) {
        const bool needs_a_person =
            error.kind == ErrorKind::kInvalid || error.kind == ErrorKind::kNotFound ||
            error.kind == ErrorKind::kUnsupported || error.kind == ErrorKind::kForbidden;
        if (needs_a_person) {
            (void)write(status_change(facts_, rules_.fields, "not done: " + error.message));
        }
    }

    plugins::PluginHost& plugins_;
    const Clock& clock_;
    const config::Business& business_;
    RentalSource& source_;
    RentalRecord record_;
    observe::StepLog& steps_;
    Facts facts_;
    SiteRules rules_;
    Memory memory_;
    Grant grant_;
    std::optional<UnixMs> again_ms_;
    bool is_changed_ = false;
};

}  // namespace

Reconciler::Reconciler(RentalRecords& records, plugins::PluginHost& plugins, const Clock& clock)
    : records_(records), plugins_(plugins), clock_(clock) {}

Look Reconciler::look(const config::Business& business, RentalSource& source,
                      const std::string& rental_id, observe::StepLog& steps) {
    Result<std::optional<RentalRecord>> known = records_.rental(business.business, rental_id);
    if (!known) {
        return Look{tl::unexpected(known.error()), nullptr};
    }
    RentalRecord record = std::move(*known).value_or(RentalRecord{});
    record.business = business.business;
    record.rental_id = rental_id;
    return Attempt(plugins_, clock_, business, source, std::move(record), steps).run();
}

}  // namespace gatehouse::access
