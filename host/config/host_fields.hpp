// The keys of gatehouse.yaml and of a business file, for the reader and for the schema.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/fields.hpp"

namespace gatehouse::config {

// Where plugins and businesses lie if gatehouse.yaml does not say.
void set_defaults(Config& out, std::filesystem::path& businesses);

// gatehouse.yaml; `businesses` is the folder that its key of that name gives.
void host_fields(Fields& fields, Config& out, std::filesystem::path& businesses);

// Its section `admin`.
void admin_fields(Fields& fields, Admin& out);

// Section `quota` of both.
void quota_fields(Fields& fields, Quota& out);
// Its section `store`.
void store_fields(Fields& fields, Store& out);

// `isolation`: what shares a runner process.
void isolation_field(Fields& fields, bool& is_isolated, const About& about);

// businesses.d/*.yaml. Checks the file's own names too: every connection that is spoken of must
// stand in it. `allow_private` comes from gatehouse.yaml, and so does
// what `out` holds before.
void business_fields(Fields& fields, const std::vector<std::string>& allow_private, Business& out);

}  // namespace gatehouse::config
