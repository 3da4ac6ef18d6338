// gatehouse-runner: loads one plugin into a sandbox and serves the host's calls over the socket
// that it was started with. Started by the host only; docs/formats/frames.md.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gatehouse/abi.h"
#include "loader.hpp"
#include "memory.hpp"
#include "plugins/frames.hpp"
#include "priority.hpp"
#include "sandbox.hpp"
#include "server.hpp"

namespace {

using gatehouse::plugins::Frame;
using gatehouse::plugins::FrameBuffer;
using gatehouse::plugins::FrameKind;
using gatehouse::runner::Refusal;
using nlohmann::json;

constexpr int kSocket = 3;
constexpr const char* kCopy = "/proc/self/fd/4";

struct Start {
    gatehouse::runner::Wanted wanted;
    gatehouse::runner::SandboxOptions sandbox;
    bool require_sandbox = true;
    std::vector<std::string> may_lack;  // parts of the sandbox that need not hold all the same
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
        const bool is_copied = document.at("is_copied");
        const std::string library = document.at("library");
        start.wanted = {library, is_copied ? kCopy : library, document.at("id"),
                        document.at("version"), document.at("features")};
        start.sandbox.plugin_directory = document.at("directory");
        start.sandbox.memory_mib = document.at("memory_mib");
        start.require_sandbox = document.at("require_sandbox");
        start.may_lack = document.at("may_lack");
        return start;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

void send(FrameKind kind, const std::string& payload) {
    gatehouse::plugins::write_all(kSocket, gatehouse::plugins::encode_frame(kind, 0, payload));
}

// Empty, or the part of the sandbox that this host requires and this system does not give.
std::string lacking_part(const Start& start, const std::vector<std::string>& missing) {
    if (!start.require_sandbox) return {};
    for (const std::string& part : missing) {
        if (std::find(start.may_lack.begin(), start.may_lack.end(), part) == start.may_lack.end()) {
            return part;
        }
    }
    return {};
}

int serve(const Start& start) {
    const auto sandbox = gatehouse::runner::enter_sandbox(start.sandbox);
    if (const std::string part = lacking_part(start, sandbox.missing); !part.empty()) {
        send(FrameKind::kRefused, "the sandbox cannot be set up: this system gives no " + part +
                                      " (" + sandbox.text + ")");
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

#if defined(GATEHOUSE_SANITIZED)
// A crash must end the process by its signal, as it does without a sanitizer. What plugins do to
// memory and descriptors is told and does not change how the process ends.
// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier,cert-dcl37-c)
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
    return "handle_segv=0:handle_sigbus=0:handle_abort=0";
}
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() {
    return "handle_segv=0:handle_sigbus=0:handle_abort=0:exitcode=0";
}
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier,cert-dcl37-c)
#endif

int main() {
    gatehouse::runner::keep_memory_small();
    gatehouse::runner::step_back();
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
