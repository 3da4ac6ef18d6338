#include "plugins/http_service.hpp"

#include <utility>

#include "base/json.hpp"
#include "base/lone_numbers.hpp"
#include "egress/secrets.hpp"
#include "plugins/documents.hpp"

namespace gatehouse::plugins {
namespace {

using nlohmann::json;

// The document fits its schema, so members have their types.
egress::HttpCall call_from(const json& document) {
    egress::HttpCall call;
    call.method = document["method"].get<std::string>();
    call.url = document["url"].get<std::string>();
    call.body = string_member(document, "body").value_or("");
    call.timeout_ms =
        static_cast<int>(int_member(document, "timeout_ms").value_or(call.timeout_ms));
    if (const json* headers = member(document, "headers")) {
        for (const json& pair : *headers) {
            call.headers.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
        }
    }
    return call;
}

// What the other side says holds no references: a plugin may write back what it has read.
std::string document_of(const egress::HttpReply& reply) {
    json headers = json::array();
    for (const auto& [name, value] : reply.headers)
        headers.push_back({name, value});
    return egress::without_references(dump_json({{"schema", 1},
                                                 {"status", reply.status},
                                                 {"headers", std::move(headers)},
                                                 {"body", reply.body}}));
}

// An error quotes what was sent or what stands in a record. A document is read as well, since its
// texts may be escaped.
std::vector<Secret> quoted_in(const egress::HttpReply& reply) {
    constexpr int kFirstRefusal = 400;
    constexpr std::size_t kMaxNumbers = 256;
    if (reply.status < kFirstRefusal) return {};
    const Result<json> document = parse_json(reply.body);
    const std::string text = reply.body + (document ? "\n" + dump_json(*document) : "");
    std::vector<Secret> numbers;
    for (std::string& number : lone_numbers(text, kMaxNumbers))
        numbers.emplace_back(std::move(number));
    return numbers;
}

void note(Requests& requests, const Result<egress::HttpReply>& reply) {
    if (!reply && reply.error().is_postponed) {
        requests.shut = reply.error();
    } else {
        requests.has_sent = true;
    }
}

}  // namespace

ServiceAnswer send_http(egress::Egress& egress, const egress::Policy& policy,
                        std::string_view document, std::int64_t deadline_ns,
                        observe::StepLog* steps, Requests* requests) {
    const Result<json> request = parse_json(document);
    if (!request) {
        return service_error({ErrorKind::kInvalid, "the request cannot be read"});
    }
    if (const std::string fault = fault_in("http.request", *request); !fault.empty()) {
        return service_error(
            {ErrorKind::kInvalid, "the request does not fit its schema: " + fault});
    }
    const Result<egress::HttpReply> reply =
        egress.send(policy, call_from(*request), deadline_ns, steps);
    if (requests != nullptr) note(*requests, reply);
    if (!reply) return service_error(reply.error());
    return {0, document_of(*reply), quoted_in(*reply)};
}

Error judged(Error error, const Requests& requests) {
    const bool is_passing = error.kind != ErrorKind::kInvalid &&
                            error.kind != ErrorKind::kUnsupported &&
                            error.kind != ErrorKind::kAuth && error.kind != ErrorKind::kForbidden;
    if (!requests.shut || requests.has_sent || !is_passing) return error;
    error.message = requests.shut->message;
    error.retry_after_ms = requests.shut->retry_after_ms;
    error.is_postponed = true;
    return error;
}

ServiceAnswer service_error(const Error& error) {
    json document = {
        {"schema", 1}, {"kind", static_cast<int>(error.kind)}, {"message", error.message}};
    if (error.retry_after_ms) document["retry_after_ms"] = *error.retry_after_ms;
    return {static_cast<std::uint32_t>(error.kind), dump_json(document)};
}

}  // namespace gatehouse::plugins
