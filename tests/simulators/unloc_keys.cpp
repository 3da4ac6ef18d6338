// Keys and the jobs that make them.
#include <algorithm>
#include <initializer_list>

#include "simulators/unloc_api.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxPage = 2500;
constexpr std::size_t kMinPhone = 8;
constexpr std::size_t kMaxPhone = 16;

bool is_phone(const std::string& text) {
    return text.size() >= kMinPhone && text.size() <= kMaxPhone && text[0] == '+' &&
           text[1] != '0' &&
           std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Collects what is wrong with one key of a call.
class Reader {
  public:
    Reader(const json& object, std::string name, json& faults)
        : object_(object), name_(std::move(name)), faults_(faults) {}

    void fault(const std::string& member, const std::string& reason) {
        faults_.push_back({{"name", name_ + member}, {"reason", reason}});
    }

    void only(std::initializer_list<std::string_view> allowed) {
        for (const auto& [member, value] : object_.items()) {
            if (std::find(allowed.begin(), allowed.end(), member) == allowed.end()) {
                fault("." + member, "is not allowed");
            }
        }
    }

    std::string text(const char* member) {
        const auto found = object_.find(member);
        if (found != object_.end() && found->is_string()) return found->get<std::string>();
        fault(std::string(".") + member, "must be of type string");
        return {};
    }

    // Absent is fine; null is not.
    std::optional<UnixMs> time(const char* member) {
        if (!object_.contains(member)) return std::nullopt;
        const std::string value = text(member);
        const auto at_ms = parse_utc(value);
        if (at_ms) return *at_ms;
        if (!value.empty()) fault(std::string(".") + member, "must be an ISO 8601 date");
        return std::nullopt;
    }

  private:
    const json& object_;
    std::string name_;
    json& faults_;
};

UnlocKey read_key(const UnlocProject& project, const json& object, const std::string& name,
                  UnixMs now_ms, json& faults) {
    Reader reader(object, name, faults);
    UnlocKey key;
    if (!object.is_object()) {
        reader.fault("", "must be of type object");
        return key;
    }
    reader.only({"lockId", "appUserId", "start", "end", "recurrence", "metadata"});
    key.lock_id = reader.text("lockId");
    key.phone = reader.text("appUserId");
    key.start = reader.time("start");
    key.end = reader.time("end");
    key.recurrence = object.value("recurrence", json());
    key.metadata = object.value("metadata", json());
    if (!key.lock_id.empty() && project.locks.count(key.lock_id) == 0) {
        reader.fault(".lockId", "is no lock of the project");
    }
    if (!key.phone.empty() && !is_phone(key.phone)) {
        reader.fault(".appUserId", "must be a mobile number in E.164");
    }
    if (key.end && *key.end <= std::max(key.start.value_or(now_ms), now_ms)) {
        reader.fault(".end", "must be in the future and after start");
    }
    if (object.contains("metadata") && !object["metadata"].is_object()) {
        reader.fault(".metadata", "must be of type object");
    }
    return key;
}

bool is_live(const UnlocKey& key, UnixMs now_ms) {
    const std::string_view state = state_of(key, now_ms);
    return state != "revoked" && state != "expired" && state != "error";
}

json time_or_null(const std::optional<UnixMs>& at_ms) {
    return at_ms ? json(format_utc(*at_ms)) : json();
}

json element_of(const UnlocKey& key, const std::string& shape) {
    if (shape == "key") return {{"key", {{"id", key.id}, {"lockId", key.lock_id}}}};
    return {{shape, key.id}};
}

}  // namespace

json to_json(const UnlocKey& key, const UnlocProject& project, UnixMs now_ms) {
    json object = {{"id", key.id},
                   {"lockId", key.lock_id},
                   {"appUser", {{"id", key.phone}, {"name", key.person}}},
                   {"start", time_or_null(key.start)},
                   {"end", time_or_null(key.end)},
                   {"created", key.created_at},
                   {"state", state_of(key, now_ms)}};
    if (!key.recurrence.is_null()) object["recurrence"] = key.recurrence;
    if (project.shows_metadata) object["metadata"] = key.metadata;
    return object;
}

json to_json(const UnlocJob& job, const UnlocProject& project) {
    json created = json::array();
    json failed = json::array();
    json creating = json::array();
    for (const std::string& id : job.key_ids) {
        for (const UnlocKey& key : project.keys) {
            if (key.id != id) continue;
            json& list = key.is_failed ? failed : key.is_made ? created : creating;
            list.push_back(element_of(key, project.created_shape));
        }
    }
    json object = {
        {"id", job.id},
        {"type", "createKeys"},
        {"status", job.status},
        {"created", job.created_at},
        {"resultData",
         {{"createdKeys", created}, {"failedKeys", failed}, {"creatingKeys", creating}}}};
    if (!job.failure.empty()) object["failureReason"] = job.failure;
    return object;
}

std::vector<UnlocKey> unloc_keys_from(const UnlocProject& project, const json& body, UnixMs now_ms,
                                      Reply& refusal) {
    json faults = json::array();
    std::vector<UnlocKey> keys;
    const bool is_list = body.is_object() && body.size() == 1 && body.contains("keys") &&
                         body["keys"].is_array() && !body["keys"].empty();
    if (!is_list) {
        faults.push_back({{"name", "keys"}, {"reason", "must be the only member, a list"}});
    } else {
        for (std::size_t at = 0; at < body["keys"].size(); ++at) {
            const std::string name = "keys[" + std::to_string(at) + "]";
            keys.push_back(read_key(project, body["keys"][at], name, now_ms, faults));
        }
    }
    if (!faults.empty()) {
        refusal = unloc_problem(400, "Bad Request", "The request is not valid", faults);
        return {};
    }
    for (const UnlocKey& wanted : keys) {
        const bool has_one =
            std::any_of(project.keys.begin(), project.keys.end(), [&](const UnlocKey& key) {
                return key.lock_id == wanted.lock_id && key.phone == wanted.phone &&
                       is_live(key, now_ms);
            });
        if (has_one && !project.takes_second_key) {
            refusal = unloc_problem(409, "Conflict", "The person has a key for this lock");
            return {};
        }
    }
    return keys;
}

Reply list_unloc_keys(const UnlocProject& project, const Query& query, UnixMs now_ms) {
    for (const auto& [name, value] : query) {
        if (name != "lockId" && name != "appUserId" && name != "limit" && name != "startAfterId") {
            return unloc_problem(400, "Bad Request", "Unknown parameter " + name);
        }
    }
    const std::int64_t limit = number_of(query, "limit", kMaxPage, 0, INT64_MAX);
    if (limit < 1 || limit > kMaxPage) {
        return unloc_problem(400, "Bad Request", "limit must be 1 to 2500");
    }
    const std::string_view after = value_of(query, "startAfterId");
    const std::string_view lock = value_of(query, "lockId");
    const std::string_view phone = value_of(query, "appUserId");
    bool is_past = after.empty();
    json list = json::array();
    for (const UnlocKey& key : project.keys) {
        const bool fits = is_past && (lock.empty() || key.lock_id == lock) &&
                          (phone.empty() || key.phone == phone);
        if (fits && list.size() < static_cast<std::size_t>(limit)) {
            list.push_back(to_json(key, project, now_ms));
        }
        is_past = is_past || key.id == after;
    }
    if (!is_past) return unloc_problem(400, "Bad Request", "startAfterId is no key");
    json body = json::object();
    body["keys"] = std::move(list);
    return unloc_ok(body, 200, "GET /keys");
}

}  // namespace gatehouse::simulators
