#include "references.hpp"

#include "gatehouse/sdk/utc_time.hpp"

namespace gatehouse::unloc {
namespace {

using sdk::Json;

std::set<std::string> texts_at(const Json& object, const char* name) {
    std::set<std::string> texts;
    const auto found = object.find(name);
    if (found == object.end() || !found->is_array()) return texts;
    for (const Json& one : *found) {
        if (one.is_string()) texts.insert(one.get<std::string>());
    }
    return texts;
}

std::int64_t number_at(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::optional<std::int64_t> time_at(const Json& object, const char* name) {
    return sdk::parse_time(sdk::text_at(object, name));
}

Json time_or_null(const std::optional<std::int64_t>& at_ms) {
    return at_ms ? Json(sdk::format_time(*at_ms)) : Json();
}

}  // namespace

References references_from(const Json& document) {
    References references;
    if (!document.is_object()) return references;
    references.phones = texts_at(document, "phones");
    references.keys = texts_at(document, "keys");
    references.foreign = texts_at(document, "foreign");
    references.polls = static_cast<int>(number_at(document, "polls") & 0xff);
    const auto jobs = document.find("jobs");
    if (jobs == document.end() || !jobs->is_array()) return references;
    for (const Json& job : *jobs) {
        JobNote note;
        note.id = sdk::text_at(job, "id");
        if (note.id.empty()) continue;
        note.phone = sdk::text_at(job, "phone");
        note.window = {time_at(job, "from"), time_at(job, "until")};
        note.locks = texts_at(job, "locks");
        note.since_ms = number_at(job, "since_ms");
        note.failures = static_cast<int>(number_at(job, "failures") & 0xff);
        references.jobs.push_back(std::move(note));
    }
    return references;
}

Json to_json(const References& references) {
    Json jobs = Json::array();
    for (const JobNote& note : references.jobs) {
        jobs.push_back({{"id", note.id},
                        {"phone", note.phone},
                        {"from", time_or_null(note.window.from_ms)},
                        {"until", time_or_null(note.window.until_ms)},
                        {"locks", note.locks},
                        {"since_ms", note.since_ms},
                        {"failures", note.failures}});
    }
    return {{"phones", references.phones},
            {"keys", references.keys},
            {"foreign", references.foreign},
            {"jobs", std::move(jobs)},
            {"polls", references.polls}};
}

}  // namespace gatehouse::unloc
