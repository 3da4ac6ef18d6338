#include "edge/ticket_keys.hpp"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/encoding.hpp"
#include "base/unique_fd.hpp"
#include "observe/log.hpp"

namespace gatehouse::edge {

namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kSealsForMs = 12 * kHourMs;
constexpr std::int64_t kOpensForMs = 36 * kHourMs;
constexpr std::int64_t kTryAgainMs = 60'000;
constexpr std::size_t kMaxFileBytes = 64UL * 1024;

int context_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

// What OpenSSL asks for each ticket that it seals or opens.
int ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
               EVP_MAC_CTX* mac, int seal) {
    constexpr int kNoTicket = 0;
    constexpr int kGood = 1;
    constexpr int kGoodForOnce = 2;
    if (SSL_version(ssl) < TLS1_3_VERSION) return kNoTicket;
    const auto* owner =
        static_cast<const TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index()));
    const auto keys = owner->in_force();
    const auto named = [name](const TicketKey& key) {
        return std::equal(
            name, name + TicketKey::kNameBytes, key.bytes.reveal().begin(),
            [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); });
    };
    const auto key = seal == 1 ? keys->begin() : std::find_if(keys->begin(), keys->end(), named);
    if (key == keys->end()) return kNoTicket;

    std::string parts = key->bytes.reveal();
    unsigned char* const bytes = bytes_of(parts);
    unsigned char* const cipher_key = bytes + TicketKey::kNameBytes;
    unsigned char* const mac_key = cipher_key + TicketKey::kKeyBytes;
    char digest[] = "SHA256";
    const std::array<OSSL_PARAM, 3> parameters{
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, mac_key, TicketKey::kKeyBytes),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_END};
    bool is_set = EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
    if (seal == 1) {
        std::copy_n(bytes, TicketKey::kNameBytes, name);
        is_set = is_set && RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
                 EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, cipher_key, iv) == 1;
    } else {
        is_set =
            is_set && EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, cipher_key, iv) == 1;
    }
    OPENSSL_cleanse(parts.data(), parts.size());
    if (!is_set) return kNoTicket;
    // Clients use a session of TLS 1.3 once: without a new ticket for each that is taken, every
    // second connection would be a full handshake.
    return seal == 1 ? kGood : kGoodForOnce;
}

std::string last_error() {
    return std::generic_category().message(errno);
}

std::vector<std::int64_t> look_of(const std::filesystem::path& file) {
    struct stat about {};
    if (::stat(file.c_str(), &about) != 0) return {};
    return {static_cast<std::int64_t>(about.st_ino), static_cast<std::int64_t>(about.st_size),
            static_cast<std::int64_t>(about.st_mtim.tv_sec),
            static_cast<std::int64_t>(about.st_mtim.tv_nsec)};
}

bool is_newer(const TicketKey& a, const TicketKey& b) {
    return a.made_ms > b.made_ms;
}

}  // namespace

Result<std::vector<TicketKey>> read_ticket_keys(std::string_view text) {
    std::vector<TicketKey> keys;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#') continue;
        const std::size_t blank = line.find(' ');
        TicketKey key;
        const char* const stop = line.data() + std::min(blank, line.size());
        const auto [read, error] = std::from_chars(line.data(), stop, key.made_ms);
        key.bytes = Secret(
            from_hex(blank == std::string_view::npos ? "" : line.substr(blank + 1)).value_or(""));
        if (error != std::errc() || read != stop || key.made_ms < 0 ||
            key.bytes.reveal().size() != TicketKey::kBytes) {
            return fail(ErrorKind::kInvalid,
                        "line " + std::to_string(number) + " is no ticket key");
        }
        keys.push_back(std::move(key));
    }
    return keys;
}

std::string write_ticket_keys(const std::vector<TicketKey>& keys) {
    std::string text;
    for (const TicketKey& key : keys) {
        text.append(std::to_string(key.made_ms)).append(" ");
        text.append(to_hex(key.bytes.reveal())).append("\n");
    }
    return text;
}

TicketKeys::TicketKeys(std::optional<std::filesystem::path> file, std::string name,
                       const Clock& clock, Random& random)
    : file_(std::move(file)),
      name_(std::move(name)),
      clock_(clock),
      random_(random),
      keys_(std::make_shared<const Keys>()) {
    refresh();
}

void TicketKeys::serve(SSL_CTX* context) {
    SSL_CTX_set_ex_data(context, context_index(), this);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, ticket_key);
}

