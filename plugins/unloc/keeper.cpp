#include "keeper.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace gatehouse::unloc {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr std::size_t kMaxJobs = 16;
constexpr std::int64_t kListLagMs = 120'000;       // between a job's end and its keys in the list
constexpr std::int64_t kRefusedPauseMs = 600'000;  // then the same keys may be asked for again
constexpr std::int64_t kFirstPauseMs = 5'000;
constexpr std::int64_t kMaxPauseMs = 1'800'000;
constexpr int kMaxDoublings = 9;

std::int64_t pause_ms(const JobNote& note, Job::State state) {
    if (state == Job::State::kRefused) return kRefusedPauseMs;
    const int doublings = std::min(note.failures, kMaxDoublings);
    return std::min(kFirstPauseMs << doublings, kMaxPauseMs);
}

}  // namespace

Keeper::Keeper(UnlocApi& api, Marker marker, References before, std::int64_t now_ms)
    : api_(api),
      marker_(std::move(marker)),
      before_(std::move(before)),
      now_ms_(now_ms),
      own_(before_.keys) {}

bool Keeper::is_for(const JobNote& note, const Wish& wish) const {
    return note.phone == wish.phone && is_same_from(now_ms_, note.window, wish.window);
}

void Keeper::ask_for_jobs(const Wish* wish) {
    for (const JobNote& note : before_.jobs) {
        const std::optional<Job> job = api_.job(note.id);
        if (!job) continue;
        const bool is_wished = wish != nullptr && is_for(note, *wish);
        switch (job->state) {
            case Job::State::kRunning:
                after_.jobs.push_back(note);
                if (is_wished) expected_.insert(note.locks.begin(), note.locks.end());
                break;
            case Job::State::kSucceeded:
                own_.insert(job->key_ids.begin(), job->key_ids.end());
                made_.insert(job->key_ids.begin(), job->key_ids.end());
                if (is_wished && now_ms_ - note.since_ms < kListLagMs) {
                    expected_.insert(note.locks.begin(), note.locks.end());
                    after_.jobs.push_back(note);
                }
                break;
            case Job::State::kRefused:
            case Job::State::kFailed:
                if (is_wished) failure_ = Failure{note, *job};
                break;
        }
    }
}

void Keeper::learn(KeyRing& ring) {
    for (const std::string& id : made_) {
        if (ring.knows(id)) continue;
        if (std::optional<Key> key = api_.key(id)) ring.add(std::move(*key));
    }
}

Progress Keeper::open(const Wish& wish) {
    ask_for_jobs(&wish);
    KeyRing ring(api_, wish.phone, marker_, own_, now_ms_);
    learn(ring);

    Progress progress;
    std::set<std::string> kept;
    std::set<std::string> coming;
    std::set<std::string> missing;
    for (const std::string& lock : wish.locks) {
        const Key* key = ring.own_key(lock, wish.window);
        if (key != nullptr) kept.insert(key->id);
        if (key != nullptr && is_ready(*key)) {
            progress.ready.insert(lock);
        } else if (key == nullptr && ring.is_let_in_by_others(lock, wish.window)) {
            after_.foreign.insert(lock);
            progress.ready.insert(lock);
        } else if (key != nullptr || expected_.contains(lock)) {
            coming.insert(lock);
        } else {
            missing.insert(lock);
        }
    }
    // A job that succeeded is over once its keys are there.
    std::erase_if(after_.jobs, [&](const JobNote& note) {
        return is_for(note, wish) && std::ranges::includes(progress.ready, note.locks);
    });
    if (!missing.empty()) {
        judge_failure(missing);
        make(wish, missing, ring);
        coming.insert(missing.begin(), missing.end());
    }

    const bool lets_in_now = begin_of(now_ms_, wish.window) <= now_ms_;
    for (const Key& key : ring.own_keys()) {
        const bool is_bridge = lets_in_now && coming.contains(key.lock_id);
        if (kept.contains(key.id) || is_bridge) {
            after_.keys.insert(key.id);
        } else {
            revoke(key);
        }
    }
    after_.phones = before_.phones;
    if (coming.empty()) {
        for (const std::string& phone : before_.phones) {
            if (phone != wish.phone) close_phone(phone);
        }
        if (!is_unsettled_) after_.phones.clear();
    }
    after_.phones.insert(wish.phone);
    progress.is_done = coming.empty() && after_.jobs.empty() && !is_unsettled_;
    after_.polls = progress.is_done ? 0 : before_.polls + 1;
    progress.references = std::move(after_);
    return progress;
}

