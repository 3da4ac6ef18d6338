#include <algorithm>

#include "access/rental_state.hpp"
#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "storeganise/answer_json.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxQuoteBytes = 128;

tl::unexpected<Error> unusable_list(const std::string& collection, const std::string& why) {
    return fail(ErrorKind::kUnavailable, "the list of " + collection + " " + why);
}

Result<json> parse_list(std::string_view body, const std::string& collection,
                        const ListQuery& query) {
    auto document = parse_array(body, "the list of " + collection);
    if (!document) return document;
    // More than asked for means that `limit` was not understood, and so `offset` perhaps neither.
    if (document->size() > static_cast<std::size_t>(std::max(query.limit, 0))) {
        return unusable_list(collection, "is longer than asked for");
    }
    const bool has_an_id = std::ranges::any_of(*document, [](const json& row) {
        return is_usable_id(string_member(row, "id").value_or(""));
    });
    if (!document->empty() && !has_an_id) {
        return unusable_list(collection, "has no row with an id");
    }
    return document;
}

// Whether the row is one that the filter lets through. A row that does not name what is filtered by
// is let through: it is judged by its parts.
bool passes(const json& row, const char* key, const std::string& wanted) {
    if (wanted.empty()) return true;
    const json* value = member(row, key);
    return value == nullptr || id_in(*value) == wanted;
}

// The row's id, empty if it has none, or why the whole list is not to be believed.
Result<std::string> check_row(const json& row, const std::string& collection,
                              const ListQuery& query) {
    const std::string id = string_member(row, "id").value_or("");
    if (!is_usable_id(id)) return std::string();
    const bool is_asked_for =
        (query.ids.empty() || std::ranges::find(query.ids, id) != query.ids.end()) &&
        passes(row, "siteId", query.site_id) && passes(row, "ownerId", query.owner_id);
    if (!is_asked_for) {
        return unusable_list(collection,
                             "has a row that was not asked for: " + shorten(id, kMaxQuoteBytes));
    }
    return id;
}

bool are_usable(const ListQuery& query) {
    const bool are_ids_usable = std::ranges::all_of(query.ids, [](const std::string& id) {
        return is_usable_id(id) && id.find(',') == std::string::npos;
    });
    return are_ids_usable && (query.site_id.empty() || is_usable_id(query.site_id)) &&
           (query.owner_id.empty() || is_usable_id(query.owner_id));
}

bool is_row_occupied(const json& row) {
    return access::known_state(string_member(row, "state").value_or("")) == "occupied";
}

// `number` counts the list's rows from 1, so that the same row has the same name on pages that
// overlap.
UnreadableRow nameless_row(const json& row, int number) {
    return {"row " + std::to_string(number), "", "it has no usable id", is_row_occupied(row)};
}

bool is_open_task(const json& row) {
    const std::string state = string_member(row, "state").value_or("");
    return string_member(row, "type") == "task" && state != "completed" && state != "cancelled" &&
           state != "canceled";
}

bool speaks_of(const json& row, const StaffTask& task) {
    const json* data = member(row, "data");
    return data != nullptr && !task.mark.empty() &&
           string_member(*data, "targetType") == task.target_type &&
           string_member(*data, "targetId") == task.target_id &&
           string_member(*data, "desc").value_or("").ends_with(task.mark);
}

}  // namespace

Result<std::string> to_parameters(const ListQuery& query) {
    if (!are_usable(query)) {
        return fail(ErrorKind::kInvalid, "a list is asked for by an id that cannot be one");
    }
    std::string text =
        "limit=" + std::to_string(query.limit) + "&offset=" + std::to_string(query.offset);
    if (query.updated_after_ms) {
        text += "&updatedAfter=" + percent_encode(format_utc(*query.updated_after_ms));
    }
    if (!query.site_id.empty()) text += "&siteId=" + percent_encode(query.site_id);
    if (!query.owner_id.empty()) text += "&ownerId=" + percent_encode(query.owner_id);
    for (std::size_t at = 0; at < query.ids.size(); ++at) {
        text += (at == 0 ? "&ids=" : ",") + percent_encode(query.ids[at]);
    }
    return text;
}

Result<RentalPage> read_rental_page(std::string_view body, const ListQuery& query) {
    const auto rows = parse_list(body, "rentals", query);
    if (!rows) return tl::unexpected(rows.error());
    RentalPage page;
    for (const json& row : *rows) {
        ++page.rows;
        auto id = check_row(row, "rentals", query);
        if (!id) return tl::unexpected(id.error());
        if (id->empty()) {
            page.unreadable.push_back(nameless_row(row, query.offset + page.rows));
            continue;
        }
        auto facts = read_rental_row(row, *id);
        if (facts) {
            page.rentals.push_back(std::move(*facts));
        } else {
            page.unreadable.push_back(
                {"rental " + *id, *id, facts.error().message, is_row_occupied(row)});
        }
    }
    return page;
}

Result<IdPage> read_id_page(std::string_view body, const std::string& collection,
                            const ListQuery& query) {
    const auto rows = parse_list(body, collection, query);
    if (!rows) return tl::unexpected(rows.error());
    IdPage page;
    for (const json& row : *rows) {
        auto id = check_row(row, collection, query);
        if (!id) return tl::unexpected(id.error());
        if (!id->empty()) page.ids.push_back(std::move(*id));
    }
    page.rows = static_cast<int>(rows->size());
    return page;
}

Result<TaskPage> read_task_page(std::string_view body, const ListQuery& query,
                                const StaffTask& task) {
    const auto rows = parse_list(body, "jobs", query);
    if (!rows) return tl::unexpected(rows.error());
    TaskPage page;
    page.rows = static_cast<int>(rows->size());
    for (const json& row : *rows) {
        auto id = check_row(row, "jobs", query);
        if (!id) return tl::unexpected(id.error());
        if (!id->empty() && page.found.empty() && is_open_task(row) && speaks_of(row, task)) {
            page.found = std::move(*id);
        }
    }
    return page;
}

Result<json> read_object(std::string_view body, const std::string& collection,
                         const std::string& id) {
    auto document = parse_object(body, "the answer for " + collection + " " + id);
    if (!document) return document;
    const auto found = string_member(*document, "id");
    if (!found) {
        return fail(ErrorKind::kUnavailable,
                    "the answer for " + collection + " " + id + " has no id");
    }
    if (*found != id) {
        return fail(ErrorKind::kInvalid, "asked for " + collection + " " + id + ", the answer is " +
                                             shorten(*found, kMaxQuoteBytes));
    }
    return std::move(*document);
}

}  // namespace gatehouse::storeganise
