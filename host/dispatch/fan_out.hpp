// FanOut: the looks of an event that speaks of many rentals: of a unit, a renter, a site. A run
// stores at most kMaxLooks of them; a further task of the same event goes on where it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/rental_lookups.hpp"
#include "base/result.hpp"
#include "observe/step.hpp"
#include "storeganise/client.hpp"

namespace gatehouse::dispatch {

// Records and rows that one run reads, and so the most looks that it asks for.
constexpr int kMaxLooks = 500;

// Where a run begins. It is kept in the key of the task: "17" is event 17's first run,
// "17/known/<rental id>" and "17/listed/<offset>" go on.
struct Cursor {
    enum class Phase : std::uint8_t { kKnown, kListed };

    Phase phase = Phase::kKnown;
    std::string after;  // kKnown: the last rental that was read
    int offset = 0;     // kListed; in the event itself where that names its rentals
};

std::string key_of(std::int64_t event_id, const Cursor& cursor);
// The beginning for a key without a cursor, or with one that is not understood.
Cursor cursor_of(std::string_view key);

class FanOut {
  public:
    // Both outlive it. With `client`, the renter's rentals are read from Storeganise as well.
    FanOut(access::RentalLookups& lookups, storeganise::Client* client, observe::StepLog& steps)
        : lookups_(lookups), client_(client), steps_(steps) {}

    // Reads on from `cursor` and answers where the next run goes on; nothing = all are read.
    // kUnavailable and the rest as the lookups and the client.
    Result<std::optional<Cursor>> run(const std::string& business, access::RentalKey key,
                                      const std::string& value, Cursor cursor);

    // What was found, each once.
    std::vector<std::string> take() { return std::move(rental_ids_); }

  private:
    using Next = Result<std::optional<Cursor>>;

    Next read_known(const std::string& business, access::RentalKey key, const std::string& value,
                    const Cursor& cursor);
    Next read_listed(const std::string& renter_id, const Cursor& cursor);
    void add(const std::string& rental_id);

    access::RentalLookups& lookups_;
    storeganise::Client* client_;
    observe::StepLog& steps_;
    std::vector<std::string> rental_ids_;
    int budget_ = kMaxLooks;
};

}  // namespace gatehouse::dispatch
