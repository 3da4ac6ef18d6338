#include "edge/connection.hpp"

#include <algorithm>
#include <limits>

#include "base/clock.hpp"

namespace gatehouse::edge {

namespace {

constexpr std::size_t kMaxPending = 16;
constexpr std::size_t kMaxUnsent = 32UL * 1024;
constexpr std::size_t kKeptCapacity = 16UL * 1024;
constexpr std::int64_t kLingerMs = 2000;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

HttpResponse refusal(int status) {
    const auto text = [status] {
        switch (status) {
            case 408:
                return "the request took too long";
            case 411:
                return "Content-Length is missing";
            case 413:
                return "the body is too large";
            case 417:
                return "unknown expectation";
            case 431:
                return "the header fields are too large";
            case 501:
                return "unknown method";
            default:
                return "malformed request";
        }
    };
    return {status, std::string(R"({"message":")") + text() + "\"}"};
}

std::int64_t steady_ns() {
    return SystemClock().steady_ns();
}

HttpResponse overdue() {
    return {503, R"({"message":"try again"})", "application/json", 1};
}

}  // namespace

Connection::Connection(ConnectionContext& context, ConnectionId id, PeerPtr peer,
                       std::string address, Admission::Slot slot, std::int64_t accepted_ms,
                       bool is_proxied)
    : context_(context),
      id_(id),
      peer_(std::move(peer)),
      address_(std::move(address)),
      slot_(std::move(slot)),
      stream_(id.fd, static_cast<SSL*>(peer_->ssl())),
      guard_({context.limits.head_bytes, context.limits.body_bytes}, this),
      state_(State::kProxyHeader),
      quiet_since_ms_(context.now_ms),
      handshake_deadline_ms_(accepted_ms + context.limits.handshake_ms) {
    if (!is_proxied) begin();
}

bool Connection::can_take_requests() const {
    return state_ == State::kServing && !is_last_ && pending_.size() < kMaxPending &&
           unsent() < kMaxUnsent;
}

bool Connection::is_idle() const {
    return pending_.empty() && unsent() == 0 && guard_.is_idle() && waiting_.empty();
}

bool Connection::wants_read() const {
    if (state_ == State::kLingering) return true;
    if (is_shaking_hands()) return !blocked_;
    return !input_ended_ && can_take_requests();
}

void Connection::on_readable() {
    if (state_ == State::kProxyHeader) return read_proxy_header();  // the rest is told of again
    if (state_ == State::kHandshake) continue_handshake();
    if (state_ == State::kLingering) linger();
    if (state_ == State::kServing && !input_ended_) read_requests();
}

void Connection::on_writable() {
    blocked_ = false;
    // TLS may have waited for the socket to take bytes in order to read.
    on_readable();
}

void Connection::read_requests() {
    while (can_take_requests()) {
        const IoResult result = stream_.read(context_.buffer);
        switch (result.status) {
            case IoStatus::kDone:
                quiet_since_ms_ = context_.now_ms;
                take_requests({context_.buffer.data(), result.bytes});
                if (!stream_.has_buffered_input()) return;
                break;
            case IoStatus::kWantWrite:
                blocked_ = true;
                return;
            case IoStatus::kWantRead:
                return;
            case IoStatus::kEof:
                end_of_input();
                return;
            case IoStatus::kFailed:
                state_ = State::kFinished;
                return;
        }
    }
    paused_ = true;
}

// A client may close its half and still wait for the answers.
void Connection::end_of_input() {
    input_ended_ = true;
    is_last_ = true;
    part_deadline_ms_ = 0;
}

void Connection::take_requests(std::string_view bytes) {
    const bool had_waiting = !waiting_.empty();
    if (had_waiting) {
        waiting_.append(bytes);
        bytes = waiting_;
    }
    while (!bytes.empty() && can_take_requests()) {
        const bool was_in_body = guard_.phase() == FramingGuard::Phase::kBody;
        bytes.remove_prefix(guard_.feed(bytes));
        note_progress();
        if (guard_.phase() == FramingGuard::Phase::kBody) {
            if (!was_in_body) judge_head();
        } else if (guard_.phase() == FramingGuard::Phase::kComplete) {
            dispatch();
        } else if (guard_.phase() == FramingGuard::Phase::kRefused) {
            refuse(guard_.refusal());
        }
    }
    if (is_last_) bytes = {};
    if (had_waiting) {
        waiting_.erase(0, waiting_.size() - bytes.size());
        if (waiting_.empty() && waiting_.capacity() > kKeptCapacity) waiting_.shrink_to_fit();
    } else {
        waiting_.assign(bytes);
    }
}

// A head has head_ms from its first byte, a body body_ms from the end of its head.
void Connection::note_progress() {
    using Phase = FramingGuard::Phase;
    const Phase phase = guard_.phase();
    if (phase == Phase::kHead && part_deadline_ms_ == 0 && !guard_.is_idle()) {
        part_deadline_ms_ = context_.now_ms + context_.limits.head_ms;
    } else if (phase == Phase::kBody && part_ != Phase::kBody) {
        part_deadline_ms_ = context_.now_ms + context_.limits.body_ms;
    } else if (phase == Phase::kComplete || phase == Phase::kRefused) {
        part_deadline_ms_ = 0;
    }
    part_ = phase;
}

void Connection::dispatch() {
    auto writer = context_.engine.admit(peer_, guard_.method(), guard_.path());
    if (!writer) {
        refuse(501);
        return;
    }
    context_.counters.requests.add();
    served_ = true;
    continued_ = false;
    if (!guard_.keep_alive()) is_last_ = true;
    pending_.push_back({std::move(*writer), std::nullopt, steady_ns(),
                        context_.now_ms + context_.limits.answer_ms, guard_.keep_alive(),
                        guard_.method() == "HEAD"});

    fill_request();
    const std::uint64_t number = first_pending_ + pending_.size() - 1;
    context_.handler.handle(context_.request, make_responder(context_.inbox, id_, number));
    guard_.next();
}

void Connection::judge_head() {
    fill_request();
    auto answer = context_.handler.refuse_head(context_.request);
    if (!answer) return;
    context_.counters.unwelcome.add();
    refuse_with(std::move(*answer));
}

void Connection::fill_request() {
    HttpRequest& request = context_.request;
    request.method = guard_.method();
    request.path = guard_.path();
    request.query = guard_.query();
    request.body = guard_.body();
    request.peer = address_;
    request.headers.assign(guard_.fields().begin(), guard_.fields().end());
}

void Connection::refuse(int status) {
    (status == 503 ? context_.counters.no_room : context_.counters.bad_requests).add();
    if (status == 503) context_.counters.note_full(context_.now_ms);
    refuse_with(status == 503 ? overdue() : refusal(status));
}

void Connection::refuse_with(HttpResponse response) {
    is_last_ = true;
    part_deadline_ms_ = 0;
    waiting_.clear();
    pending_.push_back({context_.engine.writer_without_request(peer_), std::move(response), 0,
                        kNever, false, false});
}

void Connection::on_answer(std::uint64_t request, HttpResponse response) {
    // A late answer: the request was answered by answer_overdue() and is gone, or still queued.
    if (request < first_pending_ || request - first_pending_ >= pending_.size()) return;
    Pending& pending = pending_[request - first_pending_];
    if (response.is_from_known_sender) {
        slot_.prove(context_.now_ms);
        note_acknowledged(pending);
    }
    if (!pending.response) pending.response = std::move(response);
}

void Connection::note_acknowledged(const Pending& pending) const {
    observe::Histogram* const shown = context_.counters.acknowledge_s;
    if (shown != nullptr) shown->observe(static_cast<double>(steady_ns() - pending.taken_ns) / 1e9);
}

bool Connection::awaits_answer() const {
    return std::any_of(pending_.begin(), pending_.end(),
                       [](const Pending& pending) { return !pending.response; });
}

void Connection::on_drain() {
    if (is_shaking_hands()) state_ = State::kFinished;
    // What has already arrived is still served.
    if (state_ == State::kServing && !input_ended_) read_requests();
    if (state_ == State::kServing && is_idle()) is_last_ = quiet_ = true;
}

void Connection::flush() {
    if (state_ == State::kGoodbye && !blocked_) say_goodbye();
    if (state_ != State::kServing) return;
    do {
        prepare_replies();
        prepare_continue();
        if (!write_replies()) return;
    } while ((has_ready_reply() && !blocked_) || resume_reading());

    if (context_.draining && is_idle()) is_last_ = true;
    if (is_last_ && pending_.empty() && unsent() == 0) say_goodbye();
}

bool Connection::has_ready_reply() const {
    return !pending_.empty() && pending_.front().response.has_value();
}

// Takes up what had to wait for room. Whether there was any.
bool Connection::resume_reading() {
    if (!can_take_requests() || (waiting_.empty() && !paused_)) return false;
    if (!waiting_.empty()) take_requests({});
    if (paused_ && !input_ended_) {
        paused_ = false;
        read_requests();
    }
    return true;
}

void Connection::prepare_replies() {
    if (unsent() == 0) write_deadline_ms_ = context_.now_ms + context_.limits.body_ms;
    std::size_t ready = 0;
    while (ready < pending_.size() && pending_[ready].response && unsent() < kMaxUnsent) {
        Pending& pending = pending_[ready];
        ++ready;
        const bool nothing_follows = ready == pending_.size();
        if (nothing_follows && context_.draining && guard_.is_idle() && waiting_.empty()) {
            is_last_ = true;
        }
        const bool close = !pending.keep_alive || (nothing_follows && is_last_);
        context_.engine.append_reply(pending.writer, *pending.response,
                                     close ? ReplyEnd::kClose : ReplyEnd::kKeepAlive,
                                     pending.head_only, out_);
    }
    if (ready == 0) return;
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(ready));
    first_pending_ += ready;
    quiet_since_ms_ = context_.now_ms;
}

