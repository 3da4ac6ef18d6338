// InProcessClient: the simulators behind egress::HttpClient, without sockets or threads, so that a
// history runs the same way each time. It can spoil exchanges and play the end of the host.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "egress/http_client.hpp"
#include "simulators/http_front.hpp"

namespace gatehouse::model {

enum class Spoil : std::uint8_t {
    kNone,
    kStatus503,
    kStatus429,
    kDropBefore,  // no effect, no answer
    kDropAfter,   // the effect, and no answer
    kHalfBody,
    kEmptyBody,
    kEmptyList,
    kEndBefore,  // the host ends before the effect
    kEndAfter,   // the host ends after the effect, before it knows
};

// [one thread]
class InProcessClient final : public egress::HttpClient {
  public:
    using Answer = std::function<simulators::Reply(const simulators::Request&)>;

    // `authority` as in URLs: "127.0.0.1:9301".
    void serve(const std::string& authority, Answer answer) {
        answers_[authority] = std::move(answer);
    }

    // Spoils the `skip`+1st exchange with that authority from now on, and `count` in all.
    void spoil(const std::string& authority, Spoil spoil, int skip, int count);
    void end_spoiling() { spoiled_.clear(); }

    // After kEndBefore or kEndAfter nothing answers, until revive().
    bool has_ended() const { return has_ended_; }
    void revive() { has_ended_ = false; }

    // Exchanges that changed something, of each authority; a token is nothing.
    int writes(const std::string& authority) const;

    // Told after the server of that authority did what it was asked.
    std::function<void(const std::string& authority)> on_served = [](const std::string&) {};

    Result<egress::HttpReply> send(const egress::HttpCall& call) override;

  private:
    struct Planned {
        Spoil spoil = Spoil::kNone;
        int skip = 0;
        int count = 0;
    };

    Spoil next_spoil(const std::string& authority);

    std::map<std::string, Answer> answers_;
    std::map<std::string, std::vector<Planned>> spoiled_;
    std::map<std::string, int> writes_;
    bool has_ended_ = false;
};

}  // namespace gatehouse::model