Progress Keeper::close(const std::set<std::string>& further_phones) {
    ask_for_jobs(nullptr);
    after_.phones = before_.phones;
    after_.phones.insert(further_phones.begin(), further_phones.end());
    after_.foreign = before_.foreign;
    for (const std::string& phone : after_.phones) {
        close_phone(phone);
    }
    Progress progress;
    progress.is_done = after_.jobs.empty() && !is_unsettled_;
    after_.polls = progress.is_done ? 0 : before_.polls + 1;
    progress.references = std::move(after_);
    return progress;
}

void Keeper::close_phone(const std::string& phone) {
    KeyRing ring(api_, phone, marker_, own_, now_ms_);
    learn(ring);
    for (const Key& key : ring.own_keys()) {
        revoke(key);
    }
}

void Keeper::revoke(const Key& key) {
    const Revoked answer = api_.revoke(key.id);
    // 409 says that it is expired. A key that is not made yet cannot be.
    if (answer == Revoked::kExpired && !is_ready(key)) {
        after_.keys.insert(key.id);
        is_unsettled_ = true;
    }
}

void Keeper::judge_failure(const std::set<std::string>& missing) {
    if (!failure_) return;
    const auto& [note, job] = *failure_;
    const bool is_met = std::ranges::any_of(
        note.locks, [&](const std::string& lock) { return missing.contains(lock); });
    const std::int64_t left_ms = note.since_ms + pause_ms(note, job.state) - now_ms_;
    if (!is_met || left_ms <= 0) return;
    const std::string why = job.failure.empty() ? "it says no reason" : job.failure;
    if (job.state == Job::State::kRefused) {
        throw Error("Unloc refuses the keys: " + why, {{"keys", why}});
    }
    throw Error(Kind::kUnavailable, "Unloc could not make the keys: " + why,
                static_cast<std::uint64_t>(left_ms));
}

void Keeper::make(const Wish& wish, const std::set<std::string>& missing, KeyRing& ring) {
    if (end_of(wish.window) <= now_ms_) {
        throw Error(Kind::kConflict, "the time for which access is wished is over");
    }
    if (after_.jobs.size() >= kMaxJobs) {
        throw Error(Kind::kUnavailable, "Unloc is still busy with earlier keys of this rental");
    }
    Window window = wish.window;
    if (begin_of(now_ms_, window) <= now_ms_) window.from_ms.reset();
    std::vector<NewKey> keys;
    keys.reserve(missing.size());
    for (const std::string& lock : missing) {
        keys.push_back({lock, wish.phone, window, metadata_of(marker_)});
    }
    auto made = api_.create(keys);
    if (std::holds_alternative<Error>(made) && make_room(missing, ring)) made = api_.create(keys);
    if (const auto* error = std::get_if<Error>(&made)) {
        throw Error(Kind::kConflict, error->message() +
                                         "; perhaps another rental of this person, or somebody "
                                         "else, has given a key for the same lock");
    }
    const int failures = failure_ ? failure_->note.failures + 1 : 0;
    after_.jobs.push_back(
        {std::get<std::string>(made), wish.phone, wish.window, missing, now_ms_, failures});
}

bool Keeper::make_room(const std::set<std::string>& locks, KeyRing& ring) {
    bool has_room = false;
    for (const Key& key : ring.own_keys()) {
        if (!locks.contains(key.lock_id)) continue;
        revoke(key);
        ring.forget(key.id);
        has_room = true;
    }
    return has_room;
}

}  // namespace gatehouse::unloc