// The interim answer comes after the answers to earlier requests.
void Connection::prepare_continue() {
    if (continued_ || !guard_.expects_continue() || !pending_.empty() || is_last_) return;
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    continued_ = true;
}

// Whether the connection goes on.
bool Connection::write_replies() {
    while (unsent() > 0 && !blocked_) {
        const IoResult result = stream_.write(std::string_view(out_).substr(sent_));
        if (result.status == IoStatus::kDone) {
            sent_ += result.bytes;
            write_deadline_ms_ = context_.now_ms + context_.limits.body_ms;
        } else if (result.status == IoStatus::kWantWrite) {
            blocked_ = true;
        } else {
            // kWantRead would be a renegotiation, which is off.
            state_ = State::kFinished;
            return false;
        }
    }
    if (unsent() == 0 && sent_ > 0) {
        sent_ = 0;
        out_.clear();
        if (out_.capacity() > kKeptCapacity) out_.shrink_to_fit();
    }
    return true;
}

void Connection::say_goodbye() {
    switch (stream_.close_writes()) {
        case IoStatus::kWantWrite:
            state_ = State::kGoodbye;
            blocked_ = true;
            write_deadline_ms_ = context_.now_ms + kLingerMs;
            return;
        case IoStatus::kDone:
            state_ = quiet_ || input_ended_ ? State::kFinished : State::kLingering;
            write_deadline_ms_ = context_.now_ms + kLingerMs;
            return;
        default:
            state_ = State::kFinished;
    }
}

