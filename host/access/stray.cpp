#include "access/stray.hpp"

#include <algorithm>
#include <set>

#include "egress/ascii.hpp"

namespace gatehouse::access {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxStrays = 10'000;
constexpr std::size_t kMaxOfOneRental = 50;
// As many as are the same whether or not a number is written with its country.
constexpr std::size_t kTellingDigits = 7;

std::set<json> values_in(const json& references) {
    std::set<json> values;
    const json flat = references.flatten();
    for (const json& value : flat) {
        if (!value.is_null()) {
            values.insert(value);
        }
    }
    return values;
}

bool names(const json& references, const json& part) {
    const std::set<json> all = values_in(references);
    const std::set<json> some = values_in(part);
    return !some.empty() && std::ranges::includes(all, some);
}

std::string telling_digits(const std::string& phone) {
    std::string digits;
    std::ranges::copy_if(phone, std::back_inserter(digits),
                         [](char c) { return c >= '0' && c <= '9'; });
    return digits.size() > kTellingDigits ? digits.substr(digits.size() - kTellingDigits) : digits;
}

bool has_other_address(const Stray& right, const Renter& renter) {
    if (!right.email.empty() && !renter.email.empty()) {
        return !egress::equal_without_case(right.email, renter.email);
    }
    const std::string phone = telling_digits(right.phone);
    const std::string known = telling_digits(renter.phone);
    return !phone.empty() && !known.empty() && phone != known;
}

bool is_same(const Stray& a, const Stray& b) {
    return a.connection == b.connection && a.target == b.target && a.email == b.email &&
           a.phone == b.phone && a.references == b.references;
}

}  // namespace

bool is_other_right(const Stray& right, const Desired& held, const json& references) {
    if (names(references, right.references)) {
        return false;
    }
    if (!right.email.empty() || !right.phone.empty()) {
        return has_other_address(right, held.renter);
    }
    return std::ranges::find(held.targets, right.target) == held.targets.end();
}

Renter holder_of(const Stray& right, Renter renter) {
    if (!right.email.empty() || !right.phone.empty()) {
        renter.email = right.email;
        renter.phone = right.phone;
    }
    return renter;
}

void StrayDesk::put(const std::string& business, const std::string& rental_id, Stray stray) {
    const std::lock_guard lock(mutex_);
    if (count_ >= kMaxStrays) {
        return;
    }
    std::vector<Stray>& known = by_[{business, rental_id}];
    const bool is_known =
        std::ranges::any_of(known, [&](const Stray& one) { return is_same(one, stray); });
    if (!is_known && known.size() < kMaxOfOneRental) {
        known.push_back(std::move(stray));
        ++count_;
    }
}

std::vector<Stray> StrayDesk::take(const std::string& business, const std::string& rental_id) {
    const std::lock_guard lock(mutex_);
    auto known = by_.extract({business, rental_id});
    if (known.empty()) {
        return {};
    }
    count_ -= known.mapped().size();
    return std::move(known.mapped());
}

}  // namespace gatehouse::access
