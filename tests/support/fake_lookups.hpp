// FakeLookups: RentalLookups over records in hand, for tests that need no store.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "access/rental_lookups.hpp"

namespace gatehouse::test {

class FakeLookups final : public access::RentalLookups {
  public:
    Result<std::vector<access::RentalRecord>> rentals_by(const std::string& business,
                                                         access::RentalKey key,
                                                         const std::string& value,
                                                         const std::string& after_rental_id,
                                                         int limit) override {
        if (is_broken) return fail(ErrorKind::kUnavailable, "the store cannot be read");
        std::vector<access::RentalRecord> found;
        for (const access::RentalRecord& record : records) {
            if (record.business == business && record.rental_id > after_rental_id &&
                has(record, key, value)) {
                found.push_back(record);
            }
        }
        std::sort(found.begin(), found.end(),
                  [](const auto& a, const auto& b) { return a.rental_id < b.rental_id; });
        if (found.size() > static_cast<std::size_t>(limit)) {
            found.resize(static_cast<std::size_t>(limit));
        }
        return found;
    }
    Result<std::optional<std::string>> pin_holder(const std::string&, const std::string&,
                                                  const std::string&) override {
        return std::nullopt;
    }
    Result<access::FuseCounts> fuse_counts(const std::string&, const std::string&,
                                           UnixMs) override {
        return access::FuseCounts{};
    }
    Result<std::vector<access::RentalRecord>> fuse_blocked(const std::optional<std::string>&,
                                                           int) override {
        return std::vector<access::RentalRecord>{};
    }
    Result<std::vector<access::TransferLink>> open_transfers(const std::string&,
                                                             const std::string&) override {
        return std::vector<access::TransferLink>{};
    }

    std::vector<access::RentalRecord> records;
    bool is_broken = false;

  private:
    static bool has(const access::RentalRecord& record, access::RentalKey key,
                    const std::string& value) {
        switch (key) {
            case access::RentalKey::kUnit:
                return record.unit_id == value;
            case access::RentalKey::kRenter:
                return record.renter_id == value;
            case access::RentalKey::kSite:
                return record.site_id == value;
            case access::RentalKey::kTarget:
                return std::find(record.targets.begin(), record.targets.end(), value) !=
                       record.targets.end();
        }
        return false;
    }
};

}  // namespace gatehouse::test
