#include "instances.hpp"

#include <gtest/gtest.h>

#include <new>
#include <string>

namespace gatehouse::runner {
namespace {

struct Made {
    int alive = 0;
};
Made made;

class NoHost final : public HostLink {
  public:
    ServiceReply ask(std::uint32_t, std::string_view, std::string_view) override { return {}; }
    void log(std::int32_t, std::string_view) override {}
};

gatehouse_entry counting_entry() {
    gatehouse_entry entry{};
    entry.create = [](const gatehouse_host*, gatehouse_call*, gatehouse_str,
                      gatehouse_instance** out) -> std::int32_t {
        ++made.alive;
        *out = reinterpret_cast<gatehouse_instance*>(&made);
        return GATEHOUSE_OK;
    };
    entry.destroy = [](gatehouse_instance*) { --made.alive; };
    return entry;
}

class InstancesTest : public testing::Test {
  protected:
    InstancesTest() { made.alive = 0; }

    gatehouse_instance* acquire(const std::string& connection = "{}") {
        Call call(link_, 1, 1000);
        Outcome outcome;
        return instances_.acquire("acme/doors#0", connection, call, outcome);
    }

    // The memory that a runner may use is bounded: the next thing that it says finds none.
    void run_out_of_memory(std::string_view phase) { failing_phase_ = phase; }

    void on_phase(std::string_view phase) {
        if (failing_phase_.empty() || !phase.starts_with(failing_phase_)) return;
        failing_phase_ = {};
        throw std::bad_alloc();
    }

    NoHost link_;
    const gatehouse_entry entry_ = counting_entry();
    std::string_view failing_phase_;
    Instances instances_{entry_, nullptr, 4, [this](std::string_view phase) { on_phase(phase); }};
};

TEST_F(InstancesTest, P9_AnInstanceThatCouldNotBeMadeForWantOfMemoryIsNotBusyForEver) {
    run_out_of_memory("create");
    EXPECT_THROW(acquire(), std::bad_alloc);
    EXPECT_NE(acquire(), nullptr);
    EXPECT_EQ(made.alive, 1);
}

TEST_F(InstancesTest, P9_OneThatCouldNotBeReplacedForWantOfMemoryIsMadeAnew) {
    ASSERT_NE(acquire(), nullptr);
    instances_.release("acme/doors#0");
    run_out_of_memory("destroy");
    EXPECT_THROW(acquire("{\"other\":1}"), std::bad_alloc);
    EXPECT_NE(acquire("{\"other\":1}"), nullptr);
}

}  // namespace
}  // namespace gatehouse::runner
