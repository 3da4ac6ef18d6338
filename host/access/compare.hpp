// compare: would a look at this rental change a thing? For sweeps, which hold many rentals from a
// list against what is remembered and ask for a look only where it is worth one. Pure but for the
// time zones and the plugins' manifests; no request is made. [any thread]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/facts.hpp"
#include "access/rental_record.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "plugins/plugin_host.hpp"

namespace gatehouse::access {

class PinKey;

struct Difference {
    enum class Kind : std::uint8_t {
        kNone,     // a look would write nothing
        kGrant,    // the vendor would be given access that it does not hold
        kChange,   // what it holds would change: targets, window, renter, PIN
        kSuspend,  //
        kResume,   //
        kEnd,      //
        kFields,   // only custom fields would be written
        kLook,     // the listed facts do not tell; only a look can
    };
    Kind kind = Kind::kNone;
    std::string reason;  // one line for people, no PIN; empty with kNone
};

// "none", "grant", "change", "suspend", "resume", "end", "fields", "look".
std::string_view to_string(Difference::Kind kind);

// `listed` are facts of a list: without the end date of a planned move-out. The window last worked
// out stands in for it while the move-out job is the same; if it is another, the answer is kLook.
// `record` is what is remembered of the rental, nothing if it was never looked at. Without
// `pin_key` a PIN typed by staff is not noticed.
//
// The errors are those that the look would meet before it asks the vendor: kNotFound (a unit
// without a target), kInvalid (a target or a renter that cannot do), kConflict (an unknown state),
// kUnavailable (facts that contradict the record, promise P6).
Result<Difference> compare(const config::Business& business, const plugins::PluginHost& plugins,
                           const Facts& listed, const std::optional<RentalRecord>& record,
                           UnixMs now_ms, const PinKey* pin_key = nullptr);

}  // namespace gatehouse::access
