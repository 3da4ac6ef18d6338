#include <algorithm>
#include <array>
#include <unordered_set>

#include "access/rental_state.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "storeganise/answer_json.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxIdBytes = 128;
constexpr std::size_t kMaxSteps = 16;
constexpr std::size_t kDayLength = 10;  // "2026-11-22"
constexpr std::array<const char*, 4> kRentalKeys = {"unitRentalId", "unitRentalIds", "newRentalId",
                                                    "oldRentalId"};

// Each once. There are no more than an answer's limit lets in.
class RentalIds {
  public:
    // A string, an object with an id, or an array of either. Anything else is passed over.
    void add(const json& value) {
        if (value.is_array()) {
            for (const json& one : value) {
                add_one(one);
            }
        } else {
            add_one(value);
        }
    }

    void add_all_of(const json* holder) {
        if (holder == nullptr) return;
        for (const char* key : kRentalKeys) {
            if (const json* value = member(*holder, key)) add(*value);
        }
    }

    std::vector<std::string> take() { return std::move(ids_); }

  private:
    void add_one(const json& value) {
        std::string id = id_in(value);
        if (is_usable_id(id) && seen_.insert(id).second) ids_.push_back(std::move(id));
    }

    std::vector<std::string> ids_;
    std::unordered_set<std::string> seen_;
};

const json* result_of_start(const json& job) {
    const json* steps = member(job, "steps");
    if (steps == nullptr || !steps->is_array()) return nullptr;
    for (const json& step : *steps) {
        if (string_member(step, "type") == "start") return member(step, "result");
    }
    return nullptr;
}

// A job's holders of ids, in the order in which they are believed.
using Holders = std::array<const json*, 3>;

Holders holders_of(const json& job) {
    return {member(job, "result"), result_of_start(job), member(job, "data")};
}

std::string first_id(const Holders& holders, const char* key) {
    for (const json* holder : holders) {
        const json* value = holder == nullptr ? nullptr : member(*holder, key);
        if (value == nullptr) continue;
        std::string id = id_in(*value);
        if (is_usable_id(id)) return id;
    }
    return {};
}

void read_transfer(const Holders& holders, Job& job) {
    job.old_rental_id = first_id(holders, "oldRentalId");
    job.new_rental_id = first_id(holders, "newRentalId");
    if (job.new_rental_id.empty()) job.new_rental_id = first_id(holders, "unitRentalId");
    // Where only the old rental is named, nothing is known of the new one.
    if (job.new_rental_id == job.old_rental_id) job.new_rental_id.clear();
}

void read_date(const json* data, Job& job) {
    if (data == nullptr) return;
    for (const char* key : {"date", "moveOutDate"}) {
        const json* value = member(*data, key);
        if (is_no_date(value)) continue;
        job.date = day_of(string_member(*data, key).value_or(""));
        job.is_date_readable = job.date.has_value();
        return;
    }
}

Result<json> parse_job(std::string_view body, const std::string& job_id) {
    auto document = parse_object(body, "the answer for job " + job_id);
    if (!document) return document;
    const auto id = string_member(*document, "id");
    if (!id || !string_member(*document, "type")) {
        return fail(ErrorKind::kUnavailable, "the answer for job " + job_id + " is not a job");
    }
    if (*id != job_id) {
        return fail(ErrorKind::kInvalid,
                    "asked for job " + job_id + ", the answer is job " + shorten(*id, kMaxIdBytes));
    }
    return std::move(*document);
}

}  // namespace

bool is_usable_id(std::string_view id) {
    return !id.empty() && id.size() <= kMaxIdBytes &&
           id.find_first_not_of('.') != std::string_view::npos &&
           std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7f && c != '/'; });
}

bool is_no_date(const json* value) {
    if (value == nullptr || value->is_null()) return true;
    return value->is_string() && access::folded_word(value->get_ref<const std::string&>()).empty();
}

std::string id_in(const json& value) {
    if (value.is_string()) return value.get_ref<const std::string&>();
    return string_member(value, "id").value_or("");
}

std::optional<std::string> day_of(std::string_view text) {
    if (!parse_utc(text)) return std::nullopt;
    return std::string(text.substr(0, kDayLength));
}

Result<Job> read_job(std::string_view body, const std::string& job_id) {
    const auto document = parse_job(body, job_id);
    if (!document) return tl::unexpected(document.error());
    const Holders holders = holders_of(*document);
    RentalIds rentals;
    for (const json* holder : holders) {
        rentals.add_all_of(holder);
    }
    Job job{job_id, string_member(*document, "type").value_or(""),
            access::folded_word(string_member(*document, "state").value_or("")), rentals.take()};
    if (job.type == "unit_transfer") read_transfer(holders, job);
    read_date(member(*document, "data"), job);
    job.updated_ms = parse_utc(string_member(*document, "updated").value_or("")).value_or(0);
    return job;
}

Result<std::vector<std::string>> read_open_steps(std::string_view body, const std::string& job_id) {
    const auto document = parse_job(body, job_id);
    if (!document) return tl::unexpected(document.error());
    std::vector<std::string> open;
    const std::string state = access::folded_word(string_member(*document, "state").value_or(""));
    if (state == "completed" || Job{{}, {}, state, {}}.is_cancelled()) return open;
    const json* steps = member(*document, "steps");
    if (steps != nullptr && steps->is_array()) {
        for (const json& step : *steps) {
            const std::string id = string_member(step, "id").value_or("");
            const bool is_open = string_member(step, "state") != "completed";
            if (is_open && is_usable_id(id) && open.size() < kMaxSteps) open.push_back(id);
        }
    }
    if (open.empty()) {
        return fail(ErrorKind::kUnavailable, "job " + job_id + " has no step to complete");
    }
    return open;
}

Result<std::string> read_made_job(std::string_view body) {
    const auto document = parse_json(body);
    const std::string id = document ? string_member(*document, "id").value_or("") : std::string();
    if (!is_usable_id(id)) {
        return fail(ErrorKind::kUnavailable, "the answer to a new job does not name it");
    }
    return id;
}

}  // namespace gatehouse::storeganise
