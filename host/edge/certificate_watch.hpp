// CertificateWatch: the certificate in force. It looks at the files by path when a handshake
// begins, at most once a second, so it sees files that were edited, renamed over, or reached
// through a swapped symlink or directory, and costs nothing while no one connects.
// [acceptor's thread]
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "edge/ticket_keys.hpp"
#include "edge/tls_context.hpp"

namespace gatehouse::edge {

class CertificateWatch {
  public:
    // kInvalid when the pair cannot be used. `name` is the component that speaks in the log.
    // `tickets`, if any, is kept fresh and serves every context; it outlives them.
    static Result<CertificateWatch> open(TlsFiles files, std::string name,
                                         TicketKeys* tickets = nullptr);

    // The context for a handshake that begins now. A broken new pair is logged, the old one kept
    // and the files tried again a second later.
    SSL_CTX* current(std::int64_t now_ms);

    std::int64_t not_after_ms() const { return in_force_.not_after_ms; }

  private:
    // Where a path leads and what is there.
    using Fingerprint = std::array<std::int64_t, 10>;

    CertificateWatch(TlsFiles files, std::string name, Fingerprint seen, TlsContext context,
                     TicketKeys* tickets);

    static Fingerprint fingerprint(const TlsFiles& files);
    void reload(const Fingerprint& now);
    void put_in_force(TlsContext context);

    TlsFiles files_;
    std::string name_;
    Fingerprint loaded_{};
    Fingerprint refused_{};
    TlsContext in_force_;
    TicketKeys* tickets_;
    std::int64_t next_look_ms_ = 0;
};

}  // namespace gatehouse::edge
