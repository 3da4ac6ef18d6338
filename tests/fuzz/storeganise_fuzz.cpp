// Storeganise's answers: bytes from outside that must never crash, and never become facts of
// another rental.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storeganise/answers.hpp"

namespace {

using namespace gatehouse;

void read_one(std::string_view body) {
    const auto job = storeganise::read_job(body, "j1");
    if (job && (job->id != "j1" || job->rental_ids.size() > 64)) std::abort();
    if (job && job->date && job->date->size() != 10) std::abort();
    const auto facts = storeganise::read_rental(body, "r1");
    if (facts && (facts->rental_id != "r1" || facts->unit_id.empty() || facts->state.empty())) {
        std::abort();
    }
    static_cast<void>(storeganise::read_written(body, "r1"));
    static_cast<void>(storeganise::to_error({500, {}, std::string(body)}, "x", true, 0));
    const auto steps = storeganise::read_open_steps(body, "j1");
    if (steps && steps->size() > 16) std::abort();
    static_cast<void>(storeganise::read_made_job(body));
    const auto object = storeganise::read_object(body, "users", "o1");
    if (object && !object->is_object()) std::abort();
}

void read_lists(std::string_view body) {
    storeganise::ListQuery query;
    query.site_id = "s1";
    const auto page = storeganise::read_rental_page(body, query);
    if (page) {
        const std::size_t known = page->rentals.size() + page->unreadable.size();
        if (known != static_cast<std::size_t>(page->rows) || page->rows > query.limit) std::abort();
    }
    for (const auto& facts : page ? page->rentals : std::vector<access::Facts>()) {
        if (facts.rental_id.empty() || facts.state.empty()) std::abort();
    }
    const auto ids = storeganise::read_id_page(body, "units", query);
    if (ids && ids->ids.size() > static_cast<std::size_t>(ids->rows)) std::abort();
    const auto tasks =
        storeganise::read_task_page(body, query, {"unit", "u1", "", "", " (rental:r1)"});
    if (tasks && tasks->rows > query.limit) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    read_one(body);
    read_lists(body);
    return 0;
}
