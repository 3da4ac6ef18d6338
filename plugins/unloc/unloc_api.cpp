#include "unloc_api.hpp"

#include <algorithm>
#include <utility>

#include "gatehouse/sdk/utc_time.hpp"
#include "unloc_error.hpp"

namespace gatehouse::unloc {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr int kMaxPages = 40;
constexpr int kBadRequest = 400;
constexpr int kUnauthorized = 401;
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kConflict = 409;
constexpr const char* kAccessEvent = "accessEvent";
constexpr std::int64_t kSecondMs = 1'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kDefaultTokenS = 3'600;
constexpr std::int64_t kTokenMarginS = 60;  // a call that begins before the end ends before it

Error unreadable(const std::string& what) {
    return {Kind::kUnavailable, "Unloc's answer is not readable: " + what};
}

// Whole seconds: what is written is compared with what Unloc shows.
std::optional<std::int64_t> time_at(const Json& object, const char* name) {
    const Json& value = sdk::member_at(object, name);
    if (value.is_null()) return std::nullopt;
    const auto at_ms = value.is_string() ? sdk::parse_time(value.get<std::string>()) : std::nullopt;
    if (!at_ms) throw unreadable("the times of a key");
    return *at_ms - *at_ms % kSecondMs;
}

Key to_key(const Json& object) {
    Key key;
    key.id = sdk::text_at(object, "id");
    key.lock_id = sdk::text_at(object, "lockId");
    key.phone = sdk::text_at(sdk::member_at(object, "appUser"), "id");
    key.name = sdk::text_at(sdk::member_at(object, "appUser"), "name");
    key.state = sdk::text_at(object, "state");
    if (key.id.empty() || key.lock_id.empty() || key.state.empty()) throw unreadable("a key");
    key.window = {time_at(object, "start"), time_at(object, "end")};
    key.has_recurrence = !sdk::member_at(object, "recurrence").is_null();
    key.metadata = sdk::member_at(object, "metadata");
    return key;
}

Json to_json(const NewKey& key) {
    Json object = {{"lockId", key.lock_id}, {"appUserId", key.phone}, {"metadata", key.metadata}};
    // Unloc's pages allow null for these; the live API refuses it.
    if (key.window.from_ms) object["start"] = sdk::format_time(*key.window.from_ms);
    if (key.window.until_ms) object["end"] = sdk::format_time(*key.window.until_ms);
    return object;
}

// The shape of an element is not documented; these were seen.
std::string created_key_id(const Json& element) {
    if (element.is_string()) return element.get<std::string>();
    for (const char* name : {"id", "keyId"}) {
        std::string id = sdk::text_at(element, name);
        if (!id.empty()) return id;
    }
    return sdk::text_at(sdk::member_at(element, "key"), "id");
}

Job::State state_from(const std::string& status) {
    if (status == "succeeded") return Job::State::kSucceeded;
    if (status == "failedValidation") return Job::State::kRefused;
    if (status == "failedJob" || status == "timeout") return Job::State::kFailed;
    if (status == "pending" || status == "inProgress") return Job::State::kRunning;
    throw unreadable("the job's status");
}

Json read(const sdk::HttpReply& reply, const std::string& what) {
    if (!reply.is_ok()) throw to_error(reply, what);
    Json document = reply.json();
    if (!document.is_object()) throw unreadable(what);
    return document;
}

const Json& list_in(const Json& document, const char* name) {
    const Json& list = sdk::member_at(document, name);
    if (!list.is_array()) throw unreadable(std::string("the list of ") + name);
    return list;
}

}  // namespace

UnlocApi::UnlocApi(const sdk::Host& host, sdk::Http http, Account account, Token& token)
    : host_(host), http_(http), account_(std::move(account)), token_(token) {}

void UnlocApi::fetch_token() {
    token_ = {};
    const Json body = {{"grant_type", "client_credentials"},
                       {"client_id", account_.client_id},
                       {"client_secret", account_.client_secret},
                       {"scope", "project.admin"},
                       {"project_id", account_.project_id}};
    sdk::HttpRequest request;
    request.method = "POST";
    request.url = account_.base_url + "/v2/auth/token/";
    request.header("Accept", "application/json").json(body);
    const sdk::HttpReply reply = http_.send(request);
    const Error error = to_error(reply, "give a token for these credentials");
    if (reply.status == kBadRequest) throw Error(Kind::kAuth, error.message());
    if (!reply.is_ok()) throw error;
    const Json document = read(reply, "the token");
    const std::string text = sdk::text_at(document, "access_token");
    if (text.empty() || text.find_first_of(" \r\n") != std::string::npos) {
        throw unreadable("the token");
    }
    const Json& lifetime = sdk::member_at(document, "expires_in");
    const std::int64_t seconds =
        lifetime.is_number_integer()
            ? std::clamp<std::int64_t>(lifetime.get<std::int64_t>(), 0, kDefaultTokenS)
            : kDefaultTokenS;
    token_ = {text, host_.steady_ns() + (seconds - kTokenMarginS) * kNsPerSecond};
}

sdk::HttpReply UnlocApi::send_with_token(const std::string& method, const std::string& url,
                                         const Json* body) {
    sdk::HttpRequest request;
    request.method = method;
    request.url = url;
    request.header("Authorization", "Bearer " + token_.text).header("Accept", "application/json");
    if (body != nullptr) request.json(*body);
    return http_.send(request);
}

