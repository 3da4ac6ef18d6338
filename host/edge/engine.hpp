// Engine: what Pistache does for a request once its framing is settled. Its parser makes the
// request of one canonical line, its ResponseWriter makes the reply's bytes.
//
// Pistache 0.0.5 would also send those bytes, and may not: its write path keeps a worker at 100 %
// CPU while a slow reader takes a large reply, routes replies by descriptor number alone and sends
// the text of its exceptions to the client. So this handler is bound to a transport that belongs to
// no reactor: what Pistache sends stays there and is dropped, and the connection takes the bytes
// from the writer's buffer and writes them itself. See docs/decisions/edge-pistache.md.
#pragma once

#include <pistache/http.h>
#include <pistache/peer.h>
#include <pistache/transport.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "edge/http_server.hpp"

namespace gatehouse::edge {

using PeerPtr = std::shared_ptr<Pistache::Tcp::Peer>;
using ReplyWriter = Pistache::Http::ResponseWriter;

enum class ReplyEnd { kKeepAlive, kClose };

// [one worker's thread]
class Engine final : public Pistache::Http::Handler {
  public:
    // `head_bytes` bounds what admit() is given.
    explicit Engine(std::size_t head_bytes);
    ~Engine() override;

    // Passes a framed request to Pistache, which makes the writer of its reply. Nothing when
    // Pistache does not know the method.
    std::optional<ReplyWriter> admit(const PeerPtr& peer, std::string_view method,
                                     std::string_view path);

    // The writer of a reply to bytes that were no request.
    ReplyWriter writer_without_request(const PeerPtr& peer);

    // Appends the whole reply to `out`. `head_only` leaves the body away, as HEAD wants it.
    void append_reply(ReplyWriter& writer, const HttpResponse& response, ReplyEnd end,
                      bool head_only, std::string& out);

    void onRequest(const Pistache::Http::Request& request, ReplyWriter writer) override;

    // Pistache clones handlers for reactors with several threads; each worker here has its own.
    std::shared_ptr<Pistache::Tcp::Handler> clone() const override { return nullptr; }

  private:
    class TextHeader;
    using HeaderPtr = std::shared_ptr<Pistache::Http::Header::Header>;

    HeaderPtr content_type(const std::string& text) const;

    std::string line_;
    std::optional<ReplyWriter> admitted_;
    const HeaderPtr keep_alive_;
    const HeaderPtr close_;
    const HeaderPtr json_;
};

}  // namespace gatehouse::edge
