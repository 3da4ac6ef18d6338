// SecretDoubt: what makes a secret look as if it was copied or written wrongly. It may be right all
// the same, so each is a warning. No word of these holds a part of the value. Pure. [any thread]
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::config {

struct SecretDoubt {
    std::string message;     // follows on the secret's name: "ends with a blank"
    std::string suggestion;  // may be empty
};

std::optional<SecretDoubt> doubt_in_secret(std::string_view value);

// Whether a text that is written out was meant as a reference: "$NAME", "$(...)", "env:NAME",
// "file:/...". Nobody's secret looks so; what stands in a variable or a file may.
bool looks_like_mistaken_reference(std::string_view text);

}  // namespace gatehouse::config
