#include "edge/webhooks/strike.hpp"

#include <algorithm>
#include <utility>

#include "base/json.hpp"

namespace gatehouse::edge {

using nlohmann::json;

void strike_out(json& document, const std::vector<std::string>& names) {
    std::vector<json*> left{&document};
    while (!left.empty()) {
        json& value = *left.back();
        left.pop_back();
        if (value.is_array()) {
            for (json& item : value)
                left.push_back(&item);
        }
        if (!value.is_object()) continue;
        for (auto& [name, inner] : value.get_ref<json::object_t&>()) {
            if (std::find(names.begin(), names.end(), name) != names.end()) {
                inner = nullptr;
            } else {
                left.push_back(&inner);
            }
        }
    }
}

WebhookContent read_vendor_webhook(std::string_view body, std::string_view id_pointer,
                                   const std::vector<std::string>& struck) {
    Result<json> document = parse_json(body);
    if (struck.empty()) {
        return {std::string(body), document ? Result<Envelope>(envelope_of(*document, id_pointer))
                                            : tl::unexpected(document.error())};
    }
    if (!document) {
        return {"", tl::unexpected(document.error())};
    }
    strike_out(*document, struck);
    // Written anew even if nothing was struck: of a member that stands twice, the bytes hold both.
    return {dump_json(*document), envelope_of(*document, id_pointer)};
}

}  // namespace gatehouse::edge
