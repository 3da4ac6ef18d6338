#include "plugins/runner_watch.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace gatehouse::plugins {
namespace {

// Of processor time that no call paid for. On two processors that is half a second of all there is.
constexpr std::int64_t kMostOwedNs = 1'000'000'000;
constexpr std::int64_t kShortestAlarmNs = 100'000'000;
constexpr std::int64_t kSecondNs = 1'000'000'000;
// The runner's own are 64 at most.
constexpr std::int64_t kMostThreads = 128;

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

int alarm_signal() {
    return SIGRTMIN;
}

}  // namespace

RunnerWatch::RunnerWatch(pid_t pid) : reader_(pid), account_(now_ns()) {
    account_.change_calls(now_ns(), 1);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, alarm_signal());
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = alarm_signal();
    event._sigev_un._tid = ::gettid();
    timer_t timer{};
    if (::clock_getcpuclockid(pid, &clock_) != 0 || ::timer_create(clock_, &event, &timer) != 0) {
        return;
    }
    timer_ = timer;
    signals_ = UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    arm(kMostOwedNs);
}

RunnerWatch::~RunnerWatch() {
    if (timer_) ::timer_delete(*timer_);
}

void RunnerWatch::change_calls(int by) {
    const std::lock_guard lock(mutex_);
    account_.change_calls(now_ns(), by);
}

std::string RunnerWatch::fault() {
    signalfd_siginfo taken{};
    while (::read(signals_.get(), &taken, sizeof(taken)) > 0) {
    }
    timespec used{};
    if (::clock_gettime(clock_, &used) != 0) return {};
    const std::lock_guard lock(mutex_);
    const std::int64_t owed_ns = account_.owed_ns(now_ns(), used.tv_sec * kSecondNs + used.tv_nsec);
    if (owed_ns < kMostOwedNs) {
        arm(std::max(kMostOwedNs - owed_ns, kShortestAlarmNs));
        return {};
    }
    const auto usage = reader_.read();
    return "was ended: it used processor time that no call asked for" +
           (usage ? ", with " + std::to_string(usage->threads) + " threads" : std::string());
}

std::string RunnerWatch::fault_in_threads() {
    {
        const std::lock_guard lock(mutex_);
        const std::int64_t now = now_ns();
        if (now - counted_ns_ < kSecondNs) return {};
        counted_ns_ = now;
    }
    const auto usage = reader_.read();
    if (!usage || usage->threads <= kMostThreads) return {};
    return "was ended: it has " + std::to_string(usage->threads) + " threads, more than " +
           std::to_string(kMostThreads);
}

void RunnerWatch::arm(std::int64_t after_ns) const {
    itimerspec when{};
    when.it_value.tv_sec = after_ns / kSecondNs;
    when.it_value.tv_nsec = after_ns % kSecondNs;
    ::timer_settime(*timer_, 0, &when, nullptr);
}

}  // namespace gatehouse::plugins
