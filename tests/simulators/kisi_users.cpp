// /users, and /members, its deprecated name.
#include <utility>

#include "simulators/kisi_page.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxMetadataEntries = 50;
constexpr std::size_t kMaxMetadataKey = 50;
constexpr std::size_t kMaxMetadataValue = 500;

bool is_valid_metadata(const json& metadata) {
    if (!metadata.is_object() || metadata.size() > kMaxMetadataEntries) return false;
    for (const auto& [key, value] : metadata.items()) {
        if (key.size() > kMaxMetadataKey || value.is_structured()) return false;
        if (value.dump().size() > kMaxMetadataValue + 2) return false;
    }
    return true;
}

// Sets the members that both POST and PATCH take. Returns the name of the first that is wrong.
std::string_view set_members(const json& body, KisiUser& user) {
    for (const auto& [name, value] : body.items()) {
        if (name == "name" && !value.is_string() && !value.is_null()) return "name";
        if (name == "notes" && !value.is_string() && !value.is_null()) return "notes";
        if (name == "access_enabled" && !value.is_boolean()) return "access_enabled";
        if (name == "metadata" && !is_valid_metadata(value)) return "metadata";
        if (name == "name") user.name = value.is_null() ? "" : value.get<std::string>();
        if (name == "notes") user.notes = value.is_null() ? "" : value.get<std::string>();
        if (name == "access_enabled") user.access_enabled = value.get<bool>();
        if (name == "metadata") user.metadata = value;
    }
    return {};
}

Reply create(KisiCall& call) {
    Reply refusal;
    const char* envelope = call.request.path.rfind("/members", 0) == 0 ? "member" : "user";
    const json body = unwrap(call, envelope,
                             {"email", "name", "image", "send_emails", "confirm", "access_enabled",
                              "password_flow_enabled", "metadata", "notes"},
                             refusal);
    if (body.is_null()) return refusal;
    if (!body.contains("email") || !body["email"].is_string() ||
        body["email"].get<std::string>().empty()) {
        return kisi_invalid("email", "can't be blank");
    }
    KisiUser user;
    user.email = body["email"].get<std::string>();
    if (user.email.find('@') == std::string::npos) return kisi_invalid("email", "is invalid");
    if (KisiModel::user_by_email(call.organization, user.email) != nullptr) {
        return kisi_invalid("email", "has already been taken");
    }
    const std::string_view wrong = set_members(body, user);
    if (!wrong.empty()) return kisi_invalid(wrong, "is invalid");
    user.confirmed = body.contains("confirm") && body["confirm"] == true;
    user.send_emails = !body.contains("send_emails") || body["send_emails"] != false;
    call.recorder.count("kisi", "users_created");
    return kisi_ok(to_json(call.model.add(call.organization, std::move(user)), call.organization));
}

bool is_in_group(const KisiCall& call, const KisiUser& user, KisiId group_id) {
    KisiRoleAssignment like;
    like.applies_to_type = "Group";
    like.applies_to_id = group_id;
    like.assignee_id = user.id;
    return KisiModel::role_in(call.organization, like) != nullptr;
}

Reply list(const KisiCall& call) {
    const std::string_view email = value_of(call.query, "email");
    const std::string words = to_lower(value_of(call.query, "query"));
    const KisiId group_id = to_id(value_of(call.query, "group_id"));
    const auto& users = call.organization.users;
    if (!email.empty()) {
        std::set<KisiId> found;
        const KisiUser* user = KisiModel::user_by_email(call.organization, email);
        if (user != nullptr) found.insert(user->id);
        return kisi_list(
            call, users, 50, 100, [](const KisiUser&) { return true; }, found);
    }
    if (group_id < 0 && words.empty()) return kisi_list(call, users, 50, 100);
    return kisi_list(call, users, 50, 100, [&](const KisiUser& user) {
        if (group_id >= 0 && !is_in_group(call, user, group_id)) return false;
        return words.empty() || to_lower(user.name).find(words) != std::string::npos ||
               to_lower(user.email).find(words) != std::string::npos;
    });
}

Reply update(KisiCall& call, KisiUser& user) {
    Reply refusal;
    const char* envelope = call.request.path.rfind("/members", 0) == 0 ? "member" : "user";
    const json body = unwrap(
        call, envelope,
        {"name", "image", "access_enabled", "password_flow_enabled", "metadata", "notes"}, refusal);
    if (body.is_null()) return refusal;
    KisiUser changed = user;
    const std::string_view wrong = set_members(body, changed);
    if (!wrong.empty()) return kisi_invalid(wrong, "is invalid");
    call.model.add(call.organization, std::move(changed));
    return kisi_no_content();
}

}  // namespace

Reply answer_users(KisiCall& call) {
    const std::string& method = call.request.method;
    if (call.id < 0) {
        if (method == "GET") return list(call);
        return method == "POST" ? create(call) : kisi_method_not_allowed();
    }
    const auto found = call.organization.users.find(call.id);
    if (found == call.organization.users.end()) return kisi_not_found();
    if (method == "GET") return kisi_ok(to_json(found->second, call.organization));
    // The client's put() and PATCH are the same to Kisi.
    if (method == "PATCH" || method == "PUT") return update(call, found->second);
    if (method != "DELETE") return kisi_method_not_allowed();
    if (call.id == call.organization.owner_id) {
        return kisi_invalid("base", "the organization's owner cannot be deleted");
    }
    KisiModel::remove_user(call.organization, call.id);
    return kisi_no_content();
}

}  // namespace gatehouse::simulators
