#include "host_tables.hpp"

#include <sys/random.h>

#include <cerrno>
#include <chrono>
#include <string_view>

namespace gatehouse::runner {
namespace {

template <typename Clock, typename Unit>
std::int64_t count_of() {
    return std::chrono::duration_cast<Unit>(Clock::now().time_since_epoch()).count();
}

std::int32_t fill_random(void* out, std::uint64_t size) {
    auto* bytes = static_cast<unsigned char*>(out);
    while (size > 0) {
        const ssize_t got = ::getrandom(bytes, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return GATEHOUSE_INTERNAL;
        bytes += got;
        size -= static_cast<std::uint64_t>(got);
    }
    return GATEHOUSE_OK;
}

constexpr gatehouse_call_v1 kCall{
    sizeof(gatehouse_call_v1), 0,
    [](gatehouse_call* call, gatehouse_str document) { Call::of(call).give_result(document); },
    [](gatehouse_call* call, const gatehouse_failure* failure) {
        Call::of(call).give_failure(failure);
    },
    [](gatehouse_call* call) { return Call::of(call).remaining_ms(); }};

constexpr gatehouse_http_v1 kHttp{
    sizeof(gatehouse_http_v1), 0,
    [](gatehouse_call* call, gatehouse_str request, gatehouse_str* answer) {
        return Call::of(call).send(request, answer);
    }};

constexpr gatehouse_clock_v1 kClock{
    sizeof(gatehouse_clock_v1), 0,
    [](const gatehouse_host*) {
        return count_of<std::chrono::system_clock, std::chrono::milliseconds>();
    },
    [](const gatehouse_host*) {
        return count_of<std::chrono::steady_clock, std::chrono::nanoseconds>();
    }};

constexpr gatehouse_random_v1 kRandom{
    sizeof(gatehouse_random_v1), 0,
    [](const gatehouse_host*, void* out, std::uint64_t size) { return fill_random(out, size); }};

}  // namespace

HostTables::HostTables(HostLink& link) {
    shell_.struct_size = sizeof(gatehouse_host);
    shell_.abi_major = GATEHOUSE_ABI_MAJOR;
    shell_.abi_minor = GATEHOUSE_ABI_MINOR;
    shell_.service = &HostTables::service;
    shell_.link = &link;
}

HostLink& HostTables::link_of(const gatehouse_host* host) {
    return *static_cast<const Shell*>(host)->link;
}

const void* HostTables::service(const gatehouse_host*, gatehouse_str id) {
    static constexpr gatehouse_log_v1 kLog{
        sizeof(gatehouse_log_v1), 0,
        [](const gatehouse_host* host, std::int32_t level, gatehouse_str text) {
            if (text.data != nullptr) {
                link_of(host).log(level, {text.data, static_cast<std::size_t>(text.size)});
            }
        }};
    if (id.data == nullptr) return nullptr;
    const std::string_view name(id.data, static_cast<std::size_t>(id.size));
    if (name == "gatehouse.call/1") return &kCall;
    if (name == "gatehouse.log/1") return &kLog;
    if (name == "gatehouse.http/1") return &kHttp;
    if (name == "gatehouse.clock/1") return &kClock;
    if (name == "gatehouse.random/1") return &kRandom;
    return nullptr;
}

}  // namespace gatehouse::runner
