// PINs that the host chooses: the rule that they keep, how one is made, and the keyed hash by which
// a PIN is known again. Gatehouse never stores a PIN: it stands in Storeganise's custom field and
// at the vendor (docs/decisions/pins.md).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "plugins/manifest.hpp"

namespace gatehouse::access {

// [any thread]
class PinKey {
  public:
    explicit PinKey(Secret key) : key_(std::move(key)) {}

    // 64 hex digits, the same for the same PIN at the same site and unlike everywhere else.
    std::string hash(const std::string& business, const std::string& site_id,
                     std::string_view pin) const;

  private:
    Secret key_;
};

// Why `pin` breaks the rule, in words that do not show it; empty if it keeps it. Besides the
// plugin's rule, no four digits may count up or down or be the same.
std::string fault_in_pin(const plugins::PinRule& rule, std::string_view pin);

// A PIN that keeps the rule, every one as likely as another: as short as the rule allows, but of
// six digits at least where it may be. kUnsupported: the rule leaves none.
Result<Secret> make_pin(const plugins::PinRule& rule, Random& random);

// Reads the key's file; makes it, with 32 random bytes as hex and for its owner's eyes alone, when
// there is none. kInvalid: it holds less, or everybody may read or write it. kUnavailable: no
// access.
Result<PinKey> open_pin_key(const std::filesystem::path& file, Random& random);

// The same look without making it, for `gatehouse check`. A file that its group may read is a
// doubt: volumes of Kubernetes with an fsGroup make every file so.
struct PinKeyLook {
    std::string fault;  // why open_pin_key() would refuse it; empty if it would not
    std::string doubt;
};
PinKeyLook look_at_pin_key(const std::filesystem::path& file);

}  // namespace gatehouse::access
