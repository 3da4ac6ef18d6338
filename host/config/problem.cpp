#include "config/problem.hpp"

#include <algorithm>

namespace gatehouse::config {

std::string to_string(const Problem& problem) {
    std::string text = problem.place.file;
    if (problem.place.line > 0) {
        text += ':' + std::to_string(problem.place.line);
        text += ':' + std::to_string(std::max(problem.place.column, 1));
    }
    text += problem.severity == Problem::Severity::kError ? ": error: " : ": warning: ";
    text += problem.message;
    if (!problem.suggestion.empty()) {
        text += " (" + problem.suggestion + ')';
    }
    return text;
}

bool has_errors(const Problems& problems) {
    return std::any_of(problems.begin(), problems.end(), [](const Problem& problem) {
        return problem.severity == Problem::Severity::kError;
    });
}

}  // namespace gatehouse::config