// One buffer at a time: a client that goes on sending has no more than its turn.
void Connection::linger() {
    const IoStatus status = stream_.discard(context_.buffer);
    if (status == IoStatus::kEof || status == IoStatus::kFailed) state_ = State::kFinished;
}

std::int64_t Connection::deadline_ms() const {
    if (is_shaking_hands()) return handshake_deadline_ms_;
    if (state_ != State::kServing) return write_deadline_ms_;
    std::int64_t earliest = kNever;
    for (const Pending& pending : pending_) {
        if (!pending.response) {
            earliest = pending.deadline_ms;
            break;
        }
    }
    if (unsent() > 0) earliest = std::min(earliest, write_deadline_ms_);
    if (part_deadline_ms_ != 0) earliest = std::min(earliest, part_deadline_ms_);
    if (earliest != kNever) return earliest;
    if (!served_) return quiet_since_ms_ + context_.limits.head_ms;
    return quiet_since_ms_ +
           (is_stranger() ? context_.limits.stranger_idle_ms : context_.limits.idle_ms);
}

void Connection::on_deadline() {
    if (deadline_ms() > context_.now_ms) return;  // the worker looked early
    if (state_ != State::kServing || (unsent() > 0 && write_deadline_ms_ <= context_.now_ms)) {
        if (state_ == State::kServing) context_.counters.time_out(Part::kReply);
        if (is_shaking_hands()) context_.counters.time_out(Part::kHandshake);
        state_ = State::kFinished;
        return;
    }
    answer_overdue();
    if (part_deadline_ms_ != 0 && part_deadline_ms_ <= context_.now_ms) {
        context_.counters.time_out(part_ == FramingGuard::Phase::kBody ? Part::kBody : Part::kHead);
        refuse(408);
    } else if (is_idle() && deadline_ms() <= context_.now_ms) {
        if (!served_) context_.counters.time_out(Part::kHead);
        is_last_ = quiet_ = true;
    }
}

void Connection::answer_overdue() {
    for (Pending& pending : pending_) {
        if (!pending.response && pending.deadline_ms <= context_.now_ms) {
            context_.counters.time_out(Part::kAnswer);
            pending.response = overdue();
        }
    }
}

}  // namespace gatehouse::edge
