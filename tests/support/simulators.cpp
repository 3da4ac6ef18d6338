#include "support/simulators.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/encoding.hpp"

namespace gatehouse::test {
namespace {

using nlohmann::json;

// Loads answer when they are complete.
constexpr long kCallTimeoutMs = 300'000;

struct CurlGlobal {
    CurlGlobal() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

std::size_t append(char* data, std::size_t size, std::size_t count, void* into) {
    static_cast<std::string*>(into)->append(data, size * count);
    return size * count;
}

}  // namespace

Simulators::Simulators(std::vector<std::string> arguments)
    : process_({binary_dir() / "gatehouse-simulators", std::move(arguments), {}, false}) {
    static const CurlGlobal curl_global;
    const auto line = process_.wait_for_line(
        [](const std::string& text) { return text.find("control_port") != std::string::npos; });
    ports_ = json::parse(line.value_or(""), nullptr, false);
    if (!ports_.is_object()) {
        throw std::runtime_error("the simulators did not start: " + process_.output());
    }
}

std::uint16_t Simulators::port(const std::string& service) const {
    return ports_.value(service + "_port", std::uint16_t{0});
}

std::vector<std::string> Simulators::authorities() const {
    std::vector<std::string> all;
    for (const auto& [name, port] : ports_.items()) {
        if (name != "control_port") {
            all.push_back("127.0.0.1:" + port.dump());
        }
    }
    return all;
}

std::string Simulators::url(const std::string& service) const {
    return "http://127.0.0.1:" + std::to_string(port(service));
}

std::string Simulators::storeganise_api(const std::string& business) const {
    return url("storeganise") + "/b/" + percent_encode(business) + "/api";
}

json Simulators::post(const std::string& verb, const json& body) const {
    return call("POST", verb, body.is_null() ? "{}" : body.dump());
}

json Simulators::get(const std::string& verb_and_query) const {
    return call("GET", verb_and_query, "");
}

json Simulators::erase(const std::string& verb) const {
    return call("DELETE", verb, "");
}

json Simulators::call(const std::string& method, const std::string& verb,
                      const std::string& body) const {
    const std::string url = "http://127.0.0.1:" + std::to_string(control_port()) + "/_sim/" + verb;
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   curl_easy_cleanup);
    std::string answer;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kCallTimeoutMs);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
    if (!body.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
    }
    const CURLcode code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) return {{"error", curl_easy_strerror(code)}};
    json parsed = json::parse(answer, nullptr, false);
    if (parsed.is_discarded()) return {{"error", "not JSON: " + shorten(answer, 200)}};
    return parsed;
}

std::vector<std::string> Simulators::open_doors(const std::string& email) const {
    return lock_names("doors?email=" + percent_encode(email));
}

std::vector<std::string> Simulators::locks_opened_by(const std::string& pin) const {
    return lock_names("doors?pin=" + percent_encode(pin));
}

std::vector<std::string> Simulators::locks_opened_with(const std::string& phone) const {
    return lock_names("doors?phone=" + percent_encode(phone));
}

std::vector<std::string> Simulators::lock_names(const std::string& verb_and_query) const {
    std::vector<std::string> names;
    for (const json& door : get(verb_and_query)) {
        if (door.is_object()) names.push_back(door.value("lock_name", ""));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace gatehouse::test
