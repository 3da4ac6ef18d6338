// Any bytes from a runner's socket, in any portions: frames and payloads, or a broken stream.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugins/frames.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gatehouse::plugins;
    if (size == 0) return 0;
    const std::size_t step = std::size_t{1} + data[0];
    std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    FrameBuffer buffer;
    Frame frame;
    while (!bytes.empty()) {
        buffer.append(bytes.substr(0, step));
        bytes.remove_prefix(std::min(step, bytes.size()));
        FrameBuffer::Status status = FrameBuffer::Status::kFrame;
        while ((status = buffer.next(frame)) == FrameBuffer::Status::kFrame) {
            if (frame.payload.size() > kMaxPayloadBytes) __builtin_trap();
            if (const auto call = decode_call(frame.payload);
                call && encode_call(*call) != frame.payload) {
                __builtin_trap();
            }
            PayloadReader reader(frame.payload);
            reader.number();
            reader.text();
        }
        if (status == FrameBuffer::Status::kBroken) break;
    }
    return 0;
}
