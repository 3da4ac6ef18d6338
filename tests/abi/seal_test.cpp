// The seal, on threads that were there before it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <latch>
#include <thread>

#include "system_calls.hpp"

namespace gatehouse::runner {
namespace {

// In a child process, as nothing of it can be undone. 0 = the thread was refused the file.
int open_from_an_earlier_thread() {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!filter_system_calls()) return 2;
    std::latch is_running(1);
    std::latch is_sealed(1);
    int refused_with = 0;
    std::thread earlier([&] {
        is_running.count_down();
        is_sealed.wait();
        refused_with = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
    });
    is_running.wait();
    if (!filter_paths()) return 3;
    is_sealed.count_down();
    earlier.join();
    return refused_with == EACCES ? 0 : 1;
}

TEST(SealTest, P9_BindsThreadsThatALibraryStartedBeforeIt) {
    EXPECT_EXIT(::_exit(open_from_an_earlier_thread()), testing::ExitedWithCode(0), "");
}

TEST(SealTest, WithoutItTheSameThreadReads) {
    EXPECT_EXIT(
        {
            ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            ::_exit(filter_system_calls() && ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? 0
                                                                                              : 1);
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace gatehouse::runner
