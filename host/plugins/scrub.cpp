#include "plugins/scrub.hpp"

#include <algorithm>
#include <utility>

#include "base/strike.hpp"

namespace gatehouse::plugins {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::ptrdiff_t kMaxQuoted = 1'024;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "482915" stands in "PIN 482915", not in the id "1482915".
bool contains_apart(const std::string& text, const std::string& secret) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + 1)) {
        const std::size_t end = at + secret.size();
        const bool goes_on = (at > 0 && is_digit(text[at - 1]) && is_digit(secret.front())) ||
                             (end < text.size() && is_digit(text[end]) && is_digit(secret.back()));
        if (!goes_on) return true;
    }
    return false;
}

bool is_secret(const nlohmann::json& value, const std::string& secret) {
    if (value.is_string()) return contains_apart(value.get_ref<const std::string&>(), secret);
    return value.is_number_integer() && value.dump() == secret;
}

std::string struck(std::string text, const std::vector<Secret>& secrets) {
    if (secrets.empty()) return text;
    std::vector<Strike::Text> texts;
    texts.reserve(secrets.size());
    for (const Secret& secret : secrets)
        texts.push_back({secret});
    return Strike(texts).out_of(std::move(text));
}

}  // namespace

std::string scrub(std::string text, const std::vector<Secret>& secrets) {
    text = struck(std::move(text), secrets);
    // Within a longer number, too: nothing is lost where people read.
    for (const Secret& secret : secrets) {
        const std::string& value = secret.reveal();
        if (value.empty()) continue;
        for (std::size_t at = text.find(value); at != std::string::npos;
             at = text.find(value, at + kMask.size())) {
            text.replace(at, value.size(), kMask);
        }
    }
    return text;
}

std::string scrub(std::string text, const Untold& untold) {
    return struck(scrub(untold.of_connection.struck(std::move(text)), untold.secrets),
                  untold.quoted);
}

bool holds_secret(const nlohmann::json& document, const Secret& secret) {
    if (secret.empty()) return false;
    const nlohmann::json flat = document.flatten();
    return std::any_of(flat.begin(), flat.end(), [&](const nlohmann::json& value) {
        return is_secret(value, secret.reveal());
    });
}

void SpokenSecrets::begin(const Untold& untold) {
    const std::lock_guard lock(mutex_);
    if (const void* identity = untold.of_connection.identity()) {
        Connection& connection = connections_[identity];
        connection.secrets = untold.of_connection;
        ++connection.calls;
        if (connections_.size() > forget_at_) forget_connections();
    }
    if (untold.secrets.empty()) return;
    forget_past();
    for (const Secret& secret : untold.secrets) {
        entries_.push_back({secret, std::nullopt});
    }
}

void SpokenSecrets::end(const Untold& untold) {
    const std::lock_guard lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + linger_;
    const auto connection = connections_.find(untold.of_connection.identity());
    if (connection != connections_.end()) {
        --connection->second.calls;
        connection->second.until = until;
    }
    for (const Secret& secret : untold.secrets) {
        const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) {
            return !one.until && one.secret.equals(secret.reveal());
        });
        if (entry != entries_.end()) entry->until = until;
    }
}

void SpokenSecrets::hear(const std::vector<Secret>& quoted) {
    const std::lock_guard lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + linger_;
    forget_past();
    for (const Secret& secret : quoted)
        quoted_.push_back({secret, until});
    // A vendor that refuses everything does not make each line dear.
    if (quoted_.size() > kMaxQuoted) quoted_.erase(quoted_.begin(), quoted_.end() - kMaxQuoted);
}

std::string SpokenSecrets::scrub(std::string text) {
    const std::lock_guard lock(mutex_);
    forget_past();
    forget_connections();
    for (const auto& [identity, connection] : connections_)
        text = connection.secrets.struck(std::move(text));
    std::vector<Secret> secrets;
    for (const Entry& entry : entries_) {
        secrets.push_back(entry.secret);
    }
    text = plugins::scrub(std::move(text), secrets);
    secrets.clear();
    for (const Entry& entry : quoted_)
        secrets.push_back(entry.secret);
    return struck(std::move(text), secrets);
}

std::size_t SpokenSecrets::size() {
    const std::lock_guard lock(mutex_);
    return entries_.size() + quoted_.size() + connections_.size();
}

void SpokenSecrets::forget_past() {
    const auto now = std::chrono::steady_clock::now();
    const auto is_past = [&](const Entry& entry) { return entry.until && *entry.until < now; };
    std::erase_if(entries_, is_past);
    std::erase_if(quoted_, is_past);
}

// Done when their number has doubled, so that a call costs the same however many there are.
void SpokenSecrets::forget_connections() {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(connections_, [&](const auto& entry) {
        return entry.second.calls == 0 && entry.second.until < now;
    });
    forget_at_ = std::max<std::size_t>(64, 2 * connections_.size());
}

}  // namespace gatehouse::plugins
