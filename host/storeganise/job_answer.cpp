#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxIdBytes = 128;
constexpr std::size_t kMaxRentals = 64;
constexpr std::array<const char*, 4> kRentalKeys = {"unitRentalId", "unitRentalIds", "newRentalId",
                                                    "oldRentalId"};

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
        std::string id;
        if (value.is_string()) {
            id = value.get_ref<const std::string&>();
        } else {
            id = string_member(value, "id").value_or("");
        }
        const bool is_new = std::ranges::find(ids_, id) == ids_.end();
        if (is_usable_id(id) && is_new && ids_.size() < kMaxRentals) ids_.push_back(std::move(id));
    }

    std::vector<std::string> ids_;
};

const json* result_of_start(const json& job) {
    const json* steps = member(job, "steps");
    if (steps == nullptr || !steps->is_array()) return nullptr;
    for (const json& step : *steps) {
        if (string_member(step, "type") == "start") return member(step, "result");
    }
    return nullptr;
}

}  // namespace

bool is_usable_id(std::string_view id) {
    return !id.empty() && id.size() <= kMaxIdBytes &&
           id.find_first_not_of('.') != std::string_view::npos &&
           std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7f && c != '/'; });
}

Result<Job> read_job(std::string_view body, const std::string& job_id) {
    const auto document = parse_json(body);
    if (!document || !document->is_object()) {
        return fail(ErrorKind::kUnavailable, "the answer for job " + job_id + " is not readable");
    }
    const auto id = string_member(*document, "id");
    const auto type = string_member(*document, "type");
    if (!id || !type) {
        return fail(ErrorKind::kUnavailable, "the answer for job " + job_id + " is not a job");
    }
    if (*id != job_id) {
        return fail(ErrorKind::kInvalid,
                    "asked for job " + job_id + ", the answer is job " + shorten(*id, kMaxIdBytes));
    }
    RentalIds rentals;
    rentals.add_all_of(member(*document, "result"));
    rentals.add_all_of(result_of_start(*document));
    rentals.add_all_of(member(*document, "data"));
    return Job{*id, *type, string_member(*document, "state").value_or(""), rentals.take()};
}

}  // namespace gatehouse::storeganise
