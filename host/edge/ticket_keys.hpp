// TicketKeys: the keys under which clients carry their TLS sessions themselves (RFC 5077, RFC 8446
// 4.6.1), so that they resume on any worker, after a restart and on another host with the same
// file. The newest key seals; older ones open what they sealed. Format of the file:
// docs/formats/ticket-keys.md.
//
// Sessions of TLS 1.2 are not handed out: their ticket holds what decrypts them, and a key that
// lies in a file would undo their forward secrecy. In TLS 1.3 a resumed session has a key exchange
// of its own.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace gatehouse::edge {

struct TicketKey {
    UnixMs made_ms = 0;
    Secret bytes;  // name, AES-256 key, HMAC key: 16, 32, 32

    static constexpr std::size_t kNameBytes = 16;
    static constexpr std::size_t kKeyBytes = 32;
    static constexpr std::size_t kBytes = kNameBytes + 2 * kKeyBytes;
};

// Oldest first. kInvalid with the number of the line that is none.
Result<std::vector<TicketKey>> read_ticket_keys(std::string_view text);
std::string write_ticket_keys(const std::vector<TicketKey>& keys);

class TicketKeys {
  public:
    // Without a file the keys live as long as the process. `clock` and `random` outlive it.
    // `name` is the component that speaks in the log.
    TicketKeys(std::optional<std::filesystem::path> file, std::string name, const Clock& clock,
               Random& random);

    // Reads the file if it changed and makes a new key when the newest is old enough. A file that
    // cannot be read or written is said once; the keys at hand stay in force. [one thread]
    void refresh();

    // Makes the context seal and open under these keys, which outlive it. [any thread]
    void serve(SSL_CTX* context);

    // Newest first. [any thread]
    std::shared_ptr<const std::vector<TicketKey>> in_force() const;

  private:
    using Keys = std::vector<TicketKey>;

    std::optional<Keys> read_file();
    void read_if_changed();
    void make_key();
    Result<void> store(const Keys& keys);
    void complain(const std::string& reason);
    void put_in_force(Keys keys);

    const std::optional<std::filesystem::path> file_;
    const std::string name_;
    const Clock& clock_;
    Random& random_;
    std::string complaint_;  // the last one
    std::int64_t next_try_ms_ = 0;
    std::vector<std::int64_t> seen_;  // what the file looked like when it was read

    mutable std::mutex mutex_;
    std::shared_ptr<const Keys> keys_;  // guarded by mutex_
};

}  // namespace gatehouse::edge
