// gatehouse-runner: loads one plugin into a sandbox and serves the host's calls over the socket
// that it was started with. Started by the host only; docs/formats/frames.md.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "gatehouse/abi.h"
#include "loader.hpp"
#include "memory.hpp"
#include "plugins/frames.hpp"
#include "sandbox.hpp"
#include "server.hpp"

namespace {

using gatehouse::plugins::Frame;
using gatehouse::plugins::FrameBuffer;
using gatehouse::plugins::FrameKind;
using gatehouse::runner::Refusal;
using nlohmann::json;

constexpr int kSocket = 3;

struct Start {
    gatehouse::runner::Wanted wanted;
    gatehouse::runner::SandboxOptions sandbox;
    bool require_sandbox = true;
};

// The host wrote it, so a document that does not fit is a defect and ends the process.
std::optional<Start> read_start() {
    FrameBuffer buffer;
    Frame frame;
    std::array<char, 4096> bytes{};
    while (buffer.next(frame) == FrameBuffer::Status::kNeedMore) {
        const ssize_t got = ::recv(kSocket, bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        buffer.append({bytes.data(), static_cast<std::size_t>(got)});
    }
    if (frame.kind != FrameKind::kStart) return std::nullopt;
    try {
        const json document = json::parse(frame.payload);
        Start start;
        start.wanted = {document.at("library"), document.at("id"), document.at("version"),
                        document.at("features")};
        start.sandbox.plugin_directory = document.at("directory");
        start.sandbox.memory_mib = document.at("memory_mib");
        start.require_sandbox = document.at("require_sandbox");
        return start;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

void send(FrameKind kind, const std::string& payload) {
    gatehouse::plugins::write_all(kSocket, gatehouse::plugins::encode_frame(kind, 0, payload));
}

int serve(const Start& start) {
    const auto sandbox = gatehouse::runner::enter_sandbox(start.sandbox);
    if (!sandbox.is_complete && start.require_sandbox) {
        send(FrameKind::kRefused, "the sandbox cannot be set up: " + sandbox.text);
        return 1;
    }
    send(FrameKind::kPhase, "loading " + start.wanted.library);
    const auto loaded = gatehouse::runner::load_plugin(start.wanted);
    if (const auto* refusal = std::get_if<Refusal>(&loaded)) {
        send(FrameKind::kRefused, refusal->reason);
        return 1;
    }
    if (!gatehouse::runner::seal_sandbox() && start.require_sandbox) {
        send(FrameKind::kRefused, "the sandbox cannot be sealed");
        return 1;
    }
    send(FrameKind::kPhase, "");
    const gatehouse_entry& entry = *std::get<const gatehouse_entry*>(loaded);
    gatehouse::runner::Server server(kSocket, entry);
    send(FrameKind::kHello, json{{"abi_minor", entry.abi_minor}, {"sandbox", sandbox.text}}.dump());
    return server.run() ? 0 : 1;
}

}  // namespace

#if defined(GATEHOUSE_SANITIZED_ADDRESS)
// A crash must end the process by its signal, as it does without the sanitizer.
// NOLINTNEXTLINE(readability-identifier-naming,bugprone-reserved-identifier,cert-dcl37-c)
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
    return "handle_segv=0:handle_sigbus=0:handle_abort=0";
}
#endif

int main() {
    gatehouse::runner::keep_memory_small();
    const std::optional<Start> start = read_start();
    if (!start) {
        std::fputs("gatehouse-runner is started by gatehouse, not by hand\n", stderr);
        return 2;
    }
    const int code = serve(*start);
    // Not exit(): destructors of the plugin's globals are foreign code too, and nobody waits for
    // what they do.
    std::fflush(nullptr);
    ::_exit(code);
}
