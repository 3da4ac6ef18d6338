// Host: the host's services as a plugin sees them. Looked up once for each instance.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gatehouse/abi.h"
#include "gatehouse/sdk/error.hpp"

namespace gatehouse::sdk {

enum class LogLevel : std::int32_t {
    kDebug = GATEHOUSE_LOG_DEBUG,
    kInfo = GATEHOUSE_LOG_INFO,
    kWarn = GATEHOUSE_LOG_WARN,
    kError = GATEHOUSE_LOG_ERROR,
};

class Host {
  public:
    explicit Host(const gatehouse_host* host)
        : host_(host),
          call_(find<gatehouse_call_v1>("gatehouse.call/1")),
          log_(find<gatehouse_log_v1>("gatehouse.log/1")),
          http_(find<gatehouse_http_v1>("gatehouse.http/1")),
          clock_(find<gatehouse_clock_v1>("gatehouse.clock/1")),
          random_(find<gatehouse_random_v1>("gatehouse.random/1")) {}

    const gatehouse_call_v1* calls() const { return call_; }
    const gatehouse_http_v1* http() const { return http_; }

    // One line in the host's log. No secret, PIN or raw answer goes in. [any]
    void log(LogLevel level, std::string_view text) const {
        if (log_ != nullptr) log_->write(host_, static_cast<std::int32_t>(level), str(text));
    }

    // Milliseconds since 1970. [any]
    std::int64_t now_ms() const { return clock_ != nullptr ? clock_->now_ms(host_) : 0; }

    // Nanoseconds for measuring durations. [any]
    std::int64_t steady_ns() const { return clock_ != nullptr ? clock_->steady_ns(host_) : 0; }

    // Fit for PINs and idempotency keys. Throws Error(kInternal) if the host has none. [any]
    std::string random_bytes(std::size_t count) const {
        std::string bytes(count, '\0');
        if (random_ == nullptr || random_->bytes(host_, bytes.data(), count) != GATEHOUSE_OK) {
            throw Error(Kind::kInternal, "the host gave no randomness");
        }
        return bytes;
    }

  private:
    template <typename Table>
    const Table* find(std::string_view id) const {
        return host_ == nullptr ? nullptr
                                : static_cast<const Table*>(host_->service(host_, str(id)));
    }

    const gatehouse_host* host_;
    const gatehouse_call_v1* call_;
    const gatehouse_log_v1* log_;
    const gatehouse_http_v1* http_;
    const gatehouse_clock_v1* clock_;
    const gatehouse_random_v1* random_;
};

}  // namespace gatehouse::sdk
