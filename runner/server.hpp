// Server: serves the host's calls on a few threads. There is no reader thread: whoever is idle
// reads the next frame and, if it is a call, works on it while the next idle thread reads on. So a
// call wakes no second thread before it reaches the plugin.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "call.hpp"
#include "host_tables.hpp"
#include "instances.hpp"
#include "plugins/frames.hpp"

namespace gatehouse::runner {

class Server final : public HostLink {
  public:
    // `socket` is borrowed and already greeted (kHello sent).
    Server(int socket, const gatehouse_entry& entry);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Serves until the host closes its side, then drops the instances. False if the host broke the
    // protocol.
    bool run();

    ServiceReply ask(std::uint32_t call_id, std::string_view service,
                     std::string_view document) override;
    void log(std::int32_t level, std::string_view text) override;

  private:
    void serve();
    // The next frame; nothing at the end or when it is broken. [holding read_mutex_]
    std::optional<plugins::Frame> read_frame();
    void work(const plugins::Frame& frame);
    Outcome call_plugin(const plugins::CallFrame& frame, Call& call);
    void deliver(const plugins::Frame& frame);
    void send(plugins::FrameKind kind, std::uint32_t call_id, std::string_view payload);
    // Makes sure that somebody reads on while this thread works.
    bool hand_over();

    const int socket_;
    const gatehouse_entry& entry_;
    HostTables tables_;
    Instances instances_;

    std::mutex read_mutex_;
    plugins::FrameBuffer buffer_;
    bool is_ended_ = false;
    bool is_broken_ = false;

    std::mutex write_mutex_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::map<std::uint32_t, std::optional<ServiceReply>> asked_;
    std::vector<std::thread> threads_;
    int idle_ = 0;
};

}  // namespace gatehouse::runner
