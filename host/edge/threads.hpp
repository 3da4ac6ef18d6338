// Threads of the edge take no signals: SIGTERM is the main thread's, and a SIGPIPE from a write to
// a client that is gone (OpenSSL has no no-signal flag) stays blocked and harmless, whatever the
// process does about it elsewhere.
#pragma once

#include <pthread.h>

#include <csignal>
#include <string>
#include <thread>
#include <utility>

namespace gatehouse::edge {

template <typename Function>
std::thread start_thread(const std::string& name, Function function) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(function));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
    return thread;
}

}  // namespace gatehouse::edge
