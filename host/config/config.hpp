// Config: everything that the operator wrote, read and checked. Plain values: no folder of the host
// needs a YAML library to use them. Formats: docs/configuration.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "config/problem.hpp"

namespace gatehouse::config {

// A secret with the name that it may be shown under: "env:ACME_WEBHOOK_SECRET", "file:/etc/..." or,
// for plain text, "acme.yaml:7".
struct LabelledSecret {
    Secret value;
    std::string label;
};

struct Listen {
    std::string address = "0.0.0.0";
    std::uint16_t port = 8443;
    std::string public_url;  // what vendors are given as address; empty = nothing is registered
    std::filesystem::path certificate;
    std::filesystem::path key;
    std::filesystem::path ticket_keys;  // empty = tickets.key beside the database
    std::vector<std::string> trusted_proxies;
    bool has_proxy_protocol = false;
    int workers = 2;
    std::size_t max_head_bytes = 8192;
    std::size_t max_body_bytes = 1048576;
    std::size_t max_bodies_bytes = 33554432;
    std::size_t max_connections = 4096;
    std::size_t max_connections_per_address = 256;
    int max_handshakes_per_address = 100;
    int handshake_ms = 5000;
    int head_ms = 5000;
    int body_ms = 10'000;
    int idle_ms = 60'000;
    int stranger_idle_ms = 5000;
    Place place;
    Place certificate_place;
    Place key_place;
};

struct Admin {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8444;
    Secret token;
    // The address may be reached by others than this machine, who are trusted with plain HTTP.
    bool has_private_network = false;
    Place place;
};

struct Store {
    std::filesystem::path sqlite_path;
    Place sqlite_place;
    std::filesystem::path pin_key;  // empty = pin.key beside the database
    int keep_events_days = 90;
    int keep_access_log_days = 365;
    Place place;
};

struct Dispatch {
    int workers = 32;
    int workers_per_business = 4;
    std::int64_t first_retry_ms = 2'000;
    std::int64_t max_retry_ms = 3'600'000;
    std::int64_t budget_ms =
        86'400'000;                  // attempts go on for at least this long, then a dead letter
    std::int64_t care_ms = 900'000;  // between two looks after a connection
};

struct Egress {
    std::vector<std::string> allow_private;
    std::string ca_file;
    std::vector<std::string> connect_to;  // "api.kisi.io:443=10.0.0.9:8443"
};

struct Plugins {
    std::filesystem::path directory;
    std::filesystem::path runner;  // default: gatehouse-runner beside the host's own binary
    int runners_per_plugin = 1;
    bool is_isolated = false;       // isolation: business, where a business does not say otherwise
    std::int64_t idle_ms = 60'000;  // a business's own runner ends after so long without a call
    int max_processes = 64;         // of businesses and connections alone
    bool require_sandbox = true;    // refuse to load a plugin when a part of the sandbox is missing
    std::vector<std::string> sandbox_may_lack;  // parts that may be missing all the same
};

// A connection's settings as written. Which of them are secret is only known with the plugin's
// manifest, so until then all of it is treated as secret: it has no printer.
struct RawSettings {
    nlohmann::json value = nlohmann::json::object();
    std::map<std::string, Place> places;  // by JSON pointer
    std::map<std::string, std::string>
        labels;                     // by JSON pointer: "env:NAME" where a reference stood
    std::set<std::string> refused;  // JSON pointers whose values were refused: they are null
};

struct Connection {
    std::string name;
    std::string plugin;
    std::optional<std::string> base_url;
    RawSettings settings;
    std::vector<LabelledSecret> webhook_secrets;
    bool is_isolated = false;  // isolation: business, its own word or the business's
    bool is_shadow = false;
    std::optional<double> requests_per_second;
    Place place;
};

struct Fuse {
    int max_ends = 5;
    double max_share = 0.10;
    std::int64_t per_ms = 3'600'000;
};

struct Site {
    std::string site;  // id or code; "*" = every other site
    std::string access;
    std::string fields;  // prefix of the custom fields; empty = the plugin's id
    std::vector<std::string> targets;
    Place targets_place;
    bool overlock_on_overdue = true;
    std::string time_zone;  // IANA; empty = the business's
    Fuse fuse;
    Place place;
};

struct Storeganise {
    std::string api;  // "https://acme.storeganise.com/api", no slash at the end
    Secret api_key;
    std::string addon_id;  // empty = an operator's key, else that of this add-on
    std::vector<LabelledSecret> webhook_secrets;
    Place place;
};

// At most `max` messages in any `per_ms`; 0 = no limit.
struct NotifyRate {
    int max = 0;
    std::int64_t per_ms = 60'000;
};

// A route: which events are told to which connection. Its texts are templates (docs/notify.md).
struct Notify {
    std::vector<std::string> on;     // patterns: "invoice.*"
    std::vector<std::string> sites;  // ids or codes; empty = all, and events without a site
    std::vector<std::string> fetch;  // "job", "rental", "unit", "renter", "site", "invoice"
    std::string connection;
    RawSettings message;  // a map of texts, or of anything that the connection's plugin knows
    NotifyRate rate;
    Place place;
};

// A part of each day, in minutes after midnight of the business's time zone. It ends the day after
// when `end_minute` is the smaller one.
struct DayWindow {
    int begin_minute = 120;
    int end_minute = 300;
};

// How everything is compared with what is held.
struct Sweep {
    bool is_enabled = true;
    std::int64_t delta_ms = 1'800'000;  // between two looks at what changed
    DayWindow full;                     // when the whole is compared, once a day
};

// What becomes of alerts besides the list of them.
struct AlertRules {
    bool has_staff_tasks = true;       // one task in Storeganise for each alert
    std::int64_t settle_ms = 300'000;  // a cure must last this long before it is told
};

// What a business's senders may bring. Generous: a large account on a busy day stays far below it.
struct Quota {
    double events_per_second = 100;  // a minute's worth may come at once
    std::int64_t bytes_per_day = std::int64_t{256} * 1024 * 1024;
};

struct Business {
    std::string business;
    std::string time_zone = "UTC";  // IANA; its days begin and end access
    bool is_isolated = false;       // isolation: business, its own word or the host's
    Storeganise storeganise;
    std::map<std::string, Connection> connections;
    std::vector<Site> sites;
    std::vector<Notify> notify;
    Quota quota;  // the host's, where it has none of its own
    Sweep sweep;
    AlertRules alerts;
    Place place;
};

// A business whose configuration has an error. It does not run, but it is known: its senders are
// asked to come again and its work waits.
struct RefusedBusiness {
    Place place;         // its file
    std::string reason;  // the first error, with its place
};

struct Config {
    Listen listen;
    Admin admin;
    Store store;
    Dispatch dispatch;
    Egress egress;
    Plugins plugins;
    Quota quota;
    std::map<std::string, Business> businesses;
    std::map<std::string, RefusedBusiness> refused;  // of set_aside(), none of them in `businesses`
    std::string fingerprint;  // sha256 hex over every file read and every reference resolved
};

}  // namespace gatehouse::config
