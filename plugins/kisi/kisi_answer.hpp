// Kisi's answers as values. Each function throws Error(kUnavailable) for what is not readable.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "gatehouse/plugin.hpp"
#include "kisi_api.hpp"

namespace gatehouse::kisi {

// For one query value.
std::string percent_encode(const std::string& text);

sdk::Error unreadable(const std::string& what);

// 0 if there is none.
Id id_at(const Json& object, const char* key);

// Nothing if it is no user.
std::optional<User> to_user(const Json& object);

// Nothing for a role that is not one of a user in a group.
std::optional<GroupRole> to_group_role(const Json& object);

// "X-Collection-Range: 0-249/612" tells the total, "*/0" that there is nothing. Below 0 without it.
std::int64_t total_of(const sdk::HttpReply& reply);

// Without a total a short page is the last.
bool is_last_page(const sdk::HttpReply& reply, std::size_t offset, std::size_t count,
                  int page_size);

Json read_list(const sdk::HttpReply& reply, const std::string& what);

}  // namespace gatehouse::kisi
