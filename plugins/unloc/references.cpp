#include "references.hpp"

#include "gatehouse/sdk/utc_time.hpp"

namespace gatehouse::unloc {
namespace {

using sdk::Json;

std::set<std::string> set_at(const Json& object, const char* name) {
    const std::vector<std::string> texts = sdk::texts_at(object, name);
    return {texts.begin(), texts.end()};
}

std::optional<std::int64_t> time_at(const Json& object, const char* name) {
    return sdk::parse_time(sdk::text_at(object, name));
}

}  // namespace

References references_from(const Json& document) {
    References references;
    if (!document.is_object()) return references;
    references.phones = set_at(document, "phones");
    references.keys = set_at(document, "keys");
    references.foreign = set_at(document, "foreign");
    references.polls = static_cast<int>(sdk::whole_at(document, "polls").value_or(0) & 0xff);
    const auto jobs = document.find("jobs");
    if (jobs == document.end() || !jobs->is_array()) return references;
    for (const Json& job : *jobs) {
        JobNote note;
        note.id = sdk::text_at(job, "id");
        if (note.id.empty()) continue;
        note.phone = sdk::text_at(job, "phone");
        note.window = {time_at(job, "from"), time_at(job, "until")};
        note.locks = set_at(job, "locks");
        note.since_ms = sdk::whole_at(job, "since_ms").value_or(0);
        note.failures = static_cast<int>(sdk::whole_at(job, "failures").value_or(0) & 0xff);
        references.jobs.push_back(std::move(note));
    }
    return references;
}

Json to_json(const References& references) {
    Json jobs = Json::array();
    for (const JobNote& note : references.jobs) {
        jobs.push_back({{"id", note.id},
                        {"phone", note.phone},
                        {"from", sdk::time_or_null(note.window.from_ms)},
                        {"until", sdk::time_or_null(note.window.until_ms)},
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
