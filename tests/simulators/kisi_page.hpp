// Pages of Kisi's lists. One costs what it holds wherever an index or the order of the ids leads to
// it: a list of many thousands is read by very many pages.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "simulators/kisi_call.hpp"

namespace gatehouse::simulators {

// One page of a list, put together from what is offered to it in the order of the ids.
class KisiPage {
  public:
    KisiPage(const KisiCall& call, std::int64_t default_limit, std::int64_t max_limit);

    // Kisi looks no further than 20000.
    bool is_refused() const { return offset_ > kMaxOffset; }

    template <typename Object>
    void offer(const Object& object) {
        const std::int64_t at = total_++;
        if (at < offset_ || at >= offset_ + limit_) return;
        if (at > offset_) body_ += ',';
        body_ += to_json(object, call_.organization).dump();
    }

    // As if all were offered one by one.
    template <typename Object>
    void offer_all(const std::map<KisiId, Object>& objects) {
        const auto count = static_cast<std::int64_t>(objects.size());
        const std::int64_t before = std::min(offset_, count);
        auto entry = std::next(objects.begin(), before);
        total_ = before;
        for (; entry != objects.end() && total_ < offset_ + limit_; ++entry) {
            offer(entry->second);
        }
        total_ = count;
    }

    // The parameter "ids", in the order of the ids; nothing if it is not there.
    std::optional<std::set<KisiId>> wanted_ids() const;

    Reply reply() const;

  private:
    static constexpr std::int64_t kMaxOffset = 20'000;

    const KisiCall& call_;
    std::int64_t limit_;
    std::int64_t offset_;
    std::int64_t total_ = 0;
    std::string body_ = "[";
};

// One page of the objects that pass, as every list of Kisi's. `candidates`: the only ones that can
// pass; without them and the parameter "ids" all are looked at.
template <typename Object, typename Pass>
Reply kisi_list(const KisiCall& call, const std::map<KisiId, Object>& objects,
                std::int64_t default_limit, std::int64_t max_limit, Pass passes,
                std::optional<std::set<KisiId>> candidates = {}) {
    KisiPage page(call, default_limit, max_limit);
    if (page.is_refused()) return page.reply();
    const std::optional<std::set<KisiId>> ids = page.wanted_ids();
    if (!ids && !candidates) {
        for (const auto& [id, object] : objects) {
            if (passes(object)) page.offer(object);
        }
        return page.reply();
    }
    for (const KisiId id : candidates ? *candidates : *ids) {
        if (candidates && ids && !ids->contains(id)) continue;
        const auto found = objects.find(id);
        if (found != objects.end() && passes(found->second)) page.offer(found->second);
    }
    return page.reply();
}

// The same of a list that is not narrowed down by anything but "ids".
template <typename Object>
Reply kisi_list(const KisiCall& call, const std::map<KisiId, Object>& objects,
                std::int64_t default_limit, std::int64_t max_limit) {
    KisiPage page(call, default_limit, max_limit);
    const auto all = [](const Object&) { return true; };
    if (page.wanted_ids()) return kisi_list(call, objects, default_limit, max_limit, all);
    if (!page.is_refused()) page.offer_all(objects);
    return page.reply();
}

}  // namespace gatehouse::simulators
