// The layout of ABI 1.0 for ever: name, offset and size of each member against a golden file. A
// member may be appended with a new minor version; then the golden file grows and nothing in it
// changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "gatehouse/abi.h"

extern "C" int gatehouse_has_works(void);

namespace {

std::string read(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

#define MEMBER(type, member)                                      \
    out << #type "." #member " " << offsetof(type, member) << " " \
        << sizeof(std::declval<type>().member) << "\n"

std::string layout() {
    std::ostringstream out;
    MEMBER(gatehouse_str, data);
    MEMBER(gatehouse_str, size);
    MEMBER(gatehouse_host, struct_size);
    MEMBER(gatehouse_host, abi_major);
    MEMBER(gatehouse_host, abi_minor);
    MEMBER(gatehouse_host, reserved);
    MEMBER(gatehouse_host, service);
    MEMBER(gatehouse_failure, struct_size);
    MEMBER(gatehouse_failure, kind);
    MEMBER(gatehouse_failure, message);
    MEMBER(gatehouse_failure, retry_after_ms);
    MEMBER(gatehouse_failure, fields);
    MEMBER(gatehouse_call_v1, struct_size);
    MEMBER(gatehouse_call_v1, reserved);
    MEMBER(gatehouse_call_v1, result);
    MEMBER(gatehouse_call_v1, fail);
    MEMBER(gatehouse_call_v1, remaining_ms);
    MEMBER(gatehouse_log_v1, struct_size);
    MEMBER(gatehouse_log_v1, reserved);
    MEMBER(gatehouse_log_v1, write);
    MEMBER(gatehouse_http_v1, struct_size);
    MEMBER(gatehouse_http_v1, reserved);
    MEMBER(gatehouse_http_v1, send);
    MEMBER(gatehouse_clock_v1, struct_size);
    MEMBER(gatehouse_clock_v1, reserved);
    MEMBER(gatehouse_clock_v1, now_ms);
    MEMBER(gatehouse_clock_v1, steady_ns);
    MEMBER(gatehouse_random_v1, struct_size);
    MEMBER(gatehouse_random_v1, reserved);
    MEMBER(gatehouse_random_v1, bytes);
    MEMBER(gatehouse_access_v1, struct_size);
    MEMBER(gatehouse_access_v1, reserved);
    MEMBER(gatehouse_access_v1, apply);
    MEMBER(gatehouse_access_v1, probe);
    MEMBER(gatehouse_targets_v1, struct_size);
    MEMBER(gatehouse_targets_v1, reserved);
    MEMBER(gatehouse_targets_v1, list);
    MEMBER(gatehouse_inventory_v1, struct_size);
    MEMBER(gatehouse_inventory_v1, reserved);
    MEMBER(gatehouse_inventory_v1, list);
    MEMBER(gatehouse_inbound_v1, struct_size);
    MEMBER(gatehouse_inbound_v1, reserved);
    MEMBER(gatehouse_inbound_v1, parse);
    MEMBER(gatehouse_notify_v1, struct_size);
    MEMBER(gatehouse_notify_v1, reserved);
    MEMBER(gatehouse_notify_v1, send);
    MEMBER(gatehouse_describe_v1, struct_size);
    MEMBER(gatehouse_describe_v1, reserved);
    MEMBER(gatehouse_describe_v1, describe);
    MEMBER(gatehouse_entry, magic);
    MEMBER(gatehouse_entry, struct_size);
    MEMBER(gatehouse_entry, abi_major);
    MEMBER(gatehouse_entry, abi_minor);
    MEMBER(gatehouse_entry, min_host_minor);
    MEMBER(gatehouse_entry, reserved);
    MEMBER(gatehouse_entry, id);
    MEMBER(gatehouse_entry, version);
    MEMBER(gatehouse_entry, create);
    MEMBER(gatehouse_entry, destroy);
    MEMBER(gatehouse_entry, feature);
    MEMBER(gatehouse_events_v1, struct_size);
    MEMBER(gatehouse_events_v1, reserved);
    MEMBER(gatehouse_events_v1, subscribe);
    MEMBER(gatehouse_events_v1, catch_up);
    return out.str();
}

TEST(LayoutTest, Abi10IsAsItWasPublished) {
    EXPECT_EQ(layout(), read(GOLDEN));
}

TEST(LayoutTest, AMemberExistsIfItEndsWithinTheSize) {
    EXPECT_EQ(gatehouse_has_works(), 1);
}

std::vector<std::string> lines(const char* path) {
    std::istringstream text(read(path));
    std::vector<std::string> all;
    for (std::string line; std::getline(text, line);) {
        all.push_back(line);
    }
    return all;
}

// But for the two lines that name the minor, every line of the frozen header stands in the present
// one, in the same order.
TEST(LayoutTest, ThePresentHeaderOnlyAppendsToTheFrozenOne) {
    const std::vector<std::string> present = lines(PRESENT_HEADER);
    auto at = present.begin();
    for (const std::string& line : lines(FROZEN_HEADER)) {
        if (line == " * Gatehouse plugin ABI 1.0." || line == "#define GATEHOUSE_ABI_MINOR 0u") {
            continue;
        }
        at = std::find(at, present.end(), line);
        ASSERT_NE(at, present.end()) << line;
        ++at;
    }
}

TEST(LayoutTest, NumbersOfKindsAreFixed) {
    EXPECT_EQ(GATEHOUSE_AUTH, 1);
    EXPECT_EQ(GATEHOUSE_INVALID, 4);
    EXPECT_EQ(GATEHOUSE_PENDING, 8);
    EXPECT_EQ(GATEHOUSE_INTERNAL, 10);
    EXPECT_EQ(GATEHOUSE_ABI_MAGIC, 0x31504847U);
}

}  // namespace
