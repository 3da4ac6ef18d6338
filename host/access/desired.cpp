#include "access/desired.hpp"

#include <array>

#include "base/json.hpp"

namespace gatehouse::access {
namespace {

using nlohmann::json;

constexpr int kSchema = 1;

struct Word {
    AccessState state;
    std::string_view text;
};

constexpr std::array<Word, 4> kWords{{
    {AccessState::kScheduled, "scheduled"},
    {AccessState::kActive, "active"},
    {AccessState::kSuspended, "suspended"},
    {AccessState::kEnded, "ended"},
}};

json optional_ms(const std::optional<UnixMs>& at_ms) {
    return at_ms ? json(*at_ms) : json(nullptr);
}

std::vector<std::string> strings(const json& document, std::string_view key) {
    std::vector<std::string> values;
    const json* list = member(document, key);
    if (list == nullptr || !list->is_array()) {
        return values;
    }
    for (const json& value : *list) {
        if (value.is_string()) {
            values.push_back(value.get<std::string>());
        }
    }
    return values;
}

Renter renter_from(const json& document) {
    return Renter{string_member(document, "id").value_or(""),
                  string_member(document, "name").value_or(""),
                  string_member(document, "email").value_or(""),
                  string_member(document, "phone").value_or(""),
                  string_member(document, "language").value_or("")};
}

}  // namespace

std::string_view to_string(AccessState state) {
    for (const Word& word : kWords) {
        if (word.state == state) {
            return word.text;
        }
    }
    return "ended";
}

std::optional<AccessState> access_state_from_string(std::string_view text) {
    for (const Word& word : kWords) {
        if (word.text == text) {
            return word.state;
        }
    }
    return std::nullopt;
}

bool is_same_access(const Desired& a, const Desired& b) {
    if (a.state != b.state) {
        return false;
    }
    if (a.state == AccessState::kEnded) {
        return true;
    }
    return a.targets == b.targets && a.from_ms == b.from_ms && a.until_ms == b.until_ms &&
           a.renter == b.renter;
}

json renter_to_json(const Renter& renter) {
    return json{{"id", renter.id},
                {"name", renter.name},
                {"email", renter.email},
                {"phone", renter.phone},
                {"language", renter.language}};
}

std::string desired_to_json(const Desired& desired) {
    return dump_json(json{
        {"schema", kSchema},
        {"state", to_string(desired.state)},
        {"targets", desired.targets},
        {"from_ms", optional_ms(desired.from_ms)},
        {"until_ms", optional_ms(desired.until_ms)},
        {"renter", renter_to_json(desired.renter)},
        {"overlock", {{"debt", desired.overlock.is_debt}, {"staff", desired.overlock.is_staff}}},
        {"reasons", desired.reasons},
        {"site_code", desired.site_code},
    });
}

Result<Desired> desired_from_json(std::string_view text) {
    const Result<json> parsed = parse_json(text);
    if (!parsed) {
        return tl::unexpected(parsed.error());
    }
    const json& document = *parsed;
    const auto state = access_state_from_string(string_member(document, "state").value_or(""));
    if (int_member(document, "schema") != kSchema || !state) {
        return fail(ErrorKind::kInvalid, "not a desired access of schema 1");
    }
    Desired desired;
    desired.state = *state;
    desired.targets = strings(document, "targets");
    desired.from_ms = int_member(document, "from_ms");
    desired.until_ms = int_member(document, "until_ms");
    desired.reasons = strings(document, "reasons");
    desired.site_code = string_member(document, "site_code").value_or("");
    if (const json* renter = member(document, "renter")) {
        desired.renter = renter_from(*renter);
    }
    if (const json* overlock = member(document, "overlock")) {
        desired.overlock.is_debt = bool_member(*overlock, "debt").value_or(false);
        desired.overlock.is_staff = bool_member(*overlock, "staff").value_or(false);
    }
    return desired;
}

}  // namespace gatehouse::access
