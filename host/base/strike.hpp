// Strike: finds texts that must not be told, however they are written, and puts something else in
// their place (promise P8).
//
// A text is found as it is; with any of its characters escaped as in JSON (also twice, as in JSON
// within JSON), as in a URL or form (%41, %2541, + for a blank) or as in HTML; in base64 and
// base64url, alone or within something longer, at whatever place, with line breaks or without; and
// in hex. It is not found in two parts, or encrypted, or compressed.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace gatehouse {

// Immutable once made. [any thread]
class Strike {
  public:
    // Shorter texts stay where they are: they would be found everywhere.
    static constexpr std::size_t kMinBytes = 4;
    // From this size on a text is found within words, too; a shorter one only where letters and
    // digits around it do not go on. One of digits alone never counts within a longer number.
    static constexpr std::size_t kMinBytesWithin = 6;

    struct Text {
        Secret value;
        std::string mask = "***";  // instead of it; of its base64 and hex it is always "***"
    };

    Strike() = default;
    explicit Strike(const std::vector<Text>& texts);

    bool empty() const { return needles_.empty(); }

    // `text` without any of them. JSON stays JSON, but for a number that is one of them.
    std::string out_of(std::string text) const;

    // The index of a text, `from` or later, that stands in `text`; nothing if none does.
    std::optional<std::size_t> find_in(std::string_view text, std::size_t from = 0) const;

  private:
    enum class Form : std::uint8_t { kPlain, kBase64, kHex };
    struct Needle {
        std::uint32_t begin;  // within bytes_
        std::uint32_t size;
        std::uint16_t text;
        std::uint16_t next;  // with the same first byte; kNone = none
        Form form;
        bool is_apart;   // no letter or digit may stand beside it
        bool is_number;  // no digit may stand beside it
    };
    struct Hit {
        std::size_t begin;
        std::size_t end;
        const Needle* needle;
    };
    static constexpr std::uint16_t kNone = 0xffff;

    void add(std::string_view bytes, std::size_t text, Form form, bool is_apart, bool is_number);
    void add_base64(std::string_view value, std::size_t text);
    std::optional<Hit> next(std::string_view text, std::size_t at, std::size_t from) const;
    std::optional<Hit> match(std::string_view text, std::size_t at, char first,
                             std::size_t from) const;
    std::size_t end_of(const Needle& needle, std::string_view text, std::size_t at) const;
    bool stands_alone(const Needle& needle, std::string_view text, const Hit& hit) const;

    std::vector<Needle> needles_;
    std::vector<std::string> masks_;
    Secret bytes_;                            // of all needles, one after the other
    std::array<std::uint16_t, 256> first_{};  // by first byte; meaningful unless empty()
    std::bitset<4096> pairs_;                 // what needles begin with, for a quick no
};

}  // namespace gatehouse
