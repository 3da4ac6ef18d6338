#include "dispatch/fan_out.hpp"

#include <algorithm>
#include <charconv>

#include "access/desired.hpp"

namespace gatehouse::dispatch {
namespace {

using observe::StepKind;

constexpr int kRowsPerPage = 50;
constexpr std::string_view kKnown = "known";
constexpr std::string_view kListed = "listed";

// Access that has ended and of which the vendor holds nothing stays so: no unit's or renter's
// change brings it back. An event of the rental itself would.
bool is_over(const access::RentalRecord& record) {
    if (!record.grant_json.empty() || record.desired_json.empty()) return false;
    const auto desired = access::desired_from_json(record.desired_json);
    return desired && desired->state == access::AccessState::kEnded;
}

bool may_have_access(const access::Facts& facts) {
    return facts.state == "occupied" || facts.state == "reserved";
}

}  // namespace

std::string key_of(std::int64_t event_id, const Cursor& cursor) {
    const bool is_known = cursor.phase == Cursor::Phase::kKnown;
    return std::to_string(event_id) + "/" + std::string(is_known ? kKnown : kListed) + "/" +
           (is_known ? cursor.after : std::to_string(cursor.offset));
}

Cursor cursor_of(std::string_view key) {
    Cursor cursor;
    const std::size_t first = key.find('/');
    if (first == std::string_view::npos) return cursor;
    key.remove_prefix(first + 1);
    const std::size_t second = std::min(key.find('/'), key.size());
    const std::string_view phase = key.substr(0, second);
    const std::string_view at = key.substr(std::min(second + 1, key.size()));
    if (phase == kKnown) cursor.after = at;
    if (phase != kListed) return cursor;
    cursor.phase = Cursor::Phase::kListed;
    std::from_chars(at.data(), at.data() + at.size(), cursor.offset);
    return cursor;
}

Result<std::optional<Cursor>> FanOut::run(const std::string& business, access::RentalKey key,
                                          const std::string& value, Cursor cursor) {
    std::optional<Cursor> next = std::move(cursor);
    while (next && budget_ > 0) {
        Next read = next->phase == Cursor::Phase::kKnown ? read_known(business, key, value, *next)
                                                         : read_listed(value, *next);
        if (!read) return read;
        next = std::move(*read);
    }
    return next;
}

FanOut::Next FanOut::read_known(const std::string& business, access::RentalKey key,
                                const std::string& value, const Cursor& cursor) {
    const auto records = lookups_.rentals_by(business, key, value, cursor.after, budget_);
    if (!records) return tl::unexpected(records.error());
    for (const access::RentalRecord& record : *records) {
        if (!is_over(record)) add(record.rental_id);
    }
    const int count = static_cast<int>(records->size());
    const bool is_last = count < budget_;
    budget_ -= count;
    if (!is_last) return Cursor{Cursor::Phase::kKnown, records->back().rental_id};
    if (client_ == nullptr) return std::nullopt;
    return Cursor{Cursor::Phase::kListed, {}, 0};
}

FanOut::Next FanOut::read_listed(const std::string& renter_id, const Cursor& cursor) {
    storeganise::ListQuery query;
    query.owner_id = renter_id;
    query.offset = cursor.offset;
    query.limit = kRowsPerPage;
    const auto page = client_->rentals(query, &steps_);
    if (!page && page.error().kind == ErrorKind::kNotFound) return std::nullopt;
    if (!page) return tl::unexpected(page.error());
    for (const access::Facts& facts : page->rentals) {
        if (may_have_access(facts)) add(facts.rental_id);
    }
    for (const storeganise::UnreadableRow& row : page->unreadable) {
        if (!row.rental_id.empty()) add(row.rental_id);
    }
    budget_ -= page->rows;
    if (page->rows < kRowsPerPage) return std::nullopt;
    return Cursor{Cursor::Phase::kListed, {}, cursor.offset + page->rows};
}

void FanOut::add(const std::string& rental_id) {
    const bool is_new = std::ranges::find(rental_ids_, rental_id) == rental_ids_.end();
    if (is_new) rental_ids_.push_back(rental_id);
}

}  // namespace gatehouse::dispatch
