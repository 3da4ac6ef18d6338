#include "simulators/kisi_page.hpp"

#include <vector>

namespace gatehouse::simulators {

KisiPage::KisiPage(const KisiCall& call, std::int64_t default_limit, std::int64_t max_limit)
    : call_(call),
      limit_(number_of(call.query, "limit", default_limit, 1, max_limit)),
      offset_(number_of(call.query, "offset", 0, 0, INT64_MAX)) {}

std::optional<std::set<KisiId>> KisiPage::wanted_ids() const {
    const std::vector<std::string> texts = split(value_of(call_.query, "ids"), ',');
    if (texts.empty()) return std::nullopt;
    std::set<KisiId> ids;
    for (const std::string& text : texts) {
        const KisiId id = to_id(text);
        if (std::to_string(id) == text) ids.insert(id);
    }
    return ids;
}

Reply KisiPage::reply() const {
    if (is_refused()) return kisi_error(400, "Offset must be at most 20000", "ffffff");
    Reply reply;
    reply.body = body_ + ']';
    reply.headers = collection_range(offset_, limit_, total_);
    return reply;
}

}  // namespace gatehouse::simulators
