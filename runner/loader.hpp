// Loader: maps one plugin and decides whether it may be called. Everything that can be checked
// without calling into the library is checked first.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gatehouse/abi.h"

namespace gatehouse::runner {

struct Wanted {
    std::string library;  // absolute path, for words
    std::string file;     // what is opened: the same, or the copy of it that the host passed
    std::string id;
    std::string version;
    std::vector<std::string> features;
};

// Why a library is not used, in words for an operator.
struct Refusal {
    std::string reason;
};

// A library that passed, or a Refusal. It stays mapped until the process ends: a thread that a
// plugin left behind must find its code. The constructors of its globals have run.
std::variant<const gatehouse_entry*, Refusal> load_plugin(const Wanted& wanted);

// The function named "access.apply" of the library's features; null if it does not offer it.
gatehouse_function find_function(const gatehouse_entry& entry, std::string_view name);

}  // namespace gatehouse::runner
