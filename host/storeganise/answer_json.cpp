#include "storeganise/answer_json.hpp"

#include "base/json.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;

Result<json> parse_as(json::value_t type, std::string_view body, const std::string& what) {
    auto document = parse_json(body);
    if (!document) {
        return fail(ErrorKind::kUnavailable,
                    what + " is not readable: " + document.error().message);
    }
    if (document->type() != type) {
        return fail(ErrorKind::kUnavailable, what + " is not readable: it is " +
                                                 document->type_name() + ", not " +
                                                 json(type).type_name());
    }
    return document;
}

}  // namespace

Result<json> parse_object(std::string_view body, const std::string& what) {
    return parse_as(json::value_t::object, body, what);
}

Result<json> parse_array(std::string_view body, const std::string& what) {
    return parse_as(json::value_t::array, body, what);
}

}  // namespace gatehouse::storeganise
