// The measurements of docs/performance.md, one function each. All throw std::runtime_error when a
// server fails; a figure that is not reached is a figure, not an error.
#pragma once

#include <vector>

#include "suite/figures.hpp"

namespace gatehouse::bench {

std::vector<Figure> measure_acknowledgements();     // kept-alive, against the null edge and Node
std::vector<Figure> measure_new_connections();      // against nginx and Pistache's TLS listener
std::vector<Figure> measure_resumed_connections();  // against full handshakes
std::vector<Figure> measure_strangers();            // genuine events beside attacks on the edge
std::vector<Figure> measure_latency_under_hang();   // ack p99 at half load while the vendor hangs
std::vector<Figure> measure_move_ins();             // completed move-ins/s, against Node
std::vector<Figure> measure_plugin_calls();         // one call through the runner
std::vector<Figure> measure_burst();                // move-ins beside another business's debts
std::vector<Figure> measure_poison();               // beside calls that end or burden the runner
std::vector<Figure> measure_neighbours();           // move-ins beside vendors that hang, or a start
std::vector<Figure> measure_sweep(int rentals);     // all of them as they should be
std::vector<Figure> measure_memory();               // host idle with 100 businesses, runner

}  // namespace gatehouse::bench
