#include "admin/story.hpp"

#include <algorithm>
#include <utility>

#include "access/site_rules.hpp"
#include "base/json.hpp"

namespace gatehouse::admin {
namespace {

constexpr int kSteps = 30;
constexpr int kEvents = 10;

// Takes the value, or gives the error back.
template <typename T>
Result<void> take(Result<T> found, T& into) {
    if (!found) return tl::unexpected(found.error());
    into = std::move(*found);
    return {};
}

}  // namespace

bool RentalStory::is_unknown() const {
    return !record && !waiting && !dead_letter && steps.empty() && transfers.empty();
}

const config::Site* rule_of(const config::Business& business, const access::RentalRecord& record) {
    const auto desired = parse_json(record.desired_json);
    const auto code = desired ? string_member(*desired, "site_code") : std::nullopt;
    if (code && !code->empty()) {
        return access::find_site(business.sites, record.site_id, *code);
    }
    const config::Site* of_connection = nullptr;
    int candidates = 0;
    for (const config::Site& site : business.sites) {
        if (!record.site_id.empty() && site.site == record.site_id) return &site;
        if (site.access == record.connection) {
            of_connection = &site;
            ++candidates;
        }
    }
    return candidates == 1 ? of_connection : nullptr;
}

Result<RentalStory> StoryReader::rental(const std::string& business, const std::string& rental_id) {
    RentalStory story;
    story.business = business;
    story.rental_id = rental_id;
    if (auto got = take(store_.rental(business, rental_id), story.record); !got) {
        return tl::unexpected(got.error());
    }
    if (auto got = take(store_.events_of_rental(business, rental_id, kEvents), story.events);
        !got) {
        return tl::unexpected(got.error());
    }
    if (auto got = take(store_.rental_steps(business, rental_id, kSteps), story.steps); !got) {
        return tl::unexpected(got.error());
    }
    if (auto added = add_state(story); !added) return tl::unexpected(added.error());
    return story;
}

Result<RentalStory> StoryReader::of_record(const access::RentalRecord& record) {
    RentalStory story;
    story.business = record.business;
    story.rental_id = record.rental_id;
    story.record = record;
    if (auto added = add_state(story); !added) return tl::unexpected(added.error());
    return story;
}

Result<void> StoryReader::add_state(RentalStory& story) {
    constexpr auto kKind = dispatch::TaskKind::kReconcile;
    story.now_ms = now_ms_;
    if (auto got = take(store_.waiting(story.business, kKind, story.rental_id), story.waiting);
        !got) {
        return got;
    }
    if (auto got =
            take(store_.dead_letter(story.business, kKind, story.rental_id), story.dead_letter);
        !got) {
        return got;
    }
    if (auto got = take(store_.open_transfers(story.business, story.rental_id), story.transfers);
        !got) {
        return got;
    }
    const auto business = config_.businesses.find(story.business);
    if (business != config_.businesses.end() && story.record) {
        story.rule = rule_of(business->second, *story.record);
    }
    return add_alerts(story);
}

Result<void> StoryReader::add_alerts(RentalStory& story) {
    std::vector<std::string> subjects = {"rental:" + story.rental_id};
    if (story.record) {
        subjects.push_back("fuse:" + story.record->site_id);
        subjects.push_back("connection:" + story.record->connection);
    }
    for (const std::string& subject : subjects) {
        std::optional<dispatch::AlertRecord> alert;
        if (auto got = take(store_.alert(story.business, subject), alert); !got) return got;
        if (alert && alert->cured_ms == 0) story.alerts.push_back(std::move(*alert));
    }
    return {};
}

}  // namespace gatehouse::admin
