// Handlers for tests of the server.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "edge/http_server.hpp"

namespace gatehouse::edge {

// Answers on the worker's thread with what a function makes of the request.
class CallHandler final : public HttpHandler {
  public:
    explicit CallHandler(std::function<HttpResponse(const HttpRequest&)> answer)
        : answer_(std::move(answer)) {}

    void handle(const HttpRequest& request, Responder responder) noexcept override {
        responder.send(answer_(request));
    }

  private:
    std::function<HttpResponse(const HttpRequest&)> answer_;
};

// Answers with the method, path, query and body.
inline HttpResponse echo(const HttpRequest& request) {
    return {200, std::string(request.method) + " " + std::string(request.path) + " " +
                     std::string(request.query) + " " + std::string(request.body)};
}

// Echoes, and refuses whatever has a body and no "Signed" header as soon as it sees the head.
class PickyHandler final : public HttpHandler {
  public:
    std::optional<HttpResponse> refuse_head(const HttpRequest& request) noexcept override {
        const auto value = request.header("signed");
        if (value && *value) return std::nullopt;
        return HttpResponse{401, "not signed"};
    }

    void handle(const HttpRequest& request, Responder responder) noexcept override {
        responder.send(echo(request));
    }
};

// Keeps the requests' Responders until the test answers them.
class HoldingHandler final : public HttpHandler {
  public:
    void handle(const HttpRequest& request, Responder responder) noexcept override {
        const std::lock_guard lock(mutex_);
        held_.emplace_back(std::string(request.path), std::move(responder));
        arrived_.notify_all();
    }

    // Waits for `count` requests and takes them out, in the order of their arrival. Fewer when it
    // took too long.
    std::vector<std::pair<std::string, Responder>> take(std::size_t count) {
        std::unique_lock lock(mutex_);
        arrived_.wait_for(lock, std::chrono::seconds(10), [&] { return held_.size() >= count; });
        return std::exchange(held_, {});
    }

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::pair<std::string, Responder>> held_;
};

}  // namespace gatehouse::edge
