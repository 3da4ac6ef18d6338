// A whole plugin against a vendor that answers with any bytes: what comes of a call fits the
// function's schema, or is an error that the plugin meant. Linked once with each vendor's plugin.
//
// The first line of an input is what is called ("active", "inventory.list") and, behind a blank,
// the references that the host had kept. Each further line is an answer, "200 BODY", or for
// inbound.parse what the vendor sent.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "gatehouse/sdk/testing.hpp"
#include "plugins/documents.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace {

using gatehouse::sdk::Json;

Json settings() {
    Json secrets = Json::parse(PLUGIN_SETTINGS);
    for (auto& [name, value] : secrets.items()) {
        if (value == "secret") value = "{{secret:" + name + "}}";
    }
    return secrets;
}

// The host hands texts on as UTF-8, whatever came.
std::string as_utf8(std::string_view text) {
    const std::string written = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    return Json::parse(written).get<std::string>();
}

class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}

    bool is_at_end() const { return rest_.empty(); }

    std::string_view next() {
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        return line;
    }

  private:
    std::string_view rest_;
};

Json answer_of(std::string_view line) {
    int status = 0;
    std::size_t at = 0;
    for (; at < line.size() && at < 3 && line[at] >= '0' && line[at] <= '9'; ++at)
        status = status * 10 + (line[at] - '0');
    if (at == 3 && at < line.size() && line[at] == ' ') line.remove_prefix(4);
    if (status < 200) status = 200;
    return {{"status", status},
            {"headers", {{"x-collection-range", "0-249/600"}, {"retry-after", "3"}}},
            {"body", as_utf8(line)}};
}

Json access_request(const std::string& state, Json references) {
    const bool is_ended = state == "ended";
    return {{"schema", 1},
            {"rental",
             {{"id", "r1"},
              {"unit_id", "u1"},
              {"unit_name", "A12"},
              {"site_id", "s1"},
              {"business", "acme"}}},
            {"renter",
             {{"id", "o1"},
              {"name", "Ada Example"},
              {"email", "ada@example.com"},
              {"phone", "+4791234567"},
              {"language", "en"}}},
            {"state", state},
            {"targets", is_ended ? Json::array() : Json(Json::parse(PLUGIN_TARGETS))},
            {"window", {{"from", nullptr}, {"until", "2026-12-31T23:00:00.000Z"}}},
            {"credential", is_ended ? Json() : Json(Json::parse(PLUGIN_CREDENTIAL))},
            {"references", std::move(references)},
            {"reasons", {"occupied"}}};
}

// The function that `word` means and its request; an unknown word means an active rental.
std::pair<std::string, Json> request_of(const std::string& word, Json references, Lines& lines) {
    if (word == "targets.list" || word == "inventory.list")
        return {word, {{"schema", 1}, {"cursor", nullptr}}};
    if (word == "access.probe") return {word, {{"schema", 1}}};
    if (word == "inbound.parse") {
        return {word, {{"schema", 1}, {"headers", Json::array()}, {"body", as_utf8(lines.next())}}};
    }
    if (word == "events.subscribe") {
        return {word,
                {{"schema", 1},
                 {"url", "https://hooks.example/in/acme/doors"},
                 {"secret", "{{secret:webhook_secret}}"},
                 {"targets", Json::parse(PLUGIN_TARGETS)}}};
    }
    if (word == "events.catch_up") {
        return {word, {{"schema", 1}, {"since", "2026-11-01T00:00:00.000Z"}, {"cursor", nullptr}}};
    }
    const bool is_state = word == "suspended" || word == "ended" || word == "scheduled";
    return {"access.apply", access_request(is_state ? word : "active", std::move(references))};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Lines lines({reinterpret_cast<const char*>(data), size});
    const std::string_view first = lines.next();
    const std::size_t blank = std::min(first.find(' '), first.size());
    Json references = Json::parse(first.substr(std::min(blank + 1, first.size())), nullptr, false);
    if (!references.is_object()) references = Json::object();
    const auto [function, request] =
        request_of(std::string(first.substr(0, blank)), std::move(references), lines);

    gatehouse::sdk::TestHost host;
    host.on_http([&](const Json&) -> Json {
        if (lines.is_at_end()) return {{"kind", GATEHOUSE_UNAVAILABLE}, {"message", "no answer"}};
        return answer_of(lines.next());
    });
    host.create(gatehouse_entry_v1, settings());
    const gatehouse::sdk::Outcome outcome = host.call(function, request);
    if (outcome.kind == GATEHOUSE_OK) {
        const std::string result = outcome.document.dump();
        if (!gatehouse::plugins::read_result(function, result)) std::abort();
    } else if (outcome.message.starts_with("the plugin threw")) {
        std::abort();
    }
    return 0;
}
