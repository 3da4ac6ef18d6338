#include "server.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "loader.hpp"

namespace gatehouse::runner {
namespace {

using plugins::Frame;
using plugins::FrameKind;

constexpr std::size_t kMaxInstances = 64;
constexpr std::size_t kMaxThreads = 96;
constexpr std::size_t kReadBytes = std::size_t{16} * 1024;
constexpr std::size_t kMaxLogBytes = 1024;

std::string failure_document(const Outcome& outcome) {
    using nlohmann::json;
    json document = {{"schema", 1}, {"kind", outcome.kind}, {"message", outcome.message}};
    if (outcome.retry_after_ms > 0) document["retry_after_ms"] = outcome.retry_after_ms;
    if (!outcome.fields.empty()) document["fields"] = outcome.fields;
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Server::Server(int socket, const gatehouse_entry& entry)
    : socket_(socket),
      entry_(entry),
      tables_(*this),
      instances_(entry, tables_.host(), kMaxInstances,
                 [this](std::string_view phase) { send(FrameKind::kPhase, 0, phase); }) {}

bool Server::run() {
    idle_ = 1;
    serve();
    // Every thread leaves once the end is seen; a new one may still be added by a call at work.
    while (true) {
        std::thread thread;
        {
            const std::lock_guard lock(mutex_);
            if (threads_.empty()) break;
            thread = std::move(threads_.back());
            threads_.pop_back();
        }
        thread.join();
    }
    instances_.clear();
    return !is_broken_;
}

void Server::serve() {
    while (true) {
        std::optional<Frame> frame;
        {
            const std::lock_guard lock(read_mutex_);
            if (!is_ended_) frame = read_frame();
            if (frame && frame->kind == FrameKind::kServiceReply) {
                deliver(*frame);
                continue;
            }
            if (!frame) is_ended_ = true;
        }
        if (!frame) break;
        if (frame->kind != FrameKind::kCall || !hand_over()) {
            send(FrameKind::kFailure, frame->call_id,
                 failure_document({GATEHOUSE_UNAVAILABLE, {}, "the runner is full", 0, {}}));
            continue;
        }
        work(*frame);
        const std::lock_guard lock(mutex_);
        ++idle_;
    }
    // Calls that wait for a reply will get none.
    const std::lock_guard lock(mutex_);
    for (auto& [id, reply] : asked_) {
        if (!reply) reply = ServiceReply{GATEHOUSE_UNAVAILABLE, {}};
    }
    changed_.notify_all();
}

std::optional<Frame> Server::read_frame() {
    Frame frame;
    while (true) {
        const auto status = buffer_.next(frame);
        if (status == plugins::FrameBuffer::Status::kFrame) return frame;
        if (status == plugins::FrameBuffer::Status::kBroken) {
            is_broken_ = true;
            return std::nullopt;
        }
        std::array<char, kReadBytes> bytes{};
        const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        buffer_.append({bytes.data(), static_cast<std::size_t>(got)});
    }
}

bool Server::hand_over() {
    const std::lock_guard lock(mutex_);
    if (idle_ > 1) {
        --idle_;
        return true;
    }
    if (threads_.size() + 1 >= kMaxThreads) return false;
    try {
        threads_.emplace_back([this] { serve(); });
    } catch (const std::exception&) {
        return false;  // no memory or no thread left: others go on
    }
    return true;
}

void Server::work(const Frame& frame) {
    Outcome outcome;
    const auto call_frame = plugins::decode_call(frame.payload);
    if (call_frame) {
        Call call(*this, frame.call_id, call_frame->remaining_ms);
        outcome = call_plugin(*call_frame, call);
    } else {
        outcome.message = "the call cannot be read";
    }
    if (outcome.kind == GATEHOUSE_OK) {
        send(FrameKind::kResult, frame.call_id, outcome.document);
    } else {
        send(FrameKind::kFailure, frame.call_id, failure_document(outcome));
    }
}

Outcome Server::call_plugin(const plugins::CallFrame& frame, Call& call) {
    Outcome outcome;
    try {
        const gatehouse_function function = find_function(entry_, frame.function);
        if (function == nullptr) {
            outcome.kind = GATEHOUSE_UNSUPPORTED;
            outcome.message = "the plugin does not offer " + std::string(frame.function);
            return outcome;
        }
        gatehouse_instance* instance =
            instances_.acquire(frame.instance, frame.connection, call, outcome);
        if (instance == nullptr) return outcome;
        std::int32_t returned = GATEHOUSE_INTERNAL;
        try {
            returned =
                function(instance, call.handle(), {frame.request.data(), frame.request.size()});
        } catch (...) {
            call.set_thrown();
        }
        instances_.release(frame.instance);
        return call.outcome(returned);
    } catch (const std::exception&) {
        outcome.message = "the runner is out of memory";
        return outcome;
    }
}

ServiceReply Server::ask(std::uint32_t call_id, std::string_view service,
                         std::string_view document) {
    {
        const std::lock_guard lock(mutex_);
        asked_[call_id] = std::nullopt;
    }
    send(FrameKind::kService, call_id,
         plugins::PayloadWriter().text(service).text(document).payload());
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_[call_id].has_value(); });
    ServiceReply reply = std::move(*asked_[call_id]);
    asked_.erase(call_id);
    return reply;
}

void Server::deliver(const Frame& frame) {
    plugins::PayloadReader reader(frame.payload);
    const auto kind = reader.number();
    const auto document = reader.text();
    const std::lock_guard lock(mutex_);
    const auto waiting = asked_.find(frame.call_id);
    if (waiting == asked_.end()) return;
    waiting->second =
        kind && document ? ServiceReply{*kind, std::string(*document)} : ServiceReply{};
    changed_.notify_all();
}

void Server::log(std::int32_t level, std::string_view text) {
    send(FrameKind::kLog, 0,
         plugins::PayloadWriter()
             .number(static_cast<std::uint32_t>(level))
             .text(text.substr(0, kMaxLogBytes))
             .payload());
}

void Server::send(FrameKind kind, std::uint32_t call_id, std::string_view payload) {
    const std::string frame = plugins::encode_frame(kind, call_id, payload);
    const std::lock_guard lock(write_mutex_);
    if (plugins::write_all(socket_, frame)) return;
    // A plugin that closed the socket would leave the host waiting: the threads that read from it
    // are not woken. The process's end tells the host at once.
    std::_Exit(1);
}

}  // namespace gatehouse::runner
