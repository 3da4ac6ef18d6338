// One mail over SMTP, with libcurl. It comes as an HttpCall, so that policy, secrets, rate and
// steps are those of every outbound request:
//
//   method        POST
//   url           smtps://host[:465] or smtp://host[:587]
//   headers       Mail-From: one address; Rcpt-To: one address each; Mail-User, Mail-Password: both
//                 or none; no others
//   body          the whole message (RFC 5322)
//
// The reply's status is the server's last SMTP code: 250 when it has taken the mail.
#pragma once

#include "base/result.hpp"
#include "egress/curl_guard.hpp"
#include "egress/http_client.hpp"
#include "egress/url.hpp"

namespace gatehouse::egress {

// smtp:// demands STARTTLS, unless the address is one of egress.allow_private. A connection of its
// own each time; nothing is kept. Errors as HttpClient::send(); kForbidden also when the server
// offers no STARTTLS. A mail to several is taken for all or for none. [any thread; blocks]
Result<HttpReply> send_mail(CurlShared& shared, const HttpCall& call, const Url& url);

}  // namespace gatehouse::egress
