// LoadPlan: what the load generator shall send, and what it measured.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::bench {

struct LoadPlan {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string path;
    std::string secret;              // signs each body for Storeganise's header
    std::string id_prefix = "load";  // ids are unique within a run: prefix-number
    std::string type = "job.unit_moveIn.created";
    std::vector<std::string> data;  // of each request, as JSON; empty = the seed's for all
    int connections = 32;
    int requests = 10'000;
    double rate_per_s = 0;            // 0 = as fast as answers come; else an open loop at this rate
    bool is_connection_each = false;  // a new TLS connection for each request
    bool is_resumed = false;          // each with a session of one before it
    std::string session_file;         // where the first session is read from, and the last put
    std::int64_t start_at_us = 0;     // of the steady clock; 0 = once the connections are open
};

struct LoadReport {
    int answered_200 = 0;
    int answered_other = 0;
    int failed = 0;
    int resumed = 0;  // handshakes that the server let be short
    double seconds = 0;
    std::vector<std::int64_t> latency_us;  // of every answer; in the open loop from its due time
};

// Every request's bytes: the seed's webhook with an id of its own, signed.
std::vector<std::string> make_requests(const LoadPlan& plan);

// Runs the plan on this thread. Throws std::runtime_error if nothing can be connected, or not until
// it has to start.
LoadReport run_load(const LoadPlan& plan);

}  // namespace gatehouse::bench
