// Instances: the plugin's instances, one for each name that the host calls with ("acme/doors#0"),
// made when first called and dropped when others were called more lately.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "call.hpp"
#include "gatehouse/abi.h"

namespace gatehouse::runner {

// Told before and, with an empty text, after the plugin is asked to make or drop an instance, so
// that a crash there has a name. [any thread]
using PhaseListener = std::function<void(std::string_view phase)>;

// [any thread; one call at a time for one name]
class Instances {
  public:
    Instances(const gatehouse_entry& entry, const gatehouse_host* host, std::size_t max_instances,
              PhaseListener on_phase);
    Instances(const Instances&) = delete;
    Instances& operator=(const Instances&) = delete;

    // The instance of `name`, reserved for this call until release(). Made, or made anew if the
    // connection's document changed. Null: `outcome` says why. Nothing is reserved then, nor when
    // it throws for want of memory.
    gatehouse_instance* acquire(std::string_view name, std::string_view connection, Call& call,
                                Outcome& outcome);
    void release(std::string_view name) noexcept;

    // Drops all. No call may be under way.
    void clear();

  private:
    struct Entry {
        std::string name;
        std::string connection;
        gatehouse_instance* instance = nullptr;
        bool is_busy = false;
    };
    using Order = std::list<Entry>;  // the latest called first

    // Lets a string_view find a string key: releasing must not need memory.
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const {
            return std::hash<std::string_view>{}(name);
        }
    };

    // Null if it is busy.
    Entry* reserve(std::string_view name);
    gatehouse_instance* make(Entry& entry, std::string_view connection, Call& call,
                             Outcome& outcome);
    // Takes from the back what is over the limit and idle.
    Order take_surplus();
    void destroy(const std::string& name, gatehouse_instance* instance);

    const gatehouse_entry& entry_;
    const gatehouse_host* host_;
    const std::size_t max_instances_;
    const PhaseListener on_phase_;
    std::mutex mutex_;
    Order order_;
    std::unordered_map<std::string, Order::iterator, NameHash, std::equal_to<>> by_name_;
};

}  // namespace gatehouse::runner
