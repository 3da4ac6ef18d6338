// Service: one simulated vendor behind its port. Faults first, then the vendor's own answer, then
// the counters.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>

#include "simulators/faults.hpp"
#include "simulators/http_front.hpp"
#include "simulators/recorder.hpp"

namespace gatehouse::simulators {

class Service {
  public:
    // The vendor's API: reads and changes its model, does no I/O.
    using Answer = std::function<Reply(const Request&)>;
    // The vendor's way to word an error that a fault gives without a body.
    using ErrorBody = std::function<std::string(int status)>;

    // All of them outlive the service.
    Service(std::string name, boost::asio::io_context& io, Faults& faults, Recorder& recorder,
            Answer answer, ErrorBody error_body);

    void handle(Request request, Responder respond);

  private:
    void carry_out(const Request& request, const std::optional<Fault>& fault,
                   const Responder& respond);

    std::string name_;
    boost::asio::io_context& io_;
    Faults& faults_;
    Recorder& recorder_;
    Answer answer_;
    ErrorBody error_body_;
    std::int64_t open_ = 0;  // requests without an answer
};

}  // namespace gatehouse::simulators
