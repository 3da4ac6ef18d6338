#include "access/pin.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/encoding.hpp"
#include "base/unique_fd.hpp"

namespace gatehouse::access {
namespace {

constexpr int kUsualDigits = 6;
constexpr std::size_t kLongestRun = 3;
constexpr int kMaxTries = 1000;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kMaxFileBytes = 1024;

// Whether more than kLongestRun digits in a row go on by the same step.
bool has_run(std::string_view pin, int step) {
    std::size_t length = 1;
    for (std::size_t i = 1; i < pin.size(); ++i) {
        length = pin[i] - pin[i - 1] == step ? length + 1 : 1;
        if (length > kLongestRun) {
            return true;
        }
    }
    return false;
}

tl::unexpected<Error> no_key(const std::filesystem::path& file, const std::string& why) {
    return fail(ErrorKind::kUnavailable, "the PIN key " + file.string() + ": " + why);
}

std::string last_error() {
    return std::generic_category().message(errno);
}

// Without waiting: a FIFO in its place must not stop the start.
UniqueFd open_to_read(const std::filesystem::path& file) {
    return UniqueFd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

Result<std::string> read_key(int fd, const std::filesystem::path& file) {
    struct stat about {};
    if (::fstat(fd, &about) != 0) {
        return no_key(file, last_error());
    }
    if (!S_ISREG(about.st_mode)) {
        return fail(ErrorKind::kInvalid, "the PIN key " + file.string() + " is no regular file");
    }
    if ((about.st_mode & S_IRWXO) != 0) {
        return fail(ErrorKind::kInvalid,
                    "the PIN key " + file.string() + " is open to everybody: chmod 600 it");
    }
    std::array<char, kMaxFileBytes> bytes{};
    const ssize_t got = ::read(fd, bytes.data(), bytes.size());
    if (got < 0) {
        return no_key(file, last_error());
    }
    std::string text(bytes.data(), static_cast<std::size_t>(got));
    text.erase(std::find(text.begin(), text.end(), '\n'), text.end());
    const Result<std::string> key = from_hex(text);
    if (!key || key->size() < kKeyBytes) {
        return fail(ErrorKind::kInvalid,
                    "the PIN key " + file.string() + " does not hold 64 hex digits");
    }
    return *key;
}

// Under another name first: a key that is half written must never be taken for one.
Result<void> write_key(const std::filesystem::path& file, Random& random) {
    const std::filesystem::path draft = file.string() + ".new";
    const UniqueFd fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const std::string text = to_hex(random.bytes(kKeyBytes)) + "\n";
    const bool is_written =
        fd.get() >= 0 &&
        ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(fd.get()) == 0;
    if (!is_written || ::rename(draft.c_str(), file.c_str()) != 0) {
        return no_key(file, last_error());
    }
    return {};
}

}  // namespace

std::string PinKey::hash(const std::string& business, const std::string& site_id,
                         std::string_view pin) const {
    std::string message = business;
    message.append(1, '\0').append(site_id).append(1, '\0').append(pin);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const std::string& key = key_.reveal();
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(),
         &size);
    return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string fault_in_pin(const plugins::PinRule& rule, std::string_view pin) {
    if (pin.find_first_not_of("0123456789") != std::string_view::npos) {
        return "it holds more than digits";
    }
    const auto length = static_cast<int>(std::min<std::size_t>(pin.size(), 1000));
    if (length < rule.least_digits || length > rule.most_digits) {
        return "it must have " + std::to_string(rule.least_digits) +
               (rule.least_digits == rule.most_digits ? ""
                                                      : " to " + std::to_string(rule.most_digits)) +
               " digits";
    }
    if (pin.find_first_not_of(rule.alphabet) != std::string_view::npos) {
        return "it may only hold the digits " + rule.alphabet;
    }
    for (const std::string& prefix : rule.forbidden_prefixes) {
        if (pin.starts_with(prefix)) {
            return "it may not begin with " + prefix;
        }
    }
    if (has_run(pin, 1) || has_run(pin, -1)) {
        return "its digits count up or down";
    }
    if (has_run(pin, 0)) {
        return "it repeats one digit";
    }
    return "";
}

Result<Secret> make_pin(const plugins::PinRule& rule, Random& random) {
    const int digits = std::clamp(kUsualDigits, rule.least_digits, rule.most_digits);
    for (int i = 0; i < kMaxTries && !rule.alphabet.empty(); ++i) {
        std::string pin;
        for (int digit = 0; digit < digits; ++digit) {
            pin += rule.alphabet[random.below(rule.alphabet.size())];
        }
        if (fault_in_pin(rule, pin).empty()) {
            return Secret(std::move(pin));
        }
    }
    return fail(ErrorKind::kUnsupported, "the plugin's rule leaves no PIN to choose");
}

Result<PinKey> open_pin_key(const std::filesystem::path& file, Random& random) {
    for (const bool may_make : {true, false}) {
        const UniqueFd fd = open_to_read(file);
        if (fd.get() >= 0) {
            Result<std::string> key = read_key(fd.get(), file);
            if (!key) {
                return tl::unexpected(key.error());
            }
            return PinKey(Secret(std::move(*key)));
        }
        if (errno != ENOENT || !may_make) {
            break;
        }
        if (Result<void> written = write_key(file, random); !written) {
            return tl::unexpected(written.error());
        }
    }
    return no_key(file, last_error());
}

PinKeyLook look_at_pin_key(const std::filesystem::path& file) {
    PinKeyLook look;
    const UniqueFd fd = open_to_read(file);
    if (fd.get() < 0) {
        if (errno != ENOENT) look.fault = no_key(file, last_error()).value().message;
        return look;
    }
    if (const Result<std::string> key = read_key(fd.get(), file); !key) {
        look.fault = key.error().message;
        return look;
    }
    struct stat about {};
    if (::fstat(fd.get(), &about) == 0 && (about.st_mode & S_IRWXG) != 0) {
        look.doubt = "the PIN key " + file.string() + " is open to its group";
    }
    return look;
}

}  // namespace gatehouse::access
