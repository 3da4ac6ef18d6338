#include "edge/inbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <system_error>

namespace gatehouse::edge {

namespace {

thread_local const Inbox* adopted = nullptr;

class InboxChannel final : public Responder::Channel {
  public:
    InboxChannel(std::shared_ptr<Inbox> inbox, ConnectionId connection, std::uint64_t request)
        : inbox_(std::move(inbox)), connection_(connection), request_(request) {}

    void send(HttpResponse response) noexcept override {
        inbox_->push(Answer{connection_, request_, std::move(response)});
    }

  private:
    std::shared_ptr<Inbox> inbox_;
    ConnectionId connection_;
    std::uint64_t request_;
};

}  // namespace

Inbox::Inbox() : wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!wake_fd_.is_open()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Inbox::adopt_by_this_thread() {
    adopted = this;
}

void Inbox::push(Message message) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (stopped_) return;
        messages_.push_back(std::move(message));
        wake = !awake_ && adopted != this;
        awake_ = awake_ || wake;
    }
    if (wake) {
        const std::uint64_t one = 1;
        // Cannot fail: the counter is far from its end.
        [[maybe_unused]] const ssize_t written = ::write(wake_fd_.get(), &one, sizeof one);
    }
}

void Inbox::take(std::vector<Message>& into) {
    into.clear();
    const std::lock_guard lock(mutex_);
    into.swap(messages_);
    if (awake_) {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t read = ::read(wake_fd_.get(), &count, sizeof count);
        awake_ = false;
    }
}

void Inbox::stop() {
    std::vector<Message> dropped;
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(messages_);
}

Responder make_responder(std::shared_ptr<Inbox> inbox, ConnectionId connection,
                         std::uint64_t request) {
    return Responder(std::make_unique<InboxChannel>(std::move(inbox), connection, request));
}

}  // namespace gatehouse::edge
