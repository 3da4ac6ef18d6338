// ReferenceFiller: puts a connection's secrets into one request, where its references stand.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "egress/http_client.hpp"
#include "egress/secrets.hpp"

namespace gatehouse::egress {

inline constexpr std::string_view kReference = "{{secret:";  // how each of them begins

// Secrets::fill_in(). [one thread]
class ReferenceFiller {
  public:
    // `secrets` outlive it.
    explicit ReferenceFiller(const Secrets& secrets) : secrets_(secrets) {}

    Result<void> fill(HttpCall& call) const;

  private:
    using Encode = std::string (*)(std::string_view);

    Result<void> fill_text(std::string& text, Encode encode, bool takes_bare_names) const;
    Result<void> fill_header(const std::string& name, std::string& value) const;
    Result<const Secret*> find(std::string_view what, bool takes_bare_names) const;

    const Secrets& secrets_;
};

}  // namespace gatehouse::egress
