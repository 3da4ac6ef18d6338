// Secrets: what a connection must not tell, and the references by which a plugin names it. Egress
// fills references in on the way out and strikes secrets from what comes back (promise P8).
//
// A reference is {{secret:KEY:NAME}}. KEY is random, made anew for each connection of each process:
// nobody but the plugin, which gets it with its settings, can write one. docs/egress.md, "Secrets".
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/strike.hpp"
#include "egress/http_client.hpp"

namespace gatehouse::egress {

// Immutable; copies share what they hold. [any thread]
class Secrets {
  public:
    using Values = std::map<std::string, Secret>;

    Secrets() = default;  // none
    // `untold` holds further texts to be struck, which no reference names.
    Secrets(Values values, Random& random, const std::vector<Secret>& untold = {});

    // Null if there is none of this name.
    const Secret* named(std::string_view name) const;

    // The reference to it; empty if there is none of this name.
    std::string reference(std::string_view name) const;

    // Fills every reference of the call in: as it is in header values, percent-encoded in the URL,
    // and in the body as its Content-Type asks: escaped for a JSON string, percent-encoded for a
    // form, as it is otherwise. Filled-in text is not looked at again. In a header's value
    // {{base64:...}}, which ends with the value, stands for the base64 of what is in it, for Basic
    // authentication; signatures are made last (signatures.hpp).
    //
    // In headers that are there to carry credentials, {{secret:NAME}} without a key is good as
    // well, as ABI 1.0 allowed it: no text from outside stands there.
    //
    // kInvalid: a reference of another process or connection, without a key, of an unknown name or
    // without an end; one that was encoded; a secret that cannot stand in a header. The message
    // names the secret, never its value.
    Result<void> fill_in(HttpCall& call) const;

    // `text` without any secret, however written (base/strike.hpp), and with no reference's key:
    // for all that is kept or told.
    std::string struck(std::string text) const;

    // The same for all copies, and for nothing else; null if there are none.
    const void* identity() const { return book_.get(); }

    // The name of a secret to which `text` holds a reference, encoded or not; empty if none.
    std::string referred_in(std::string_view text) const;

  private:
    struct Book {
        Values values;
        std::map<std::string, std::string, std::less<>> keys;  // by name
        std::vector<std::string> names;  // in the order of `strike`'s last texts
        std::size_t first_key = 0;       // the first of those
        Strike strike;
    };

    std::shared_ptr<const Book> book_;  // shared: a policy is copied for each call; null = none
};

// `json` with no "{{" left in its texts (outside of them JSON has none), also where it is written
// as \u007b in a JSON text. No such text is a reference; this keeps it from being taken for a
// broken one, and out of headers in which {{secret:NAME}} is good.
std::string without_references(std::string json);

}  // namespace gatehouse::egress
