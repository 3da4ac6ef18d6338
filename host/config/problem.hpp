// Problem: one mistake in a file that a person wrote, with the place to look at.
#pragma once

#include <string>
#include <vector>

namespace gatehouse::config {

struct Place {
    std::string file;
    int line = 0;    // from 1; 0 = the whole file
    int column = 0;  // from 1
};

struct Problem {
    enum class Severity { kError, kWarning };

    Place place;
    std::string message;     // "unknown key 'lisen'"; never holds a secret's value
    std::string suggestion;  // "did you mean 'listen'?"; may be empty
    Severity severity = Severity::kError;
};

using Problems = std::vector<Problem>;

// "gatehouse.yaml:3:1: error: unknown key 'lisen' (did you mean 'listen'?)"
std::string to_string(const Problem& problem);

bool has_errors(const Problems& problems);

}  // namespace gatehouse::config
