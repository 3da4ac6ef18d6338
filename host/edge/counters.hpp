// Counters: what ServerStats and the edge's metrics are made of. [any thread]
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>

#include "edge/admission.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::edge {

// A number of its own server, shown in the process's metrics too if it has any.
class Count {
  public:
    void show_as(observe::Counter& counter) { shown_ = &counter; }

    void add() {
        value_.fetch_add(1, std::memory_order_relaxed);
        if (shown_ != nullptr) shown_->add();
    }

    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
    observe::Counter* shown_ = nullptr;
};

// What took too long.
enum class Part : std::uint8_t { kHandshake, kHead, kBody, kAnswer, kReply };
constexpr std::size_t kParts = 5;

struct Counters {
    static constexpr std::int64_t kNever = INT64_MIN;
    // Senders count as refused for so long after one was.
    static constexpr std::int64_t kFullForMs = 60'000;

    // Shown in `metrics`, if any, which outlives it.
    explicit Counters(observe::Metrics* metrics);

    Count accepted;
    std::array<Count, kRefusals> refused;  // by Refusal
    Count evicted;
    Count proxy_header_failed;
    Count handshake_failed;
    Count handshake_dropped;              // the oldest, because too many were pending
    std::array<Count, kParts> timed_out;  // by Part
    Count bad_requests;
    Count unwelcome;  // refused at the head
    Count no_room;    // refused because of too many bodies under way
    Count requests;
    std::atomic<std::int64_t> certificate_not_after_ms{0};
    std::atomic<std::int64_t> last_full_ms{kNever};  // steady; when someone found no room
    std::function<void()> on_full;                   // then, once for each kFullForMs
    observe::Gauge* open = nullptr;
    observe::Gauge* certificate_not_after_s = nullptr;
    observe::Histogram* acknowledge_s = nullptr;

    void refuse(Refusal reason, std::int64_t now_ms) {
        refused.at(static_cast<std::size_t>(reason)).add();
        if (reason == Refusal::kFull) note_full(now_ms);
    }

    void note_full(std::int64_t now_ms) {
        const std::int64_t before_ms = last_full_ms.exchange(now_ms);
        const bool is_new = before_ms == kNever || now_ms - before_ms >= kFullForMs;
        if (is_new && on_full) on_full();
    }

    bool is_full(std::int64_t now_ms) const {
        const std::int64_t at_ms = last_full_ms;
        return at_ms != kNever && now_ms - at_ms < kFullForMs;
    }

    void time_out(Part part) { timed_out.at(static_cast<std::size_t>(part)).add(); }

    void note_certificate(std::int64_t not_after_ms) {
        if (certificate_not_after_ms.exchange(not_after_ms) == not_after_ms) return;
        if (certificate_not_after_s == nullptr) return;
        certificate_not_after_s->set(static_cast<double>(not_after_ms) / 1000);
    }

  private:
    void show_in(observe::Metrics& metrics);
};

}  // namespace gatehouse::edge
