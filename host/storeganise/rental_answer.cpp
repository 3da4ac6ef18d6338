#include "access/rental_state.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "storeganise/answer_json.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxQuoteBytes = 128;

// One reading of one answer: the checks share the rental's id for their messages.
class RentalReader {
  public:
    RentalReader(const json& rental, const std::string& rental_id)
        : rental_(rental), rental_id_(rental_id) {}

    Result<access::Facts> read() {
        if (auto same = check_id("the rental", string_member(rental_, "id"), rental_id_); !same) {
            return tl::unexpected(same.error());
        }
        for (auto part :
             {&RentalReader::read_rental, &RentalReader::read_unit, &RentalReader::read_owner}) {
            if (auto done = (this->*part)(); !done) return tl::unexpected(done.error());
        }
        return std::move(facts_);
    }

  private:
    tl::unexpected<Error> lacks(const std::string& what) const {
        return fail(ErrorKind::kUnavailable,
                    "the answer for rental " + rental_id_ + " lacks " + what);
    }

    Result<void> check_id(const std::string& whose, const std::optional<std::string>& id,
                          const std::string& expected) const {
        if (!id) return lacks("the id of " + whose);
        if (*id == expected) return {};
        return fail(ErrorKind::kInvalid, "the answer for rental " + rental_id_ + " holds " + whose +
                                             " " + shorten(*id, kMaxQuoteBytes) + " instead of " +
                                             shorten(expected, kMaxQuoteBytes));
    }

    Result<void> read_rental() {
        facts_.rental_id = rental_id_;
        facts_.state = access::known_state(string_member(rental_, "state").value_or(""));
        facts_.unit_id = string_member(rental_, "unitId").value_or("");
        facts_.renter.id = string_member(rental_, "ownerId").value_or("");
        if (facts_.state.empty()) return lacks("its state");
        if (facts_.unit_id.empty() && !may_lack_unit()) return lacks("its unitId");
        if (facts_.renter.id.empty()) return lacks("its ownerId");
        facts_.is_overdue = is_truthy(member(rental_, "overdue"));
        if (auto start = read_start(); !start) return start;
        if (auto jobs = read_jobs(); !jobs) return jobs;
        return read_fields(rental_, "the rental's", facts_.rental_fields);
    }

    Result<void> read_start() {
        const json* start = member(rental_, "startDate");
        if (is_no_date(start)) return {};
        facts_.start_date = day_of(string_member(rental_, "startDate").value_or(""));
        if (!facts_.start_date) return lacks("a readable startDate");
        return {};
    }

    Result<void> read_jobs() {
        if (auto in = read_job_id("moveInJobId", facts_.move_in_job_id); !in) return in;
        return read_job_id("moveOutJobId", facts_.move_out_job_id);
    }

    Result<void> read_job_id(const char* key, std::string& out) const {
        const json* value = member(rental_, key);
        if (value == nullptr || value->is_null()) return {};
        out = id_in(*value);
        if (!out.empty() && !is_usable_id(out)) return lacks(std::string("a usable ") + key);
        return {};
    }

    // Nobody chose a unit yet, and nothing depends on one.
    bool may_lack_unit() const {
        return access::phase_of(facts_.state) == access::RentalPhase::kBefore;
    }

    Result<void> read_unit() {
        const json* unit = member(rental_, "unit");
        if (facts_.unit_id.empty() && (unit == nullptr || unit->is_null())) {
            return read_site(json::object());
        }
        if (unit == nullptr || !unit->is_object()) return lacks("the unit");
        if (auto same = check_id("unit", string_member(*unit, "id"), facts_.unit_id); !same) {
            return same;
        }
        facts_.unit_name = string_member(*unit, "name").value_or("");
        if (auto site = read_site(*unit); !site) return site;
        return read_fields(*unit, "the unit's", facts_.unit_fields);
    }

