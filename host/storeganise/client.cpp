#include "storeganise/client.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "egress/ascii.hpp"
#include "egress/url.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

constexpr int kTimeoutMs = 10'000;
constexpr std::int64_t kTimeoutNs = kTimeoutMs * std::int64_t{1'000'000};
constexpr const char* kKeyName = "storeganise_api_key";

egress::Policy make_policy(const config::Business& business,
                           const std::vector<std::string>& allow_private) {
    egress::Policy policy;
    policy.key = business.business + " storeganise";  // no connection's name holds a blank
    policy.secrets.emplace(kKeyName, business.storeganise.api_key);
    const auto url = egress::parse_url(business.storeganise.api);
    if (!url) return policy;  // no host passes then
    policy.hosts = {url->host_and_port()};
    const bool is_listed = std::ranges::any_of(allow_private, [&](const std::string& entry) {
        return egress::equal_without_case(entry, url->host_and_port());
    });
    if (is_listed) policy.plain_hosts = policy.hosts;
    return policy;
}

nlohmann::json to_json(const std::optional<std::string>& value) {
    if (!value) return nullptr;
    if (*value == "true") return true;
    if (*value == "false") return false;
    return *value;
}

class EgressClient final : public Client {
  public:
    EgressClient(const config::Business& business, const std::vector<std::string>& allow_private,
                 egress::Egress& egress, const Clock& clock)
        : base_(business.storeganise.api + "/v1/admin/"),
          policy_(make_policy(business, allow_private)),
          egress_(egress),
          clock_(clock) {}

    Result<Job> job(const std::string& job_id, observe::StepLog* steps) override {
        if (!is_usable_id(job_id)) return unusable("job", job_id);
        const auto reply = exchange("GET", "jobs/" + percent_encode(job_id), "", steps);
        if (!reply) return tl::unexpected(reply.error());
        if (!is_success(*reply)) return refused(*reply, "job " + job_id, true);
        return read_job(reply->body, job_id);
    }

    Result<access::Facts> rental(const std::string& rental_id, observe::StepLog* steps) override {
        if (!is_usable_id(rental_id)) return unusable("rental", rental_id);
        const auto reply = exchange(
            "GET", "unit-rentals/" + percent_encode(rental_id) + "?include=unit,owner,customFields",
            "", steps);
        if (!reply) return tl::unexpected(reply.error());
        if (!is_success(*reply)) return refused(*reply, "rental " + rental_id, true);
        return read_rental(reply->body, rental_id);
    }

    Result<void> write_fields(const std::string& rental_id, const access::FieldChanges& changes,
                              observe::StepLog* steps) override {
        if (changes.empty()) return {};
        if (!is_usable_id(rental_id)) return unusable("rental", rental_id);
        nlohmann::json fields = nlohmann::json::object();
        for (const auto& [code, value] : changes) {
            fields[code] = to_json(value);
        }
        const auto reply = exchange("PUT", "unit-rentals/" + percent_encode(rental_id),
                                    dump_json({{"customFields", fields}}), steps);
        if (!reply) return tl::unexpected(reply.error());
        if (!is_success(*reply)) return refused(*reply, "a write to rental " + rental_id, false);
        if (reply->status == 204) return {};
        return read_written(reply->body, rental_id);
    }

  private:
    static bool is_success(const egress::HttpReply& reply) {
        return reply.status >= 200 && reply.status < 300;
    }

    static tl::unexpected<Error> unusable(const std::string& what, const std::string& id) {
        return fail(ErrorKind::kInvalid, "'" + shorten(id, 40) + "' cannot be the id of a " + what);
    }

    tl::unexpected<Error> refused(const egress::HttpReply& reply, const std::string& what,
                                  bool may_quote) const {
        return tl::unexpected(to_error(reply, what, may_quote, clock_.now_ms()));
    }

    Result<egress::HttpReply> exchange(const char* method, const std::string& path,
                                       std::string body, observe::StepLog* steps) {
        egress::HttpCall call;
        call.method = method;
        call.url = base_ + path;
        call.headers = {{"Authorization", std::string("ApiKey {{secret:") + kKeyName + "}}"},
                        {"Accept", "application/json"}};
        if (!body.empty()) call.headers.emplace_back("Content-Type", "application/json");
        call.body = std::move(body);
        call.timeout_ms = kTimeoutMs;
        auto reply = egress_.send(policy_, std::move(call), clock_.steady_ns() + kTimeoutNs, steps);
        if (!reply && reply.error().kind == ErrorKind::kInvalid) {
            // Our own requests are well formed: it is the answer that is no HTTP or too large, and
            // a proxy's bad hour must not end a task for good.
            reply.error().kind = ErrorKind::kUnavailable;
        }
        return reply;
    }

    const std::string base_;
    const egress::Policy policy_;
    egress::Egress& egress_;
    const Clock& clock_;
};

}  // namespace

Result<RentalPage> Client::rentals(const ListQuery& /*query*/, observe::StepLog* /*steps*/) {
    return fail(ErrorKind::kUnsupported, "lists are not read here");
}

Result<IdPage> Client::units(const ListQuery& /*query*/, observe::StepLog* /*steps*/) {
    return fail(ErrorKind::kUnsupported, "lists are not read here");
}

Result<IdPage> Client::users(const ListQuery& /*query*/, observe::StepLog* /*steps*/) {
    return fail(ErrorKind::kUnsupported, "lists are not read here");
}

Result<std::string> Client::create_task(const StaffTask& /*task*/, observe::StepLog* /*steps*/) {
    return fail(ErrorKind::kUnsupported, "no tasks are made here");
}

Result<void> Client::complete_task(const std::string& /*job_id*/, observe::StepLog* /*steps*/) {
    return fail(ErrorKind::kUnsupported, "no tasks are made here");
}

Result<nlohmann::json> Client::object(const std::string& /*collection*/, const std::string& /*id*/,
                                      observe::StepLog* /*steps*/) {
    return fail(ErrorKind::kUnsupported, "no objects are read here");
}

std::unique_ptr<Client> make_client(const config::Business& business,
                                    const std::vector<std::string>& allow_private,
                                    egress::Egress& egress, const Clock& clock) {
    return std::make_unique<EgressClient>(business, allow_private, egress, clock);
}

}  // namespace gatehouse::storeganise
