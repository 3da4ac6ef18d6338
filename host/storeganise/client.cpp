#include "storeganise/client.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "storeganise/admin_api.hpp"
#include "storeganise/answers.hpp"
#include "storeganise/site_codes.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;

constexpr std::string_view kEnded = "ended";
constexpr std::size_t kMaxShownIdBytes = 40;
constexpr int kMaxTaskPages = 10;

json to_json(const std::optional<std::string>& value) {
    if (!value) return nullptr;
    if (*value == "true") return true;
    if (*value == "false") return false;
    return *value;
}

tl::unexpected<Error> unusable(const std::string& what, const std::string& id) {
    return fail(ErrorKind::kInvalid,
                "'" + shorten(id, kMaxShownIdBytes) + "' cannot be the id of a " + what);
}

bool is_known_collection(const std::string& name) {
    static constexpr std::array<std::string_view, 6> kNames{"jobs",  "unit-rentals", "units",
                                                            "users", "sites",        "invoices"};
    return std::ranges::find(kNames, name) != kNames.end();
}

void append(RentalPage more, RentalPage& page) {
    std::ranges::move(more.rentals, std::back_inserter(page.rentals));
    std::ranges::move(more.unreadable, std::back_inserter(page.unreadable));
    page.rows += more.rows;
}

void append(IdPage more, IdPage& page) {
    std::ranges::move(more.ids, std::back_inserter(page.ids));
    page.rows += more.rows;
}

void append_too_large(int number, RentalPage& page) {
    page.unreadable.push_back(
        {"row " + std::to_string(number), "", "it is larger than allowed", false});
    ++page.rows;
}

void append_too_large(int, IdPage& page) {
    ++page.rows;
}

// A page that is larger than allowed is asked for again in halves; a row that alone is too large
// costs that row.
template <typename Page, typename Read>
Result<Page> in_parts(const ListQuery& query, const Read& read) {
    Result<Page> page = read(query);
    if (page || !egress::is_too_large(page.error())) return page;
    Page whole;
    if (query.limit <= 1) {
        append_too_large(query.offset + 1, whole);
        return whole;
    }
    ListQuery part = query;
    part.limit = query.limit / 2;
    Result<Page> head = in_parts<Page>(part, read);
    if (!head || head->rows < part.limit) return head;
    append(std::move(*head), whole);
    part.offset += part.limit;
    part.limit = query.limit - part.limit;
    Result<Page> tail = in_parts<Page>(part, read);
    if (!tail) return tail;
    append(std::move(*tail), whole);
    return whole;
}

class AdminClient final : public Client {
  public:
    AdminClient(const config::Business& business, const std::vector<std::string>& allow_private,
                egress::Egress& egress, const Clock& clock)
        : api_(business, allow_private, egress, clock), site_codes_(business, api_, clock) {}

    Result<Job> job(const std::string& job_id, observe::StepLog* steps) override {
        const auto body = job_body(job_id, steps);
        if (!body) return tl::unexpected(body.error());
        return read_job(*body, job_id);
    }

    Result<access::Facts> rental(const std::string& rental_id, observe::StepLog* steps) override {
        if (!is_usable_id(rental_id)) return unusable("rental", rental_id);
        const auto body = api_.get(
            "unit-rentals/" + percent_encode(rental_id) + "?include=unit,owner,customFields",
            "rental " + rental_id, steps);
        if (!body) return tl::unexpected(body.error());
        auto facts = read_rental(*body, rental_id);
        if (!facts) return facts;
        if (auto added = site_codes_.add_to(*facts, steps); !added) {
            return tl::unexpected(added.error());
        }
        if (facts->move_out_job_id.empty() || facts->state == kEnded) return facts;
        if (auto planned = read_move_out(*facts, steps); !planned) {
            return tl::unexpected(planned.error());
        }
        return facts;
    }

    Result<void> write_fields(const std::string& rental_id, const access::FieldChanges& changes,
                              observe::StepLog* steps) override {
        if (changes.empty()) return {};
        if (!is_usable_id(rental_id)) return unusable("rental", rental_id);
        json fields = json::object();
        for (const auto& [code, value] : changes) {
            fields[code] = to_json(value);
        }
        const auto body =
            api_.send("PUT", "unit-rentals/" + percent_encode(rental_id),
                      {{"customFields", fields}}, "a write to rental " + rental_id, steps);
        if (!body) return tl::unexpected(body.error());
        return read_written(*body, rental_id);
    }

    Result<RentalPage> rentals(const ListQuery& query, observe::StepLog* steps) override {
        return in_parts<RentalPage>(
            query, [&](const ListQuery& part) { return rentals_at_once(part, steps); });
    }

    Result<RentalPage> rentals_at_once(const ListQuery& query, observe::StepLog* steps) {
        const auto body = list("unit-rentals", query, "&include=unit,owner,customFields", steps);
        if (!body) return tl::unexpected(body.error());
        auto page = read_rental_page(*body, query);
        if (!page) return page;
        for (access::Facts& facts : page->rentals) {
            if (auto added = site_codes_.add_to(facts, steps); !added) {
                return tl::unexpected(added.error());
            }
        }
        return page;
    }

