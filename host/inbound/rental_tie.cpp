#include "inbound/rental_tie.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "access/desired.hpp"
#include "access/grant.hpp"
#include "base/json.hpp"

namespace gatehouse::inbound {
namespace {

using access::RentalRecord;
using nlohmann::json;

constexpr int kPageSize = 500;
// A door that more rentals share is looked through no further.
constexpr int kMaxPages = 40;
constexpr int kMaxDepth = 16;

bool is_same_text(const std::string& a, const std::string& b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return !a.empty() && std::equal(a.begin(), a.end(), b.begin(), b.end(),
                                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool holds_value(const json& references, const json& value, int depth) {
    if (references.is_structured()) {
        return depth < kMaxDepth &&
               std::any_of(references.begin(), references.end(),
                           [&](const json& part) { return holds_value(part, value, depth + 1); });
    }
    return references == value;
}

bool holds_member(const json& references, const std::string& name, const json& value, int depth) {
    if (!references.is_structured() || depth >= kMaxDepth) return false;
    if (references.is_object()) {
        const auto found = references.find(name);
        if (found != references.end() && *found == value) return true;
    }
    return std::any_of(references.begin(), references.end(), [&](const json& part) {
        return holds_member(part, name, value, depth + 1);
    });
}

// What the records say of one rental, as far as an event asks.
struct Candidate {
    std::string renter_id;
    bool is_person = false;
    bool is_held = false;  // a grant that has not ended
};

bool is_renter(const RentalRecord& record, const std::string& person) {
    if (person.empty()) return false;
    const auto desired = access::desired_from_json(record.desired_json);
    return desired && (is_same_text(person, desired->renter.email) ||
                       is_same_text(person, desired->renter.phone));
}

Candidate candidate_of(const RentalRecord& record, const VendorEvent& event) {
    Candidate candidate{record.renter_id};
    candidate.is_person = is_renter(record, event.event.person);
    if (record.grant_json.empty()) return candidate;
    if (const auto grant = access::grant_from_json(record.grant_json)) {
        candidate.is_held = grant->state != access::AccessState::kEnded;
        candidate.is_person =
            candidate.is_person || holds_reference(grant->references, event.reference);
    }
    return candidate;
}

using Candidates = std::map<std::string, Candidate>;  // by rental

Result<void> read_candidates(access::RentalLookups& lookups, const VendorEvent& event,
                             const std::string& target, Candidates& candidates) {
    std::string after;
    for (int page = 0; page < kMaxPages; ++page) {
        const auto records = lookups.rentals_by(event.event.business, access::RentalKey::kTarget,
                                                target, after, kPageSize);
        if (!records) return tl::unexpected(records.error());
        for (const RentalRecord& record : *records) {
            if (record.connection == event.event.connection) {
                candidates.emplace(record.rental_id, candidate_of(record, event));
            }
        }
        if (records->size() < kPageSize) break;
        after = records->back().rental_id;
    }
    return {};
}

// The only candidate for which the member holds; null if there is none or several.
const Candidates::value_type* only(const Candidates& candidates, bool Candidate::*member) {
    const auto holds = [member](const auto& entry) { return entry.second.*member; };
    const auto first = std::find_if(candidates.begin(), candidates.end(), holds);
    if (first == candidates.end() ||
        std::find_if(std::next(first), candidates.end(), holds) != candidates.end()) {
        return nullptr;
    }
    return &*first;
}

// The renter of all the person's rentals; empty if there are several.
std::string common_renter(const Candidates& candidates) {
    std::optional<std::string> renter;
    for (const auto& [rental_id, candidate] : candidates) {
        if (!candidate.is_person) continue;
        if (renter && *renter != candidate.renter_id) return {};
        renter = candidate.renter_id;
    }
    return renter.value_or("");
}

}  // namespace

bool holds_reference(const json& references, const json& reference) {
    if (reference.is_object()) {
        return !reference.empty() &&
               std::all_of(reference.items().begin(), reference.items().end(),
                           [&](const auto& wanted) {
                               return holds_member(references, wanted.key(), wanted.value(), 0);
                           });
    }
    const bool is_text = reference.is_string() && !reference.get_ref<const std::string&>().empty();
    return (is_text || reference.is_number_integer()) && holds_value(references, reference, 0);
}

Result<void> tie_to_rental(access::RentalLookups& lookups, VendorEvent& event) {
    Candidates candidates;
    for (const std::string& target : event.grant_targets) {
        if (Result<void> read = read_candidates(lookups, event, target, candidates); !read) {
            return read;
        }
    }
    const bool is_told_who = !event.event.person.empty() || !event.reference.is_null();
    if (!is_told_who) {
        if (const auto* sole = only(candidates, &Candidate::is_held)) {
            event.event.rental_id = sole->first;
        }
        return {};
    }
    event.event.renter_id = common_renter(candidates);
    if (const auto* sole = only(candidates, &Candidate::is_person)) {
        event.event.rental_id = sole->first;
    }
    return {};
}

}  // namespace gatehouse::inbound
