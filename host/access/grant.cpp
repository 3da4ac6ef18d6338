#include "access/grant.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::access {
namespace {

using nlohmann::json;

constexpr int kSchema = 1;
constexpr std::size_t kMaxTextBytes = 200;

std::vector<GrantedTarget> targets_from(const json& document) {
    std::vector<GrantedTarget> targets;
    const json* list = member(document, "targets");
    if (list == nullptr || !list->is_array()) {
        return targets;
    }
    for (const json& entry : *list) {
        if (auto target = string_member(entry, "target")) {
            targets.push_back({std::move(*target),
                               shorten(string_member(entry, "name").value_or(""), kMaxTextBytes)});
        }
    }
    return targets;
}

bool has_every_target(const std::vector<GrantedTarget>& granted, const Desired& asked) {
    return std::all_of(asked.targets.begin(), asked.targets.end(), [&](const std::string& target) {
        return std::any_of(granted.begin(), granted.end(),
                           [&](const GrantedTarget& entry) { return entry.target == target; });
    });
}

// Documents of before `confirmed` was kept: a call that failed left what was held as it stood, and
// the first one of all left no targets.
bool is_old_doubt(const json& grant) {
    return member(grant, "confirmed") == nullptr && member(grant, "attempted") != nullptr &&
           !targets_from(grant).empty();
}

tl::unexpected<Error> misbehaved(const std::string& what) {
    return fail(ErrorKind::kInternal, "the plugin's answer does not fit: " + what);
}

// A vendor with time windows reports a scheduled right as active; both mean that nothing is left
// to do.
bool is_as_asked(AccessState answered, AccessState asked) {
    const bool is_either =
        (answered == AccessState::kActive || answered == AccessState::kScheduled) &&
        asked == AccessState::kScheduled;
    return answered == asked || is_either;
}

}  // namespace

Result<Grant> grant_from_result(std::string_view result, const Desired& asked, UnixMs now_ms) {
    const Result<json> parsed = parse_json(result);
    if (!parsed || int_member(*parsed, "schema") != 1) {
        return misbehaved("not a result of schema 1");
    }
    const std::string word = string_member(*parsed, "state").value_or("");
    Grant grant;
    grant.state = asked.state;
    grant.is_pending = word == "pending";
    grant.applied_ms = now_ms;
    grant.targets = targets_from(*parsed);
    grant.detail = shorten(string_member(*parsed, "detail").value_or(""), kMaxTextBytes);
    grant.poll_after_ms = int_member(*parsed, "poll_after_ms");
    if (const json* references = member(*parsed, "references");
        references && references->is_object()) {
        grant.references = *references;
    }
    if (grant.is_pending) {
        return grant;
    }
    const auto state = access_state_from_string(word);
    if (!state || !is_as_asked(*state, asked.state)) {
        return misbehaved("asked for " + std::string(to_string(asked.state)) + ", answered '" +
                          shorten(word, 32) + "'");
    }
    const bool must_open =
        asked.state == AccessState::kActive || asked.state == AccessState::kScheduled;
    if (must_open && !has_every_target(grant.targets, asked)) {
        return misbehaved("a target is missing from it");
    }
    grant.confirmed = asked.state;
    return grant;
}

std::string grant_to_json(const Grant& grant) {
    json targets = json::array();
    for (const GrantedTarget& target : grant.targets) {
        targets.push_back({{"target", target.target}, {"name", target.name}});
    }
    json document{{"schema", kSchema},
                  {"state", to_string(grant.state)},
                  {"pending", grant.is_pending},
                  {"targets", std::move(targets)},
                  {"references", grant.references},
                  {"detail", grant.detail},
                  {"applied_ms", grant.applied_ms}};
    document["confirmed"] = grant.confirmed ? json(to_string(*grant.confirmed)) : json();
    if (grant.attempted.is_object()) document["attempted"] = grant.attempted;
    return dump_json(document);
}

std::optional<AccessState> confirmed_state(const json& grant) {
    std::string_view key = "state";
    if (bool_member(grant, "pending").value_or(false) && !is_old_doubt(grant)) key = "confirmed";
    const auto told = string_member(grant, key);
    return told ? access_state_from_string(*told) : std::nullopt;
}

Result<Grant> grant_from_json(std::string_view text) {
    const Result<json> parsed = parse_json(text);
    if (!parsed) {
        return tl::unexpected(parsed.error());
    }
    const auto state = access_state_from_string(string_member(*parsed, "state").value_or(""));
    const json* references = member(*parsed, "references");
    if (int_member(*parsed, "schema") != kSchema || !state || references == nullptr ||
        !references->is_object()) {
        return fail(ErrorKind::kInvalid, "not a grant of schema 1");
    }
    Grant grant;
    grant.state = *state;
    grant.is_pending = bool_member(*parsed, "pending").value_or(false);
    grant.confirmed = confirmed_state(*parsed);
    grant.targets = targets_from(*parsed);
    grant.references = *references;
    grant.detail = string_member(*parsed, "detail").value_or("");
    grant.applied_ms = int_member(*parsed, "applied_ms").value_or(0);
    if (const json* attempted = member(*parsed, "attempted")) grant.attempted = *attempted;
    return grant;
}

std::string describe(const Grant& grant, const Desired& desired) {
    std::string text(grant.is_pending ? "pending" : to_string(desired.state));
    if (desired.state == AccessState::kSuspended && !desired.reasons.empty()) {
        return text + ": " + desired.reasons.front();
    }
    if (desired.state == AccessState::kEnded) {
        return text;
    }
    std::string_view separator = ": ";
    for (const GrantedTarget& target : grant.targets) {
        text.append(separator).append(target.target);
        if (!target.name.empty()) {
            text.append(" (").append(target.name).append(")");
        }
        separator = ", ";
    }
    return text;
}

}  // namespace gatehouse::access
