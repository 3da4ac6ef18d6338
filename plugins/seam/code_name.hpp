// The name that Gatehouse gives to a rental's access code: "Gatehouse <business> <rental>". By it a
// code is known as ours when its id was lost. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::seam {

std::string name_of(std::string_view business, std::string_view rental_id);

// The rental that a name was made for, if it was made for this business.
std::optional<std::string> rental_in(std::string_view business, std::string_view name);

}  // namespace gatehouse::seam
