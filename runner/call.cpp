#include "call.hpp"

#include <algorithm>

#include "plugins/frames.hpp"

namespace gatehouse::runner {
namespace {

constexpr std::size_t kMaxMessageBytes = 500;
constexpr std::size_t kMaxFieldsBytes = std::size_t{8} * 1024;

std::string copy(gatehouse_str text, std::size_t max_bytes) {
    if (text.data == nullptr) return {};
    return {text.data, std::min(static_cast<std::size_t>(text.size), max_bytes)};
}

std::int32_t known_kind(std::int32_t kind) {
    return kind >= GATEHOUSE_AUTH && kind <= GATEHOUSE_INTERNAL ? kind : GATEHOUSE_INTERNAL;
}

}  // namespace

void Call::give_result(gatehouse_str document) {
    has_failure_ = false;
    has_result_ = true;
    given_ = Outcome{};
    if (document.size > plugins::kMaxDocumentBytes) {
        has_result_ = false;
        has_failure_ = true;
        given_.message = "the plugin's result is larger than 1 MiB";
        return;
    }
    given_.kind = GATEHOUSE_OK;
    given_.document = copy(document, plugins::kMaxDocumentBytes);
}

void Call::give_failure(const gatehouse_failure* failure) {
    has_result_ = false;
    has_failure_ = true;
    given_ = Outcome{};
    if (failure == nullptr || !GATEHOUSE_HAS(failure, gatehouse_failure, fields)) {
        given_.message = "the plugin gave a failure that cannot be read";
        return;
    }
    given_.kind = known_kind(failure->kind);
    given_.message = copy(failure->message, kMaxMessageBytes);
    given_.retry_after_ms = failure->retry_after_ms;
    given_.fields = copy(failure->fields, kMaxFieldsBytes);
}

std::uint64_t Call::remaining_ms() const {
    const auto left = deadline_ - std::chrono::steady_clock::now();
    const auto left_ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
    return left_ms > 0 ? static_cast<std::uint64_t>(left_ms) : 0;
}

std::int32_t Call::send(gatehouse_str request, gatehouse_str* answer) {
    ServiceReply reply;
    if (request.data != nullptr && request.size <= 2 * plugins::kMaxDocumentBytes) {
        reply = link_.ask(id_, "gatehouse.http/1",
                          {request.data, static_cast<std::size_t>(request.size)});
    } else {
        reply = {GATEHOUSE_INVALID,
                 R"({"schema":1,"kind":4,"message":"the request is larger than 2 MiB"})"};
    }
    answer_ = std::move(reply.document);
    *answer = {answer_.data(), answer_.size()};
    return reply.kind == GATEHOUSE_OK ? GATEHOUSE_OK
                                      : known_kind(static_cast<std::int32_t>(reply.kind));
}

Outcome Call::outcome(std::int32_t returned) {
    if (has_failure_) return std::move(given_);
    if (returned == GATEHOUSE_OK && has_result_) return std::move(given_);
    Outcome missing;
    missing.kind = returned == GATEHOUSE_OK ? GATEHOUSE_INTERNAL : known_kind(returned);
    missing.message = returned == GATEHOUSE_OK ? "the plugin returned without a result"
                                               : "the plugin gave no reason";
    return missing;
}

void Call::set_thrown() {
    has_result_ = false;
    has_failure_ = true;
    given_ = Outcome{};
    given_.message = "the plugin let an exception out";
}

}  // namespace gatehouse::runner
