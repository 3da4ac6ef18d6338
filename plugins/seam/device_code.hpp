// DeviceCode: a rental's access code on one device, and how it is brought into line with a wish.
//
// Seam shows a code as it shall be and, in its status, whether the device has it: setting, set,
// removing, unset, unknown. Only `set` opens a door, and only `unset` or absence keeps it shut.
#pragma once

#include <string>

#include "seam_api.hpp"

namespace gatehouse::seam {

enum class Wish { kOpens, kOpensLater, kAbsent };

struct Progress {
    std::string id;  // empty: there is no code
    bool is_done = false;
};

// `wanted.window` as the rental has it, one side may be open. `known_id` is what the host kept.
//
// Only the code of that id on that device, or without it the one of the exact name, is touched; a
// code is never known by its PIN. Throws Error: kConflict, another code has the PIN, the device is
// full, or Seam no longer keeps the code; kNotFound, the code is gone and no PIN was given; else as
// SeamApi.
Progress bring_into_line(SeamApi& api, const std::string& device, const WantedCode& wanted,
                         const std::string& known_id, Wish wish, std::int64_t now_ms);

}  // namespace gatehouse::seam
