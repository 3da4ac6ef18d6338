// Secret: a key, password, signature key or PIN. It cannot be printed, compared by accident or put
// into JSON: the only way out is reveal(), which is easy to find in a review (promise P8).
#pragma once

#include <string>
#include <string_view>

namespace gatehouse {

// Owns its bytes and wipes them when it goes. [one thread at a time, as any value]
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    // The bytes in clear. Call it where they leave for the wire or the MAC, and nowhere else.
    const std::string& reveal() const { return value_; }

    bool empty() const { return value_.empty(); }

    // Takes the same time whether or not the bytes agree. Lengths are not hidden.
    bool equals(std::string_view other) const;

  private:
    void wipe();

    std::string value_;
};

}  // namespace gatehouse
