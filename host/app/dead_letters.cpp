#include "app/dead_letters.hpp"

namespace gatehouse::app {

Result<bool> StoreDeadLetters::has_dead_letter(const std::string& business,
                                               const std::string& kind) {
    constexpr int kAtOnce = 500;
    std::int64_t before_id = 0;
    while (true) {
        const auto letters = store_.dead_letters(business, before_id, kAtOnce);
        if (!letters) return tl::unexpected(letters.error());
        for (const dispatch::DeadLetter& letter : *letters) {
            if (to_string(letter.kind) == kind) return true;
        }
        if (std::ssize(*letters) < kAtOnce) return false;
        before_id = letters->back().id;
    }
}

}  // namespace gatehouse::app
