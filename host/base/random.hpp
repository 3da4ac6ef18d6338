// Randomness, as the rest of the program sees it. Tests pass a seeded one.
#pragma once

#include <cstdint>
#include <string>

namespace gatehouse {

// [any thread]
class Random {
  public:
    virtual ~Random() = default;

    virtual std::string bytes(std::size_t count) = 0;

    // Uniform in [0, bound); 0 when bound is 0.
    std::uint64_t below(std::uint64_t bound);
};

// OpenSSL's generator: fit for keys and PINs. Ends the process when it cannot serve.
class SystemRandom final : public Random {
  public:
    std::string bytes(std::size_t count) override;
};

}  // namespace gatehouse
