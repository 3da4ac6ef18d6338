#include "config/suggest.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::config {
namespace {

constexpr std::size_t kMaxWord = 64;
constexpr std::size_t kMaxListed = 12;

using Row = std::array<std::size_t, kMaxWord + 1>;

std::string list(const std::vector<std::string>& known) {
    std::string text;
    for (std::size_t i = 0; i < known.size() && i < kMaxListed; ++i) {
        text += (i == 0 ? "known here: '" : ", '") + known[i] + '\'';
    }
    return text;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    if (a.size() > kMaxWord || b.size() > kMaxWord) {
        return a == b ? 0 : std::max(a.size(), b.size());
    }
    Row before{};
    Row previous{};
    Row current{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        previous.at(j) = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current.at(0) = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = previous.at(j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
            std::size_t least = std::min({previous.at(j) + 1, current.at(j - 1) + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                least = std::min(least, before.at(j - 2) + 1);
            }
            current.at(j) = least;
        }
        before = previous;
        previous = current;
    }
    return previous.at(b.size());
}

std::string nearest_of_many(std::string_view word, const std::vector<std::string>& known) {
    const std::string* best = nullptr;
    std::size_t best_distance = std::max<std::size_t>(1, std::min<std::size_t>(3, word.size() / 3));
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance <= best_distance && (best == nullptr || distance < best_distance)) {
            best = &candidate;
            best_distance = distance;
        }
    }
    return best != nullptr ? "did you mean '" + *best + "'?" : "";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    const std::string nearest = nearest_of_many(word, known);
    return nearest.empty() ? list(known) : nearest;
}

std::string nearest_of_all(std::string_view word, const std::vector<std::string>& known) {
    const std::string nearest = nearest_of_many(word, known);
    return nearest.empty() ? list(known) : nearest + ' ' + list(known);
}

}  // namespace gatehouse::config
