// Look: what came of one look at one rental.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/event_word.hpp"
#include "access/rental_record.hpp"
#include "access/transfer_link.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::access {

// Why a look may do more, or less, than an event's.
struct LookOptions {
    bool is_swept = false;      // only a sweep asked: an end must pass the fuse
    bool is_verify = false;     // the vendor was seen to differ: apply even if nothing changed
    bool is_confirmed = false;  // a person let an end pass the fuse
    EventWord word = {};        // of the events that asked
    // How long facts that contradict `word` are left alone before they are read again; nothing =
    // they are believed.
    std::optional<std::int64_t> doubt_ms = {};
};

struct Look {
    // How far it came; with an error, where it failed.
    enum class Stage : std::uint8_t { kReading, kDeciding, kVendor, kDone };
    enum class Fuse : std::uint8_t {
        kUntouched,
        kBlown,   // an end waits for a person; the status is good
        kMended,  // this rental's end waited and no longer does
    };

    // The error says why the rental is not as it should be; its kind decides whether and when the
    // look is repeated (dispatch/retry.hpp).
    Result<void> status;
    // To be stored, also when `status` is an error: what was reached so far. Null = unchanged.
    std::shared_ptr<const RentalRecord> record = {};
    // With a good status: when to look again, since the same facts will be judged otherwise (a
    // start, an end) or a second step is due.
    std::optional<UnixMs> again_ms = {};
    Stage stage = Stage::kReading;
    bool is_known = false;           // there was a record of the rental
    bool has_vendor_agreed = false;  // the plugin was called and answered well
    bool never_dies = false;         // an end or a transfer's half: to be retried for ever
    Fuse fuse = Fuse::kUntouched;
    bool is_fuse_clear = false;  // with kMended: no other end of the site waits
    std::string connection;      // of the rental's site; empty if it has no rule or was not read
    std::string site_id;
    std::string unit_id;
    std::string unit_name;
    std::string unknown_state = {};            // the rental's, in a word that is not known
    std::vector<TransferLink> transfers = {};  // to be stored
    std::vector<std::string> look_at = {};     // rentals whose turn it is now, with a good status
};

}  // namespace gatehouse::access