std::shared_ptr<const std::vector<TicketKey>> TicketKeys::in_force() const {
    const std::lock_guard lock(mutex_);
    return keys_;
}

void TicketKeys::refresh() {
    read_if_changed();
    const auto keys = in_force();
    const UnixMs now_ms = clock_.now_ms();
    // A clock that was ahead must not keep a key for ever.
    const bool is_fresh = !keys->empty() && keys->front().made_ms <= now_ms + kHourMs &&
                          now_ms - keys->front().made_ms < kSealsForMs;
    if (is_fresh) return;
    const std::int64_t steady_ms = clock_.steady_ns() / 1'000'000;
    if (!keys->empty() && steady_ms < next_try_ms_) return;
    next_try_ms_ = steady_ms + kTryAgainMs;
    make_key();
}

void TicketKeys::read_if_changed() {
    if (!file_ || look_of(*file_) == seen_) return;
    if (auto keys = read_file()) put_in_force(std::move(*keys));
}

std::optional<std::vector<TicketKey>> TicketKeys::read_file() {
    seen_ = look_of(*file_);
    const UniqueFd fd(::open(file_->c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.is_open()) {
        if (errno == ENOENT) {
            complaint_.clear();
        } else {
            complain(last_error());
        }
        return std::nullopt;
    }
    struct stat about {};
    if (::fstat(fd.get(), &about) != 0 || (about.st_mode & S_IRWXO) != 0) {
        complain("it is open to everybody: chmod 600 it");
        return std::nullopt;
    }
    std::string text(kMaxFileBytes, '\0');
    const ssize_t got = ::read(fd.get(), text.data(), text.size());
    const std::string_view read(text.data(), got < 0 ? 0 : static_cast<std::size_t>(got));
    auto keys = read_ticket_keys(read);
    OPENSSL_cleanse(text.data(), text.size());
    if (!keys) {
        complain(keys.error().message);
        return std::nullopt;
    }
    complaint_.clear();
    return std::move(*keys);
}

// Hosts that share the file make one key for all: the lock is held from the look to the writing.
void TicketKeys::make_key() {
    Keys keys = *in_force();
    UniqueFd lock;
    if (file_) {
        lock = UniqueFd(::open((file_->string() + ".lock").c_str(),
                               O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (lock.is_open() && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return;  // another does
        if (auto stored = read_file()) keys = std::move(*stored);
    }
    const UnixMs now_ms = clock_.now_ms();
    const auto is_due = [now_ms](const TicketKey& key) {
        return now_ms - key.made_ms >= kSealsForMs || key.made_ms > now_ms + kHourMs;
    };
    if (keys.empty() || std::all_of(keys.begin(), keys.end(), is_due)) {
        keys.erase(std::remove_if(keys.begin(), keys.end(),
                                  [now_ms](const TicketKey& key) {
                                      return now_ms - key.made_ms >= kOpensForMs ||
                                             key.made_ms > now_ms + kHourMs;
                                  }),
                   keys.end());
        keys.push_back({now_ms, Secret(random_.bytes(TicketKey::kBytes))});
        std::sort(keys.begin(), keys.end(), is_newer);
        // What somebody else wrote there is not overwritten.
        if (file_ && complaint_.empty()) {
            if (const auto stored = store(keys); !stored) complain(stored.error().message);
        }
    }
    put_in_force(std::move(keys));
}

// Under another name first, so that no host reads half a file.
Result<void> TicketKeys::store(const Keys& keys) {
    const std::string draft = file_->string() + ".new";
    std::string text = write_ticket_keys(keys);
    const UniqueFd fd(
        ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    const bool is_written =
        fd.is_open() &&
        ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(fd.get()) == 0 && ::rename(draft.c_str(), file_->c_str()) == 0;
    const std::string reason = is_written ? "" : last_error();
    OPENSSL_cleanse(text.data(), text.size());
    seen_ = look_of(*file_);
    if (!is_written) return fail(ErrorKind::kUnavailable, reason);
    complaint_.clear();
    return {};
}

void TicketKeys::complain(const std::string& reason) {
    if (reason == complaint_) return;
    complaint_ = reason;
    observe::warn(name_, "the file of the ticket keys cannot be used; sessions are not shared",
                  {{"file", file_->string()}, {"reason", reason}});
}

void TicketKeys::put_in_force(Keys keys) {
    std::sort(keys.begin(), keys.end(), is_newer);
    auto next = std::make_shared<const Keys>(std::move(keys));
    const std::lock_guard lock(mutex_);
    keys_ = std::move(next);
}

}  // namespace gatehouse::edge
