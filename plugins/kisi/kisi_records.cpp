// KisiApi's requests about everybody's roles, webhooks and the history.
#include <algorithm>

#include "kisi_answer.hpp"
#include "kisi_api.hpp"
#include "kisi_error.hpp"

namespace gatehouse::kisi {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr std::size_t kUsersAtOnce = 100;  // the most that a page of users holds
constexpr int kEventsAtOnce = 50;
constexpr const char* kWebhookType = "event_webhook";

std::string page_query(int offset) {
    return "limit=" + std::to_string(KisiApi::kPageSize) + "&offset=" + std::to_string(offset);
}

Id group_id_of(const Json& object) {
    if (!object.is_object() || id_at(object, "id") <= 0) throw unreadable("a group");
    return id_at(object, "id");
}

Integration to_integration(const Json& object) {
    if (!object.is_object() || id_at(object, "id") <= 0) throw unreadable("an integration");
    Integration integration;
    integration.id = id_at(object, "id");
    integration.url = sdk::text_at(object, "url");
    integration.is_on = sdk::flag_at(object, "enabled", true) &&
                        !sdk::flag_at(object, "disabled_due_to_error", false);
    return integration;
}

EventSet to_event_set(const sdk::HttpReply& reply, const std::string& what) {
    if (!reply.is_ok()) throw to_error(reply, what);
    const Json object = reply.json();
    if (!object.is_object() || id_at(object, "id") <= 0) throw unreadable("a set of events");
    EventSet set;
    set.id = id_at(object, "id");
    set.status = sdk::text_at(object, "status");
    set.cursor = sdk::text_at(object, "cursor");
    const auto events = object.find("events");
    if (events != object.end() && events->is_array()) set.events = *events;
    return set;
}

}  // namespace

RolePage KisiApi::read_roles(const std::string& filter, int offset) {
    const sdk::HttpReply reply =
        send("GET", "/role_assignments?sort=id&" + filter + page_query(offset));
    const Json list = read_list(reply, "list the roles");
    RolePage page;
    for (const Json& entry : list) {
        if (const auto role = to_group_role(entry)) page.roles.push_back(*role);
    }
    page.count = static_cast<int>(list.size());
    page.total = std::max<std::int64_t>(total_of(reply), 0);
    page.is_last = is_last_page(reply, static_cast<std::size_t>(offset), list.size(), kPageSize);
    return page;
}

RolePage KisiApi::roles(int offset) {
    return read_roles("", offset);
}

RolePage KisiApi::roles_in(Id group_id, int offset) {
    return read_roles("applies_to_type=Group&applies_to_id=" + std::to_string(group_id) + "&",
                      offset);
}

std::vector<Id> KisiApi::group_ids(int offset, int limit, bool& is_last) {
    const sdk::HttpReply reply = send("GET", "/groups?sort=id&limit=" + std::to_string(limit) +
                                                 "&offset=" + std::to_string(offset));
    std::vector<Id> ids;
    const Json list = read_list(reply, "list the groups");
    for (const Json& entry : list) {
        ids.push_back(group_id_of(entry));
    }
    is_last = is_last_page(reply, static_cast<std::size_t>(offset), list.size(), limit);
    return ids;
}

std::vector<User> KisiApi::users(const std::set<Id>& ids) {
    std::vector<User> all;
    auto next = ids.begin();
    while (next != ids.end()) {
        std::string list;
        for (std::size_t i = 0; i < kUsersAtOnce && next != ids.end(); ++i, ++next) {
            list += (list.empty() ? "" : ",") + std::to_string(*next);
        }
        const sdk::HttpReply reply =
            send("GET", "/users?limit=" + std::to_string(kUsersAtOnce) + "&ids=" + list);
        for (const Json& entry : read_list(reply, "read the users of roles")) {
            auto user = to_user(entry);
            if (!user) throw unreadable("a user");
            all.push_back(std::move(*user));
        }
    }
    return all;
}

std::vector<Id> KisiApi::groups_of_lock(Id lock_id) {
    const sdk::HttpReply reply =
        send("GET", "/groups?lock_id=" + std::to_string(lock_id) + "&" + page_query(0));
    if (reply.status == kNotFound || reply.status == kForbidden) return {};
    std::vector<Id> groups;
    for (const Json& entry : read_list(reply, "list the groups of a lock")) {
        groups.push_back(group_id_of(entry));
    }
    return groups;
}

std::vector<Integration> KisiApi::event_webhooks() {
    std::vector<Integration> webhooks;
    bool is_last = false;
    for (int offset = 0; !is_last;) {
        const sdk::HttpReply reply = send("GET", "/integrations?" + page_query(offset));
        const Json list = read_list(reply, "list the integrations");
        for (const Json& entry : list) {
            if (entry.is_object() && sdk::text_at(entry, "type") == kWebhookType) {
                webhooks.push_back(to_integration(entry));
            }
        }
        is_last = list.empty() ||
                  is_last_page(reply, static_cast<std::size_t>(offset), list.size(), kPageSize);
        offset += static_cast<int>(list.size());
    }
    return webhooks;
}

Integration KisiApi::create_event_webhook(const std::string& url, const std::string& signature_key,
                                          const std::vector<std::string>& events) {
    const Json body = {{"integration",
                        {{"name", "Gatehouse"},
                         {"type", kWebhookType},
                         {"url", url},
                         {"enabled", true},
                         {"enabled_events", events},
                         {"signature_key", signature_key}}}};
    const sdk::HttpReply reply = send("POST", "/integrations", &body);
    if (!reply.is_ok()) throw to_error(reply, "register the webhook");
    return to_integration(reply.json());
}

void KisiApi::switch_on(Id integration_id) {
    const Json body = {{"integration", {{"enabled", true}}}};
    const sdk::HttpReply reply =
        send("PATCH", "/integrations/" + std::to_string(integration_id), &body);
    if (!reply.is_ok()) throw to_error(reply, "switch the webhook on again");
}

Integration KisiApi::event_webhook(Id integration_id) {
    const sdk::HttpReply reply = send("GET", "/integrations/" + std::to_string(integration_id));
    if (reply.status != 200) throw to_error(reply, "read the webhook");
    return to_integration(reply.json());
}

EventSet KisiApi::search_events(const std::string& from, const std::string& until) {
    const Json body = {{"event_set", {{"interval", from + "/" + until}}}};
    return to_event_set(send("POST", "/event_sets", &body), "search the history");
}

EventSet KisiApi::event_set(Id id, const std::string& cursor) {
    std::string path =
        "/event_sets/" + std::to_string(id) + "?limit=" + std::to_string(kEventsAtOnce);
    if (!cursor.empty()) path += "&cursor=" + percent_encode(cursor);
    return to_event_set(send("GET", path), "read the history");
}

}  // namespace gatehouse::kisi
