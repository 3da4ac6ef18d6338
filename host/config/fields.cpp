#include "config/fields.hpp"

#include <algorithm>

namespace gatehouse::config::rules {
namespace {

bool is_name(std::string_view text) {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), is_allowed);
}

}  // namespace

const TextRule& name() {
    static const TextRule rule{"a name: a-z, 0-9 and '-', at most 63 characters", is_name,
                               "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"};
    return rule;
}

}  // namespace gatehouse::config::rules