sdk::HttpReply UnlocApi::send(const std::string& method, const std::string& path,
                              const Json* body) {
    const std::string url =
        account_.base_url + "/v2/projects/" + sdk::percent_encode(account_.project_id) + path;
    const bool needs_token = token_.text.empty() || host_.steady_ns() >= token_.until_ns;
    if (needs_token) fetch_token();
    sdk::HttpReply reply = send_with_token(method, url, body);
    if (reply.status != kUnauthorized || needs_token) return reply;
    fetch_token();
    return send_with_token(method, url, body);
}

std::string UnlocApi::project_name() {
    const Json document = read(send("GET", ""), "read the project");
    const Json& project = sdk::member_at(document, "project");
    if (sdk::text_at(project, "id").empty()) throw unreadable("the project");
    return sdk::text_at(project, "name");
}

std::vector<Lock> UnlocApi::locks() {
    const Json document = read(send("GET", "/locks"), "list the locks");
    std::vector<Lock> locks;
    for (const Json& entry : list_in(document, "locks")) {
        Lock lock{sdk::text_at(entry, "id"), sdk::text_at(entry, "name")};
        if (lock.id.empty()) throw unreadable("a lock");
        locks.push_back(std::move(lock));
    }
    return locks;
}

std::vector<Key> UnlocApi::keys_page(const std::string& filter, const std::string& after) {
    std::string path = "/keys?" + filter + "limit=" + std::to_string(kPageSize);
    if (!after.empty()) path += "&startAfterId=" + sdk::percent_encode(after);
    const Json document = read(send("GET", path), "list the keys");
    std::vector<Key> keys;
    for (const Json& entry : list_in(document, "keys")) {
        keys.push_back(to_key(entry));
    }
    return keys;
}

std::vector<Key> UnlocApi::keys_of(const std::string& phone) {
    std::vector<Key> all;
    std::string after;
    for (int page = 0; page < kMaxPages; ++page) {
        std::vector<Key> keys = keys_page("appUserId=" + sdk::percent_encode(phone) + "&", after);
        const bool is_last = keys.size() < kPageSize;
        if (!is_last && keys.back().id == after) throw unreadable("the next page of keys");
        if (!is_last) after = keys.back().id;
        for (Key& key : keys) {
            if (key.phone == phone) all.push_back(std::move(key));
        }
        if (is_last) return all;
    }
    throw Error(Kind::kInternal, "the person holds more keys than can be read");
}

std::vector<Key> UnlocApi::keys_after(const std::string& after) {
    return keys_page("", after);
}

std::optional<Key> UnlocApi::key(const std::string& id) {
    const sdk::HttpReply reply = send("GET", "/keys/" + sdk::percent_encode(id));
    if (reply.status == kNotFound) return std::nullopt;
    const Json document = read(reply, "read a key");
    Key key = to_key(sdk::member_at(document, "key"));
    if (key.id != id) throw unreadable("a key");
    return key;
}

std::variant<std::string, Error> UnlocApi::create(const std::vector<NewKey>& keys) {
    Json list = Json::array();
    for (const NewKey& key : keys) {
        list.push_back(to_json(key));
    }
    Json body = Json::object();
    body["keys"] = std::move(list);
    const sdk::HttpReply reply = send("POST", "/keys", &body);
    if (reply.status == kConflict) return to_error(reply, "create the keys");
    const Json document = read(reply, "create the keys");
    std::string id = sdk::text_at(sdk::member_at(document, "jobRef"), "id");
    if (id.empty()) throw unreadable("the job that creates the keys");
    return id;
}

std::optional<Job> UnlocApi::job(const std::string& id) {
    const sdk::HttpReply reply = send("GET", "/jobs/" + sdk::percent_encode(id));
    if (reply.status == kNotFound) return std::nullopt;
    const Json document = read(reply, "say how the job goes");
    const Json& object = sdk::member_at(document, "job");
    if (sdk::text_at(object, "id") != id) throw unreadable("the job");
    Job job;
    job.state = state_from(sdk::text_at(object, "status"));
    job.failure = quoted(sdk::text_at(object, "failureReason"));
    const Json& created = sdk::member_at(sdk::member_at(object, "resultData"), "createdKeys");
    if (created.is_array()) {
        for (const Json& element : created) {
            const std::string key_id = created_key_id(element);
            if (!key_id.empty()) job.key_ids.insert(key_id);
        }
    }
    return job;
}

Revoked UnlocApi::revoke(const std::string& key_id) {
    const sdk::HttpReply reply = send("DELETE", "/keys/" + sdk::percent_encode(key_id));
    if (reply.status == kNotFound) return Revoked::kGone;
    if (reply.status == kConflict) return Revoked::kExpired;
    if (!reply.is_ok()) throw to_error(reply, "revoke a key");
    return Revoked::kDone;
}

std::vector<Webhook> UnlocApi::webhooks() {
    const sdk::HttpReply reply = send("GET", "/webhooks");
    if (reply.status == kNotFound || reply.status == kMethodNotAllowed) {
        throw Error(Kind::kUnsupported, "Unloc does not list its webhooks: register them by hand");
    }
    const Json document = read(reply, "list the webhooks");
    std::vector<Webhook> webhooks;
    for (const Json& entry : list_in(document, "webhooks")) {
        if (sdk::text_at(entry, "trigger") != kAccessEvent) continue;
        webhooks.push_back({sdk::text_at(entry, "lockId"), sdk::text_at(entry, "url")});
    }
    return webhooks;
}

void UnlocApi::add_webhook(const Webhook& webhook) {
    const Json body = {
        {"trigger", kAccessEvent}, {"url", webhook.url}, {"lockId", webhook.lock_id}};
    const sdk::HttpReply reply = send("POST", "/webhooks", &body);
    if (!reply.is_ok()) throw to_error(reply, "tell of the use of a lock");
}

}  // namespace gatehouse::unloc
