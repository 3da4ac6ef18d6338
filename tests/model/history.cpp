#include "model/history.hpp"

#include <array>
#include <sstream>
#include <stdexcept>

namespace gatehouse::model {
namespace {

constexpr unsigned kKisi = 1;
constexpr unsigned kNuki = 2;
constexpr unsigned kUnloc = 4;
constexpr unsigned kAll = kKisi | kNuki | kUnloc;

// An act's numbers are drawn below these bounds.
struct Verb {
    const char* name;
    int weight;
    std::vector<int> bounds;
    bool has_webhook;
    unsigned vendors = kAll;
};

constexpr std::array<std::pair<Vendor, const char*>, 3> kVendors{
    {{Vendor::kKisi, "kisi"}, {Vendor::kNuki, "nuki"}, {Vendor::kUnloc, "unloc"}}};

const std::vector<Verb>& verbs() {
    static const std::vector<Verb> all{
        {"move_in", 10, {kRenters, kUnits, 4}, true},  // renter, unit, days until it begins
        {"move_out", 6, {kUnits}, true},               // unit
        {"plan_move_out", 4, {kUnits, 4}, true},       // unit, days until the last day
        {"cancel_move_out", 3, {kUnits}, true},        // unit
        {"transfer", 4, {kUnits, kUnits}, true},       // from, to
        {"overdue", 6, {kUnits}, true},                // unit
        {"pay", 6, {kUnits}, true},                    // unit
        {"staff_lock", 4, {kUnits}, true},             // unit
        {"staff_unlock", 4, {kUnits}, true},           // unit
        {"new_email", 3, {kRenters}, true},            // renter
        {"retarget", 3, {kUnits}, true},               // unit
        {"echo", 3, {kUnits}, true},                   // unit: something else was updated
        {"pass", 8, {48}, false},                      // hours
        {"work", 12, {8}, false},                      // tasks at most
        {"deliver", 5, {4}, false},                    // late webhooks, in some order
        {"spoil_storeganise", 4, {8, 4, 3}, false},    // how, after how many, how often
        {"spoil_vendor", 5, {5, 4, 3}, false},         // how, after how many, how often
        {"end_host", 4, {2, 2, 5}, false},             // at whom, before or after, how late
        {"runner_dies", 3, {}, false},
        {"somebody_deletes", 2, {kUnits}, false},           // a right, by hand, at the vendor
        {"type_pin", 8, {kUnits, 8}, true, kNuki},          // unit, what (pins.hpp)
        {"new_phone", 4, {kRenters}, true, kUnloc},         // renter
        {"slow_vendor", 4, {12}, false, kNuki | kUnloc},    // hours
        {"vendor_forgets", 2, {3}, false, kNuki | kUnloc},  // how many orders
    };
    return all;
}

int below(std::mt19937_64& random, int bound) {
    return std::uniform_int_distribution<int>(0, bound - 1)(random);
}

int weight_at(Vendor vendor, const Verb& verb) {
    return (verb.vendors & (1U << static_cast<unsigned>(vendor))) != 0 ? verb.weight : 0;
}

const Verb& draw(Vendor vendor, std::mt19937_64& random) {
    int total = 0;
    for (const Verb& verb : verbs())
        total += weight_at(vendor, verb);
    int at = below(random, total);
    for (const Verb& verb : verbs()) {
        at -= weight_at(vendor, verb);
        if (at < 0) return verb;
    }
    return verbs().front();
}

std::string draw_webhook(std::mt19937_64& random) {
    static constexpr std::array<const char*, 8> kWays{"now",  "now",  "now",   "now",
                                                      "late", "late", "twice", "lost"};
    return kWays[static_cast<std::size_t>(below(random, kWays.size()))];
}

Act act_from(const std::string& line) {
    std::istringstream words(line);
    Act act;
    words >> act.verb;
    for (const Verb& verb : verbs()) {
        if (act.verb != verb.name) continue;
        for (std::size_t i = 0; i < verb.bounds.size(); ++i) {
            int number = 0;
            if (!(words >> number) || number < 0) throw std::runtime_error("too short: " + line);
            act.numbers.push_back(number % verb.bounds[i]);
        }
        if (verb.has_webhook && !(words >> act.webhook)) {
            throw std::runtime_error("it lacks its webhook: " + line);
        }
        return act;
    }
    throw std::runtime_error("no act: " + line);
}

Vendor vendor_from(const std::string& line) {
    for (const auto& [vendor, name] : kVendors) {
        if (line == std::string("vendor ") + name) return vendor;
    }
    throw std::runtime_error("no vendor: " + line);
}

}  // namespace

std::string to_text(Vendor vendor) {
    return kVendors[static_cast<std::size_t>(vendor)].second;
}

std::string to_text(const Act& act) {
    std::string text = act.verb;
    for (const int number : act.numbers)
        text += " " + std::to_string(number);
    return act.webhook.empty() ? text : text + " " + act.webhook;
}

std::string to_text(const History& history) {
    std::string text = "vendor " + to_text(history.vendor) + "\n";
    if (!history.has_gate) text += "no_gate\n";
    for (const Act& act : history.acts)
        text += to_text(act) + "\n";
    return text;
}

History history_from(std::string_view text) {
    History history;
    std::istringstream lines{std::string(text)};
    std::string line;
    while (std::getline(lines, line)) {
        if (line.empty() || line.front() == '#') continue;
        if (line.starts_with("vendor ")) {
            history.vendor = vendor_from(line);
        } else if (line == "no_gate") {
            history.has_gate = false;
        } else {
            history.acts.push_back(act_from(line));
        }
    }
    return history;
}

History random_history(Vendor vendor, std::mt19937_64& random) {
    History history;
    history.vendor = vendor;
    // A door of all rentals keeps a transferred PIN from being carried over: Nuki takes it once.
    history.has_gate = vendor != Vendor::kNuki || below(random, 2) == 0;
    const int length = 4 + below(random, 36);
    for (int i = 0; i < length; ++i) {
        const Verb& verb = draw(vendor, random);
        Act act;
        act.verb = verb.name;
        for (const int bound : verb.bounds)
            act.numbers.push_back(below(random, bound));
        if (verb.has_webhook) act.webhook = draw_webhook(random);
        history.acts.push_back(std::move(act));
    }
    return history;
}

}  // namespace gatehouse::model
