#include "code_name.hpp"

namespace gatehouse::seam {
namespace {

constexpr std::string_view kWord = "Gatehouse ";

std::string prefix_for(std::string_view business) {
    return std::string(kWord) + std::string(business) + " ";
}

}  // namespace

std::string name_of(std::string_view business, std::string_view rental_id) {
    return prefix_for(business) + std::string(rental_id);
}

std::optional<std::string> rental_in(std::string_view business, std::string_view name) {
    const std::string prefix = prefix_for(business);
    if (name.size() <= prefix.size() || name.substr(0, prefix.size()) != prefix)
        return std::nullopt;
    const std::string_view rental = name.substr(prefix.size());
    if (rental.find(' ') != std::string_view::npos) return std::nullopt;
    return std::string(rental);
}

}  // namespace gatehouse::seam
