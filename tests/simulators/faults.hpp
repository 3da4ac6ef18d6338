// Faults: what shall go wrong, for which requests, how often. Random choices come from one seeded
// generator, so a run repeats itself.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "simulators/http_front.hpp"

namespace gatehouse::simulators {

enum class FaultKind : std::uint8_t {
    kLatency,      // waits, then goes on; adds to any other fault
    kStatus,       // answers `status` (with `body`, `retry_after`), no effect
    kDropBefore,   // closes the connection, no effect
    kDropAfter,    // carries the request out, closes without an answer
    kHalfBody,     // a well-formed HTTP answer whose JSON stops in the middle
    kCutBody,      // the connection ends in the middle of the body
    kEmptyBody,    // 200 and no byte
    kEmptyList,    // 200 and []
    kWrongId,      // the right object under another id
    kShortList,    // 200 and the first half of the rows
    kForeignList,  // 200 and rows that are another business's: no id in them is known here
    kHang,         // no effect, no answer, the connection stays open
};

struct Fault {
    std::int64_t id = 0;
    FaultKind kind = FaultKind::kLatency;
    std::string service;     // "storeganise", "kisi", "" = both
    std::string method;      // "GET", "" = any
    std::string path = "*";  // with * for any run of characters
    double probability = 1;
    std::int64_t skip = 0;        // requests that match and pass unharmed first
    std::int64_t remaining = -1;  // how often it still strikes; -1 = for ever
    std::int64_t latency_min_ms = 0, latency_max_ms = 0;
    int status = 500;
    std::string body, content_type, retry_after;
};

// What a request meets.
struct FaultPlan {
    std::int64_t latency_ms = 0;
    std::optional<Fault> fault;  // never kLatency
};

class Faults {
  public:
    explicit Faults(std::uint64_t seed) : random_(seed) {}

    // Reads {"kind": "status", "path": "/users*", ...} (docs/simulators.md) and returns its id.
    // kInvalid, naming the member, for what is not understood.
    Result<std::int64_t> add(const nlohmann::json& description);
    void clear() { faults_.clear(); }
    void reseed(std::uint64_t seed) { random_.seed(seed); }
    nlohmann::json list() const;

    FaultPlan plan(std::string_view service, const Request& request);

  private:
    bool strikes(Fault& fault);

    std::vector<Fault> faults_;
    std::mt19937_64 random_;
    std::int64_t next_id_ = 1;
};

std::string_view to_string(FaultKind kind);

// Whether `text` matches `pattern`, in which * stands for any run of characters.
bool matches(std::string_view pattern, std::string_view text);

// What the fault makes of a true answer (kHalfBody, kCutBody, kEmptyBody, kEmptyList, kWrongId,
// kDropAfter), or puts in its place.
Reply spoil(const Fault& fault, Reply reply);

}  // namespace gatehouse::simulators
