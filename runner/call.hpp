// Call: one call of the host, as the runner holds it while the plugin works on it. What the ABI
// names gatehouse_call.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "gatehouse/abi.h"

namespace gatehouse::runner {

// What the host answered to a service.
struct ServiceReply {
    std::uint32_t kind = GATEHOUSE_INTERNAL;
    std::string document;
};

// The runner's way back to the host. [any thread]
class HostLink {
  public:
    virtual ~HostLink() = default;

    // Waits for the host's answer.
    virtual ServiceReply ask(std::uint32_t call_id, std::string_view service,
                             std::string_view document) = 0;
    virtual void log(std::int32_t level, std::string_view text) = 0;
};

// How a call ended; 0 and a document, or a kind and its failure.
struct Outcome {
    std::int32_t kind = GATEHOUSE_INTERNAL;
    std::string document;
    std::string message;
    std::uint64_t retry_after_ms = 0;
    std::string fields;  // JSON, or empty
};

// [the thread of the call]
class Call {
  public:
    Call(HostLink& link, std::uint32_t id, std::uint32_t remaining_ms)
        : link_(link),
          id_(id),
          deadline_(std::chrono::steady_clock::now() + std::chrono::milliseconds(remaining_ms)) {}

    gatehouse_call* handle() { return reinterpret_cast<gatehouse_call*>(this); }
    static Call& of(gatehouse_call* handle) { return *reinterpret_cast<Call*>(handle); }

    // The ABI's services, for this call.
    void give_result(gatehouse_str document);
    void give_failure(const gatehouse_failure* failure);
    std::uint64_t remaining_ms() const;
    std::int32_t send(gatehouse_str request, gatehouse_str* answer);

    // What the function's return value and what it gave amount to.
    Outcome outcome(std::int32_t returned);

    // The function let an exception out.
    void set_thrown();

  private:
    HostLink& link_;
    std::uint32_t id_;
    std::chrono::steady_clock::time_point deadline_;
    bool has_result_ = false;
    bool has_failure_ = false;
    Outcome given_;
    std::string answer_;
};

}  // namespace gatehouse::runner