    Result<void> read_site(const json& unit) {
        const auto of_rental = string_member(rental_, "siteId");
        const auto of_unit = string_member(unit, "siteId");
        if (of_rental && of_unit) {
            if (auto same = check_id("a unit of site", of_unit, *of_rental); !same) return same;
        }
        facts_.site_id = of_rental.value_or(of_unit.value_or(""));
        if (facts_.site_id.empty()) return lacks("its siteId");
        for (const json* holder : {&rental_, &unit}) {
            const json* site = member(*holder, "site");
            if (site == nullptr || !site->is_object()) continue;
            if (auto same = check_id("site", string_member(*site, "id"), facts_.site_id); !same) {
                return same;
            }
            facts_.site_code = string_member(*site, "code").value_or("");
        }
        return {};
    }

    Result<void> read_owner() {
        const json* owner = member(rental_, "owner");
        if (owner == nullptr || !owner->is_object()) return lacks("the owner");
        if (auto same = check_id("owner", string_member(*owner, "id"), facts_.renter.id); !same) {
            return same;
        }
        access::Renter& renter = facts_.renter;
        renter.name = string_member(*owner, "name").value_or("");
        if (renter.name.empty()) {
            const std::string first = string_member(*owner, "firstName").value_or("");
            const std::string last = string_member(*owner, "lastName").value_or("");
            renter.name = first + (first.empty() || last.empty() ? "" : " ") + last;
        }
        renter.email = trim_unseen(string_member(*owner, "email").value_or(""));
        renter.phone = trim_unseen(string_member(*owner, "phone").value_or(""));
        renter.language = string_member(*owner, "language").value_or("");
        return {};
    }

    // Absent fields would read as "nothing is set", and so could lift an overlock or take a target
    // away: they must be there, even if empty.
    Result<void> read_fields(const json& holder, const std::string& whose,
                             access::CustomFields& fields) const {
        const json* values = member(holder, "customFields");
        if (values == nullptr || !values->is_object()) return lacks(whose + " customFields");
        for (const auto& [code, value] : values->items()) {
            fields[code] = to_text(value);
        }
        return {};
    }

    static std::optional<std::string> to_text(const json& value) {
        if (value.is_null()) return std::nullopt;
        if (value.is_string()) return value.get_ref<const std::string&>();
        if (!value.is_array()) return dump_json(value);
        std::string joined;
        for (const json& one : value) {
            joined += joined.empty() ? "" : ",";
            joined += one.is_string() ? one.get_ref<const std::string&>() : dump_json(one);
        }
        return joined;
    }

    // "overdue" is a time where it is set; the vendor's own template only asks whether it is
    // truthy.
    static bool is_truthy(const json* value) {
        if (value == nullptr || value->is_null()) return false;
        if (value->is_boolean()) return value->get<bool>();
        if (value->is_number()) return value->get<double>() != 0;
        return !value->is_string() || !value->get_ref<const std::string&>().empty();
    }

    const json& rental_;
    const std::string& rental_id_;
    access::Facts facts_;
};

}  // namespace

Result<access::Facts> read_rental(std::string_view body, const std::string& rental_id) {
    const auto document = parse_object(body, "the answer for rental " + rental_id);
    if (!document) return tl::unexpected(document.error());
    return read_rental_row(*document, rental_id);
}

Result<access::Facts> read_rental_row(const json& rental, const std::string& rental_id) {
    return RentalReader(rental, rental_id).read();
}

Result<void> read_written(std::string_view body, const std::string& rental_id) {
    const auto document = parse_object(body, "the answer to the write of rental " + rental_id);
    if (!document) return tl::unexpected(document.error());
    const auto id = string_member(*document, "id");
    if (id && *id != rental_id) {
        return fail(ErrorKind::kInvalid, "wrote to rental " + rental_id +
                                             ", the answer is rental " +
                                             shorten(*id, kMaxQuoteBytes));
    }
    return {};
}

}  // namespace gatehouse::storeganise
