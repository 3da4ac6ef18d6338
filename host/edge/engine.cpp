#include "edge/engine.hpp"

namespace gatehouse::edge {

namespace {

namespace http = Pistache::Http;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kLength = "Content-Length: ";
// How each head ends that Pistache writes for an empty body.
constexpr std::string_view kLengthOfNothing = "Content-Length: 0\r\n\r\n";

}  // namespace

// A header whose value is written as it is.
class Engine::TextHeader final : public http::Header::Header {
  public:
    TextHeader(const char* name, std::string value) : name_(name), value_(std::move(value)) {}

    const char* name() const override { return name_; }
    void write(std::ostream& stream) const override { stream << value_; }
    std::uint64_t hash() const override { return http::Header::detail::hash(name_); }

  private:
    const char* name_;
    std::string value_;
};

Engine::Engine(std::size_t head_bytes)
    : keep_alive_(std::make_shared<TextHeader>("Connection", "keep-alive")),
      close_(std::make_shared<TextHeader>("Connection", "close")),
      json_(std::make_shared<TextHeader>("Content-Type", std::string(kJson))) {
    setMaxRequestSize(head_bytes);
}

Engine::~Engine() = default;

std::optional<ReplyWriter> Engine::admit(const PeerPtr& peer, std::string_view method,
                                         std::string_view path) {
    // The head's fields and the body stay with the guard. Pistache answers a Date, Host or
    // Content-Type that it dislikes with 500 or 415, and needs none of them.
    line_.assign(method).append(" ").append(path).append(" HTTP/1.1\r\n\r\n");
    admitted_.reset();
    // The base class catches everything and replies with what(), into the sink.
    static_cast<Pistache::Tcp::Handler&>(*this).onInput(line_.data(), line_.size(), peer);
    if (!admitted_) {
        transport()->flush();
        return std::nullopt;
    }
    return std::exchange(admitted_, std::nullopt);
}

void Engine::onRequest(const http::Request&, ReplyWriter writer) {
    admitted_.emplace(std::move(writer));
}

ReplyWriter Engine::writer_without_request(const PeerPtr& peer) {
    return ReplyWriter(http::Version::Http11, transport(), this, peer);
}

Engine::HeaderPtr Engine::content_type(const std::string& text) const {
    return text == kJson ? json_ : std::make_shared<TextHeader>("Content-Type", text);
}

void Engine::append_reply(ReplyWriter& writer, const HttpResponse& response, ReplyEnd end,
                          bool head_only, std::string& out) {
    auto& headers = writer.headers();
    headers.clear();  // Pistache put "Connection: Close" there
    headers.add(end == ReplyEnd::kClose ? close_ : keep_alive_);
    headers.add(content_type(response.content_type));
    if (response.retry_after_s) {
        headers.add(
            std::make_shared<TextHeader>("Retry-After", std::to_string(*response.retry_after_s)));
    }
    // Pistache makes the head. The body passes it by: its stream buffer takes 5 ms for 1 MiB.
    writer.send(static_cast<http::Code>(response.status), "");
    const Pistache::RawBuffer head = writer.rdbuf()->buffer();
    out.append(head.data(), 0, head.data().rfind(kLengthOfNothing));
    out.append(kLength).append(std::to_string(response.body.size())).append("\r\n\r\n");
    if (!head_only) out.append(response.body);
    transport()->flush();
}

}  // namespace gatehouse::edge