    Result<IdPage> units(const ListQuery& query, observe::StepLog* steps) override {
        return in_parts<IdPage>(query,
                                [&](const ListQuery& part) { return ids("units", part, steps); });
    }

    Result<IdPage> users(const ListQuery& query, observe::StepLog* steps) override {
        return in_parts<IdPage>(query,
                                [&](const ListQuery& part) { return ids("users", part, steps); });
    }

    Result<std::string> create_task(const StaffTask& task, observe::StepLog* steps) override {
        const json data = {{"targetType", task.target_type},
                           {"targetId", task.target_id},
                           {"title", task.title},
                           {"desc", task.text}};
        const auto body =
            api_.send("POST", "jobs", {{"type", "task"}, {"ownerId", nullptr}, {"data", data}},
                      "a new task", steps);
        if (!body) return tl::unexpected(body.error());
        return read_made_job(*body);
    }

    Result<std::string> find_task(const StaffTask& task, UnixMs since_ms,
                                  observe::StepLog* steps) override {
        ListQuery query;
        query.updated_after_ms = since_ms;
        for (int page = 0; page < kMaxTaskPages; ++page) {
            const auto parameters = to_parameters(query);
            if (!parameters) return tl::unexpected(parameters.error());
            const auto body = api_.get("jobs?type=task&" + *parameters, "the list of jobs", steps);
            if (!body) return tl::unexpected(body.error());
            const auto read = read_task_page(*body, query, task);
            if (!read) return tl::unexpected(read.error());
            if (!read->found.empty() || read->rows < query.limit) return read->found;
            query.offset += read->rows;
        }
        return std::string();
    }

    Result<void> complete_task(const std::string& job_id, observe::StepLog* steps) override {
        const auto body = job_body(job_id, steps);
        if (!body) return unless_gone(body.error());
        const auto open = read_open_steps(*body, job_id);
        if (!open) return tl::unexpected(open.error());
        for (const std::string& step_id : *open) {
            const auto done = api_.send(
                "PUT", "jobs/" + percent_encode(job_id) + "/steps/" + percent_encode(step_id),
                {{"state", "completed"}}, "a step of job " + job_id, steps);
            if (!done) return unless_gone(done.error());
        }
        return {};
    }

    Result<json> object(const std::string& collection, const std::string& id,
                        observe::StepLog* steps) override {
        if (!is_known_collection(collection)) {
            return fail(ErrorKind::kUnsupported, "no objects of this kind are read");
        }
        if (!is_usable_id(id)) return unusable(collection, id);
        const auto body = api_.get(collection + "/" + percent_encode(id) + "?include=customFields",
                                   collection + " " + id, steps);
        if (!body) return tl::unexpected(body.error());
        return read_object(*body, collection, id);
    }

  private:
    static Result<void> unless_gone(const Error& error) {
        if (error.kind == ErrorKind::kNotFound) return {};
        return tl::unexpected(error);
    }

    Result<std::string> job_body(const std::string& job_id, observe::StepLog* steps) {
        if (!is_usable_id(job_id)) return unusable("job", job_id);
        return api_.get("jobs/" + percent_encode(job_id), "job " + job_id, steps);
    }

    Result<std::string> list(const std::string& collection, const ListQuery& query,
                             const std::string& include, observe::StepLog* steps) {
        const auto parameters = to_parameters(query);
        if (!parameters) return tl::unexpected(parameters.error());
        return api_.get(collection + "?" + *parameters + include, "the list of " + collection,
                        steps);
    }

    Result<IdPage> ids(const std::string& collection, const ListQuery& query,
                       observe::StepLog* steps) {
        const auto body = list(collection, query, "", steps);
        if (!body) return tl::unexpected(body.error());
        return read_id_page(*body, collection, query);
    }

    Result<void> read_move_out(access::Facts& facts, observe::StepLog* steps) {
        const auto planned = job(facts.move_out_job_id, steps);
        const bool is_gone = !planned && planned.error().kind == ErrorKind::kNotFound;
        if (is_gone || (planned && planned->is_cancelled())) {
            facts.move_out_job_id.clear();
            return {};
        }
        if (!planned) return tl::unexpected(planned.error());
        if (!planned->is_date_readable) {
            return fail(ErrorKind::kUnavailable,
                        "the date of move-out job " + planned->id + " is not readable");
        }
        facts.end_date = planned->date;
        return {};
    }

    AdminApi api_;
    SiteCodes site_codes_;
};

}  // namespace

Result<UnixMs> Client::job_updated_ms(const std::string& job_id, observe::StepLog* steps) {
    const Result<Job> read = job(job_id, steps);
    if (!read) return tl::unexpected(read.error());
    if (read->updated_ms == 0) {
        return fail(ErrorKind::kNotFound, "job " + read->id + " does not tell when it was changed");
    }
    return read->updated_ms;
}

std::unique_ptr<Client> make_client(const config::Business& business,
                                    const std::vector<std::string>& allow_private,
                                    egress::Egress& egress, const Clock& clock) {
    return std::make_unique<AdminClient>(business, allow_private, egress, clock);
}

}  // namespace gatehouse::storeganise
