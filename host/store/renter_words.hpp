// RenterWords: by which words a text speaks of one renter, however they are written there: e-mail
// addresses in any case and with blanks, phone numbers with or without their country's code, ids as
// whole words, any of them within JSON. [one thread]
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace gatehouse::store {

class RenterWords {
  public:
    // Ids of the renter and of rentals.
    void add_id(std::string_view id);

    // What is too short is passed over: it would be found in texts about others.
    void add_email(std::string_view email);
    void add_phone(std::string_view phone);

    // Names are two people's too easily: they only tell whom are_of() a person's name means.
    void add_name(std::string_view name);

    // Whether an id, an e-mail address or a phone number of the renter stands in the text.
    bool are_in(std::string_view text) const;

    // Whether what a vendor calls the person at a door is the renter.
    bool are_of(std::string_view person) const;

  private:
    bool has_phone(std::string_view text) const;

    std::set<std::string, std::less<>> ids_;
    std::set<std::string> emails_;  // in small letters, without blanks
    std::set<std::string> phones_;  // digits, without zeros before them
    std::set<std::string> names_;   // in small letters, with single blanks
};

}  // namespace gatehouse::store
