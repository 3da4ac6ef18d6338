#include "references.hpp"

#include <charconv>

namespace gatehouse::nuki {
namespace {

std::optional<Asked> asked_in(const Json& entry) {
    const auto found = entry.find("asked");
    if (found == entry.end() || !found->is_object()) return std::nullopt;
    const auto at_ms = found->find("at_ms");
    if (at_ms == found->end() || !at_ms->is_number_integer()) return std::nullopt;
    return Asked{at_ms->get<std::int64_t>(), sdk::text_at(*found, "seen"),
                 sdk::flag_at(*found, "new"), sdk::flag_at(*found, "synced")};
}

Json to_json(const HeldCode& code) {
    Json entry = {{"id", code.id}, {"auth", code.auth}};
    if (!code.settled.empty()) entry["settled"] = code.settled;
    if (code.asked) {
        entry["asked"] = {{"at_ms", code.asked->at_ms},
                          {"seen", code.asked->seen},
                          {"new", code.asked->is_new},
                          {"synced", code.asked->was_synced}};
    }
    return entry;
}

}  // namespace

HeldCodes held_codes(const Json& references) {
    HeldCodes codes;
    const auto locks = references.find("locks");
    if (locks == references.end() || !locks->is_object()) return codes;
    for (const auto& [text, entry] : locks->items()) {
        LockId lock = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), lock);
        if (error != std::errc{} || end != text.data() + text.size() || !entry.is_object())
            continue;
        codes[lock] = {sdk::text_at(entry, "id"), sdk::text_at(entry, "auth"), asked_in(entry),
                       sdk::text_at(entry, "settled")};
    }
    return codes;
}

Json to_references(const std::string& business, const std::string& rental_id,
                   const HeldCodes& codes) {
    Json locks = Json::object();
    for (const auto& [lock, code] : codes) {
        locks[std::to_string(lock)] = to_json(code);
    }
    return {{"business", business}, {"rental", rental_id}, {"locks", std::move(locks)}};
}

}  // namespace gatehouse::nuki
