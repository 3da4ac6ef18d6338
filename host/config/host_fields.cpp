#include "config/host_fields.hpp"

#include "config/rules.hpp"

namespace gatehouse::config {
namespace {

constexpr std::int64_t kMiB = 1'048'576;
constexpr std::int64_t kSecondMs = 1'000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr std::size_t kShortestToken = 16;

void tls_fields(Fields& fields, Listen& out) {
    fields.path("certificate", out.certificate, {"the certificate chain, PEM", true});
    fields.path("key", out.key, {"the private key, PEM", true});
    out.certificate_place = fields.place("certificate");
    out.key_place = fields.place("key");
    fields.path("ticket_keys", out.ticket_keys,
                {"the keys of resumed sessions; default: tickets.key beside the database"});
}

void limit_fields(Fields& fields, Listen& out) {
    fields.sized("head", out.max_head_bytes, {"the largest request head (431 above)"}, 1024, kMiB);
    fields.sized("body", out.max_body_bytes, {"the largest request body (413 above)"}, 1024,
                 64 * kMiB);
    fields.sized("bodies", out.max_bodies_bytes,
                 {"memory for the bodies of all requests under way (503 above)"}, kMiB,
                 1024 * kMiB);
    fields.whole("connections", out.max_connections, {"connections open at once"}, 1, 1'000'000);
    fields.whole("connections_per_address", out.max_connections_per_address,
                 {"connections open at once from one client address"}, 1, 1'000'000);
    fields.whole("handshakes_per_address", out.max_handshakes_per_address,
                 {"TLS handshakes a second from one client address that bring no verified event"},
                 1, 1'000'000);
}

void timeout_fields(Fields& fields, Listen& out) {
    fields.lasting("handshake", out.handshake_ms, {"for a whole TLS handshake"}, 100,
                   5 * kMinuteMs);
    fields.lasting("head", out.head_ms, {"for a whole request head (408 after)"}, 100,
                   5 * kMinuteMs);
    fields.lasting("body", out.body_ms, {"for a whole request body (408 after)"}, 100,
                   5 * kMinuteMs);
    fields.lasting("idle", out.idle_ms, {"between two requests of a connection"}, 100, kHourMs);
    fields.lasting("stranger_idle", out.stranger_idle_ms,
                   {"the same, while no verified event came from its address"}, 100, kHourMs);
}

void public_url_field(Fields& fields, Listen& out) {
    fields.text("public_url", out.public_url,
                {"this port's address from outside; vendors' webhooks are registered with it"},
                rules::url());
    while (out.public_url.ends_with('/'))
        out.public_url.pop_back();
    const auto head = url_head(out.public_url);
    if (head && !head->is_tls) {
        fields.error("public_url", "'public_url' is plain http", "use https");
    }
}

void listen_fields(Fields& fields, Listen& out) {
    out.place = fields.place();
    public_url_field(fields, out);
    fields.text("address", out.address, {"the address that webhooks come in at"}, rules::address());
    fields.whole("port", out.port, {"its TCP port; 0 = any free one"}, 0, 65535);
    fields.map("tls", {"the server's certificate and key; read again when they change", true},
               [&](Fields& tls) { tls_fields(tls, out); });
    fields.boolean("proxy_protocol", out.has_proxy_protocol,
                   {"connections of the trusted proxies begin with a PROXY header, v1 or v2"});
    fields.texts("trusted_proxies", out.trusted_proxies,
                 {"addresses or networks of the proxies in front"}, rules::network());
    if (out.has_proxy_protocol && out.trusted_proxies.empty()) {
        fields.error("proxy_protocol", "'proxy_protocol' needs 'trusted_proxies'");
    }
    fields.whole("workers", out.workers, {"threads that serve connections"}, 1, 64);
    fields.map("limits", {"what a client may ask for at most"},
               [&](Fields& limits) { limit_fields(limits, out); });
    fields.map("timeouts", {"how long a client may take"},
               [&](Fields& timeouts) { timeout_fields(timeouts, out); });
}

bool is_loopback(const std::string& address) {
    return address.starts_with("127.") || address == "::1";
}

void dispatch_fields(Fields& fields, Dispatch& out) {
    fields.whole("workers", out.workers,
                 {"tasks worked on at once, without those that wait for somebody outside"}, 1, 256);
    fields.whole("workers_per_business", out.workers_per_business,
                 {"of these, for one business at most"}, 1, 256);
    fields.lasting("first_retry", out.first_retry_ms, {"the pause after the first failure"}, 100,
                   kHourMs);
    fields.lasting("max_retry", out.max_retry_ms, {"the longest pause between two attempts"}, 100,
                   kDayMs);
    fields.lasting("budget", out.budget_ms,
                   {"attempts go on at least this long, then a dead letter"}, 100, 30 * kDayMs);
    fields.lasting("care", out.care_ms,
                   {"how often each connection is looked after: does the vendor answer, does it "
                    "send its events, which were missed"},
                   kSecondMs, 30 * kMinuteMs);
    if (out.first_retry_ms > out.max_retry_ms) {
        fields.error("first_retry", "'first_retry' is longer than 'max_retry'");
    }
    if (out.workers_per_business > out.workers) {
        fields.error("workers_per_business", "'workers_per_business' is larger than 'workers'");
    }
}

void egress_fields(Fields& fields, Egress& out) {
    fields.texts("allow_private", out.allow_private,
                 {"private addresses that may be reached, and reached without TLS"},
                 rules::host_and_port());
    std::filesystem::path ca_file = out.ca_file;
    fields.path("ca_file", ca_file, {"certificates to trust besides the system's, PEM"});
    out.ca_file = ca_file.string();
    fields.texts("connect_to", out.connect_to,
                 {"other addresses for hosts, as api.kisi.io:443=10.0.0.9:8443 for a tunnel"},
                 rules::connect_to());
}

void runner_fields(Fields& fields, Plugins& out) {
    fields.path("path", out.runner, {"the runner's binary; default: beside the host's own"});
    fields.whole("per_plugin", out.runners_per_plugin,
                 {"processes for each plugin, which its connections share"}, 1, 64);
    isolation_field(
        fields, out.is_isolated,
        {"what shares a process: all of a plugin's connections, or each business's alone"});
    fields.lasting("idle", out.idle_ms,
                   {"a process for one business or connection alone ends after so long without a "
                    "call"},
                   kSecondMs, kDayMs);
    fields.whole("max_processes", out.max_processes,
                 {"processes at once for businesses and connections alone"}, 1, 10'000);
    fields.boolean("require_sandbox", out.require_sandbox,
                   {"refuse to load plugins where the kernel cannot lock them in"});
    fields.texts("may_lack", out.sandbox_may_lack,
                 {"parts of the sandbox that the kernel need not have"},
                 {.expected = "'landlock'", .one_of = {"landlock"}});
}

}  // namespace

void store_fields(Fields& fields, Store& out) {
    out.place = fields.place();
    fields.map("sqlite", {"the embedded store", true}, [&](Fields& sqlite) {
        sqlite.path("path", out.sqlite_path, {"the database file", true});
        out.sqlite_place = sqlite.place("path");
    });
    fields.path("pin_key", out.pin_key,
                {"the key of the PINs' hashes; default: pin.key beside the database"});
    std::int64_t keep_ms = out.keep_events_days * kDayMs;
    fields.duration("keep_events", keep_ms, {"how long finished events are kept; whole days"},
                    kDayMs, 3650 * kDayMs);
    out.keep_events_days = static_cast<int>(keep_ms / kDayMs);
    std::int64_t keep_log_ms = out.keep_access_log_days * kDayMs;
    fields.duration("keep_access_log", keep_log_ms,
                    {"how long what happened at the doors is kept; whole days"}, kDayMs,
                    3650 * kDayMs);
    out.keep_access_log_days = static_cast<int>(keep_log_ms / kDayMs);
}

void isolation_field(Fields& fields, bool& is_isolated, const About& about) {
    std::string word = is_isolated ? "business" : "plugin";
    fields.text("isolation", word, about, TextRule{"", nullptr, "", {"plugin", "business"}});
    is_isolated = word == "business";
}

void admin_fields(Fields& fields, Admin& out) {
    out.place = fields.place();
    fields.text("address", out.address, {"the address of the admin port, which is plain HTTP"},
                rules::address());
    fields.whole("port", out.port, {"its TCP port; 0 = any free one"}, 0, 65535);
    LabelledSecret token;
    fields.secret(
        "token", token,
        {"the bearer token that every admin request must show, at least 16 characters", true});
    out.token = std::move(token.value);
    fields.boolean("private_network", out.has_private_network,
                   {"the address may be other than loopback: whoever is in its network is trusted "
                    "with what plain HTTP shows"});
    if (!is_loopback(out.address) && !out.has_private_network) {
        fields.error("address", "the admin port speaks plain HTTP and is not on loopback",
                     "use 127.0.0.1, put TLS in front of it, or say 'private_network: true'");
    }
    if (!out.token.empty() && out.token.reveal().size() < kShortestToken) {
        fields.error("token", "the admin token is shorter than 16 characters",
                     "openssl rand -hex 32");
    }
}

void set_defaults(Config& out, std::filesystem::path& businesses) {
    out.plugins.directory = "/usr/lib/gatehouse/plugins";
    businesses = "businesses.d";
}

void host_fields(Fields& fields, Config& out, std::filesystem::path& businesses) {
    fields.map("listen", {"the public port, where webhooks come in", true},
               [&](Fields& listen) { listen_fields(listen, out.listen); });
    fields.map("admin", {"the port of the command line, health checks and metrics", true},
               [&](Fields& admin) { admin_fields(admin, out.admin); });
    fields.map("store", {"where events and tasks are kept", true},
               [&](Fields& store) { store_fields(store, out.store); });
    fields.path("plugins", out.plugins.directory, {"the folder of the vendor plugins"});
    fields.map("runner", {"the processes that plugins run in"},
               [&](Fields& runner) { runner_fields(runner, out.plugins); });
    fields.path("businesses", businesses,
                {"the folder of the business files: one *.yaml for each"});
    fields.map("dispatch", {"how tasks are worked on"},
               [&](Fields& dispatch) { dispatch_fields(dispatch, out.dispatch); });
    fields.map("quota", {"how much each business may send at most; beyond it 429"},
               [&](Fields& quota) { quota_fields(quota, out.quota); });
    fields.map("egress", {"what may be reached outside"},
               [&](Fields& egress) { egress_fields(egress, out.egress); });
    const bool same_port = out.listen.port == out.admin.port && out.listen.port != 0;
    if (same_port && fields.has("listen") && fields.has("admin")) {
        fields.error("admin", "'listen' and 'admin' have the same port");
    }
}

}  // namespace gatehouse::config
