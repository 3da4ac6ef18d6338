// Pulse: whether the parts that the host cannot live without still turn. Each is asked to answer
// from within its own loop; one that is stuck in a lock, a call or itself does not. docs/decisions/
// service-unit.md says which parts and why.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gatehouse::app {

// [one thread; answers come on any]
class Pulse {
  public:
    // Runs what it is given on the part's own thread, in its turn, or drops it when the part has
    // ended. Must not wait for that.
    using Ask = std::function<void(std::function<void()> answer)>;

    void add(std::string part, Ask ask);

    // The parts that have not answered what they were asked the last time; the others are asked
    // anew. The first time it is empty.
    std::vector<std::string> feel();

  private:
    struct Part;
    std::vector<std::shared_ptr<Part>> parts_;
};

}  // namespace gatehouse::app
