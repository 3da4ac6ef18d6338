// Any bytes as a text in which a renter is looked for: what stands beside them is found all the
// same, however they end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "store/renter_words.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    gatehouse::store::RenterWords words;
    words.add_id("renter-7");
    words.add_email("Ann.Lee@example.com");
    words.add_phone("+44 7700 900123");
    words.add_name("Ann Lee");
    (void)words.are_of(text);
    for (const char* said : {" renter-7 ", " ANN.LEE@example.com ", ",07700 900123,"}) {
        if (!words.are_in(text + said) || !words.are_in(said + text)) std::abort();
    }
    gatehouse::store::RenterWords others;
    others.add_id(text);
    others.add_email(text);
    others.add_phone(text);
    others.add_name(text);
    (void)others.are_in(text);
    return 0;
}
