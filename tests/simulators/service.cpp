#include "simulators/service.hpp"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <utility>

namespace gatehouse::simulators {
namespace {

bool prevents_the_effect(FaultKind kind) {
    return kind == FaultKind::kStatus || kind == FaultKind::kDropBefore || kind == FaultKind::kHang;
}

}  // namespace

Service::Service(std::string name, boost::asio::io_context& io, Faults& faults, Recorder& recorder,
                 Answer answer, ErrorBody error_body)
    : name_(std::move(name)),
      io_(io),
      faults_(faults),
      recorder_(recorder),
      answer_(std::move(answer)),
      error_body_(std::move(error_body)) {}

void Service::handle(Request request, Responder respond) {
    recorder_.note_open(name_, ++open_);
    FaultPlan plan = faults_.plan(name_, request);
    if (plan.latency_ms == 0) return carry_out(request, plan.fault, respond);
    auto timer = std::make_shared<boost::asio::steady_timer>(
        io_, std::chrono::milliseconds(plan.latency_ms));
    timer->async_wait([this, timer, request = std::move(request), fault = std::move(plan.fault),
                       respond = std::move(respond)](boost::system::error_code error) {
        if (!error) carry_out(request, fault, respond);
    });
}

void Service::carry_out(const Request& request, const std::optional<Fault>& fault,
                        const Responder& respond) {
    Reply reply;
    if (!fault || !prevents_the_effect(fault->kind)) reply = answer_(request);
    if (fault) {
        reply = spoil(*fault, std::move(reply));
        if (fault->kind == FaultKind::kStatus && reply.body.empty()) {
            reply.body = error_body_(reply.status);
        }
    }
    --open_;
    recorder_.record(name_, request, reply, fault ? to_string(fault->kind) : std::string_view());
    respond(std::move(reply));
}

}  // namespace gatehouse::simulators
