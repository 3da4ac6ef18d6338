// History: what happens to a small storage site, one act a line, as text that a person can read and
// a test can run again:
//
//   vendor nuki             whose locks it has; kisi if nothing is said
//   no_gate                 no door comes with every rental
//   move_in 0 1 0 now       renter 0 moves into unit 1, from today; its webhook comes at once
//   overdue 1 lost          the rental of unit 1 is overdue; its webhook never comes
//   pass 30                 30 hours pass
//
// Numbers are taken modulo what there is, so that every line is possible wherever it stands: a
// shorter history is still a history.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::model {

constexpr int kRenters = 3;
constexpr int kUnits = 4;
constexpr int kGate = 900;  // the door that comes with every rental

enum class Vendor : std::uint8_t { kKisi, kNuki, kUnloc };

struct Act {
    std::string verb;
    std::vector<int> numbers;
    std::string webhook;  // "now", "late", "twice", "lost"; empty = the act has none
};

struct History {
    Vendor vendor = Vendor::kKisi;
    bool has_gate = true;
    std::vector<Act> acts = {};
};

std::string to_text(Vendor vendor);
std::string to_text(const Act& act);
std::string to_text(const History& history);

// Throws std::runtime_error for a line that is no act. Empty lines and lines of # are passed over.
History history_from(std::string_view text);

// Only acts that mean something to that vendor.
History random_history(Vendor vendor, std::mt19937_64& random);

}  // namespace gatehouse::model
