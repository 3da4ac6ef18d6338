// Connection: one client's connection from its acceptance to its close. It shakes hands, reads,
// lets the guard frame, hands requests to the handler and writes the answers in the order of the
// requests. It does not wait: the worker tells it what happened and asks it afterwards what it
// wants to be told of next.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edge/admission.hpp"
#include "edge/counters.hpp"
#include "edge/engine.hpp"
#include "edge/framing_guard.hpp"
#include "edge/http_server.hpp"
#include "edge/inbox.hpp"
#include "edge/stream.hpp"

namespace gatehouse::edge {

// What the connections of one worker share. Outlives them.
struct ConnectionContext {
    const ServerLimits& limits;
    HttpHandler& handler;
    Admission& admission;
    Counters& counters;
    Engine& engine;
    std::shared_ptr<Inbox> inbox;
    std::vector<char> buffer;  // for one read at a time
    HttpRequest request;       // reused, for its vector
    std::int64_t now_ms = 0;   // steady
    bool draining = false;
};

// [its worker's thread]
class Connection final : private BodyRoom {
  public:
    // A proxied one begins with a PROXY header. A peer with an SSL then begins with the handshake,
    // as a server, which is due `handshake_ms` after `accepted_ms`.
    Connection(ConnectionContext& context, ConnectionId id, PeerPtr peer, std::string address,
               Admission::Slot slot, std::int64_t accepted_ms, bool is_proxied);

    const ConnectionId& id() const { return id_; }
    const PeerPtr& peer() const { return peer_; }

    // What happened. Call flush() when all that happened was told.
    void on_readable();
    void on_writable();
    void on_broken() { state_ = State::kFinished; }
    void on_deadline();
    void on_answer(std::uint64_t request, HttpResponse response);
    void on_drain();
    void on_evicted();

    // Writes what can be written, says goodbye when it is time, and takes requests that had to
    // wait.
    void flush();

    // What it wants now.
    bool is_finished() const { return state_ == State::kFinished; }
    bool is_shaking_hands() const {
        return state_ == State::kHandshake || state_ == State::kProxyHeader;
    }
    bool goes_first() const { return slot_.goes_first(); }
    bool is_stranger() const { return !slot_.is_known(); }
    bool awaits_answer() const;
    bool wants_read() const;
    bool wants_write() const { return blocked_; }
    std::int64_t deadline_ms() const;

    // The worker's notes.
    using Place = std::optional<std::list<Connection*>::iterator>;
    bool touched = false;
    unsigned interest = 0;
    Place as_stranger;
    Place as_pending;

  private:
    enum class State {
        kProxyHeader,
        kHandshake,
        kServing,
        kGoodbye,    // all is written but the goodbye
        kLingering,  // goodbye said; reading until the client says it too
        kFinished,
    };

    struct Pending {
        ReplyWriter writer;
        std::optional<HttpResponse> response;
        std::int64_t taken_ns;  // steady
        std::int64_t deadline_ms;
        bool keep_alive;
        bool head_only;
    };

    void begin();
    void read_proxy_header();
    void continue_handshake();
    bool can_take_requests() const;
    bool is_idle() const;
    void read_requests();
    void take_requests(std::string_view bytes);
    void note_progress();
    void dispatch();
    void fill_request();
    void refuse(int status);
    void refuse_with(HttpResponse response);
    void judge_head();
    bool take(std::size_t bytes) override { return slot_.take_bytes(bytes); }
    void give_back(std::size_t bytes) override { slot_.give_back_bytes(bytes); }
    void end_of_input();
    void answer_overdue();
    void note_acknowledged(const Pending& pending) const;
    void prepare_replies();
    void prepare_continue();
    bool has_ready_reply() const;
    bool write_replies();
    bool resume_reading();
    void say_goodbye();
    void linger();
    std::size_t unsent() const { return out_.size() - sent_; }

    ConnectionContext& context_;
    const ConnectionId id_;
    const PeerPtr peer_;
    std::string address_;
    Admission::Slot slot_;
    Stream stream_;
    FramingGuard guard_;
    State state_;

    std::string proxy_header_;
    std::string waiting_;           // input that came while no request could be taken
    std::vector<Pending> pending_;  // in the order of the requests
    std::uint64_t first_pending_ = 0;
    std::string out_;
    std::size_t sent_ = 0;

    bool is_last_ = false;  // no request is taken after the pending ones
    bool quiet_ = false;    // closed while idle: nothing to wait for after the goodbye
    bool input_ended_ = false;
    bool paused_ = false;   // reading stopped although there may be input
    bool blocked_ = false;  // the socket takes no more for now
    bool continued_ = false;
    bool served_ = false;
    FramingGuard::Phase part_ = FramingGuard::Phase::kHead;
    std::int64_t part_deadline_ms_ = 0;  // 0 = between requests
    std::int64_t write_deadline_ms_ = 0;
    std::int64_t quiet_since_ms_ = 0;
    const std::int64_t handshake_deadline_ms_;
};

}  // namespace gatehouse::edge
