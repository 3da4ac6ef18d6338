// The last look at a request before it goes to the wire: nothing in it may start a new line, a
// second request or change how the message is framed.
#pragma once

#include "base/result.hpp"
#include "egress/http_client.hpp"

namespace gatehouse::egress {

// kInvalid for a method or header name that is no token, a header value with control characters,
// or a header that decides framing, routing or the connection. kAuth where the value with control
// characters is a key's: it is wrong for every request. Messages quote no value.
Result<void> check_call(const HttpCall& call);

}  // namespace gatehouse::egress
