#include "admin/replies.hpp"

#include "base/json.hpp"

namespace gatehouse::admin {
namespace {

int status_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::kNotFound:
            return 404;
        case ErrorKind::kInvalid:
            return 400;
        case ErrorKind::kConflict:
            return 409;
        case ErrorKind::kUnavailable:
            return 503;
        default:
            return 500;
    }
}

}  // namespace

edge::HttpResponse reply(const nlohmann::json& document, int status) {
    edge::HttpResponse response;
    response.status = status;
    response.body = dump_json(document);
    return response;
}

edge::HttpResponse refusal(int status, std::string_view message) {
    return reply({{"message", message}}, status);
}

edge::HttpResponse refusal(const Error& error) {
    return refusal(status_of(error.kind), error.message);
}

}  // namespace gatehouse::admin
