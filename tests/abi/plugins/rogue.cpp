// A plugin that does what the request tells it, in the worst way. The act stands in the request's
// first reason, or for create and destroy in the connection's setting `act`. Built from the frozen
// header of ABI 1.0 and nothing else.
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gatehouse/abi.h"

namespace {

struct Instance {
    const gatehouse_host* host;
    const gatehouse_call_v1* calls;
    const gatehouse_http_v1* http;
    const gatehouse_log_v1* log;
    std::string act;
    int applied = 0;
    std::string pin = {};  // of the last request
};

gatehouse_str str(std::string_view text) {
    return {text.data(), text.size()};
}

std::string text_after(gatehouse_str document, std::string_view mark) {
    const std::string_view text(document.data, document.size);
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = text.substr(at + mark.size());
    return std::string(rest.substr(0, rest.find('"')));
}

// Not known to the compiler, which would otherwise see what happens.
volatile std::uintptr_t nowhere = 8;

void crash() {
    *reinterpret_cast<volatile int*>(nowhere) = 1;
}

std::string good(const std::string& detail) {
    return R"({"schema":1,"state":"active","targets":[{"target":"door:1","name":null,)"
           R"("state":"active"}],"references":{},"detail":")" +
           detail + "\"}";
}

std::int32_t give(const Instance& self, gatehouse_call* call, const std::string& document) {
    self.calls->result(call, str(document));
    return GATEHOUSE_OK;
}

// What the system said, as the call's result.
std::int32_t tell(const Instance& self, gatehouse_call* call, long outcome) {
    return give(self, call, good(outcome >= 0 ? "allowed" : strerrorname_np(errno)));
}

using Act = std::int32_t (*)(Instance&, gatehouse_call*);

std::int32_t spin(Instance& self, gatehouse_call* call) {
    for (volatile int i = 0; i == 0;) {
    }
    return tell(self, call, 0);
}

std::int32_t allocate(Instance& self, gatehouse_call* call) {
    std::vector<std::string> all;
    for (int mib = 0; mib < 100'000; ++mib)
        all.emplace_back(1 << 20, 'x');
    return tell(self, call, 0);
}

std::int32_t write_rubbish_to_host(Instance& self, gatehouse_call* call) {
    const std::string rubbish(100'000, 'x');
    return tell(self, call, ::write(3, rubbish.data(), rubbish.size()));
}

std::int32_t answer_another_call(Instance& self, gatehouse_call* call) {
    const char frame[16] = {'G', 'H', 'F', '1', 5, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0};
    return tell(self, call, ::write(3, frame, sizeof(frame)));
}

std::int32_t leave_thread(Instance& self, gatehouse_call* call) {
    std::thread([] {
        while (true)
            ::usleep(1000);
    }).detach();
    return give(self, call, good("left"));
}

// Threads that stay when the call is answered. Their stacks are small: the address space is
// limited.
bool leave_threads(int count, void* (*body)(void*)) {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, std::size_t{64} * 1024);
    ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    bool are_all_there = true;
    for (int i = 0; i < count; ++i) {
        pthread_t thread{};
        are_all_there = ::pthread_create(&thread, &attributes, body, nullptr) == 0 && are_all_there;
    }
    ::pthread_attr_destroy(&attributes);
    return are_all_there;
}

// They begin once all are there: until then the call itself needs the processor.
std::atomic<bool> may_spin = false;

std::int32_t leave_spinning(Instance& self, gatehouse_call* call) {
    const bool is_done = leave_threads(100, [](void*) -> void* {
        while (!may_spin)
            ::usleep(1000);
        for (volatile int i = 0; i == 0;) {
        }
        return nullptr;
    });
    const std::int32_t kind = give(self, call, good(is_done ? "left" : "no threads"));
    may_spin = true;
    return kind;
}

std::int32_t leave_waiting(Instance& self, gatehouse_call* call) {
    const bool is_done = leave_threads(200, [](void*) -> void* {
        while (true)
            ::pause();
    });
    return give(self, call, good(is_done ? "left" : "no threads"));
}

std::int32_t crash_later(Instance& self, gatehouse_call* call) {
    std::thread([] {
        ::usleep(20'000);
        crash();
    }).detach();
    return give(self, call, good("left"));
}

std::int32_t start_program(Instance& self, gatehouse_call* call) {
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    return tell(self, call, ::execv(name, arguments));
}

std::int32_t fork_process(Instance& self, gatehouse_call* call) {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    return tell(self, call, pid);
}

std::int32_t raise_limit(Instance& self, gatehouse_call* call) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max = limit.rlim_max - 1;
    return tell(self, call, ::setrlimit(RLIMIT_NOFILE, &limit));
}

std::int32_t ask_http(Instance& self, gatehouse_call* call) {
    gatehouse_str answer{};
    const std::int32_t kind = self.http->send(
        call, str(R"({"schema":1,"method":"GET","url":"https://vendor.example/x"})"), &answer);
    const std::string_view text(answer.data, answer.size);
    if (kind != GATEHOUSE_OK) {
        gatehouse_failure failure{};
        failure.struct_size = sizeof(failure);
        failure.kind = kind;
        failure.message = answer;
        self.calls->fail(call, &failure);
        return kind;
    }
    return give(self, call, good(text.find("hello") == std::string_view::npos ? "empty" : "hello"));
}

std::int32_t fail_with_fields(Instance& self, gatehouse_call* call) {
    gatehouse_failure failure{};
    failure.struct_size = sizeof(failure);
    failure.kind = GATEHOUSE_INVALID;
    failure.message = str("the renter cannot be used");
    failure.fields = str(R"({"renter.email":"is empty"})");
    failure.retry_after_ms = 1500;
    self.calls->fail(call, &failure);
    return GATEHOUSE_INVALID;
}

std::int32_t print(Instance& self, gatehouse_call* call) {
    for (int i = 0; i < 100'000; ++i)
        std::printf("printed line %d\n", i);
    std::fflush(stdout);
    std::fputs("to stderr without an end", stderr);
    return give(self, call, good("printed"));
}

std::int32_t log_much(Instance& self, gatehouse_call* call) {
    const std::string line(5000, 'l');
    for (int i = 0; i < 10'000; ++i)
        self.log->write(self.host, GATEHOUSE_LOG_WARN, str(line));
    return give(self, call, good("logged"));
}

std::int32_t blab(Instance& self, gatehouse_call* call) {
    const std::string said = "the PIN is " + self.pin;
    self.log->write(self.host, GATEHOUSE_LOG_WARN, str(said));
    std::printf("printed: %s\n", said.c_str());
    std::fflush(stdout);
    const std::string fields = R"({"credential":"refused )" + self.pin + "\"}";
    gatehouse_failure failure{};
    failure.struct_size = sizeof(failure);
    failure.kind = GATEHOUSE_INVALID;
    failure.message = str(said);
    failure.fields = str(fields);
    self.calls->fail(call, &failure);
    return GATEHOUSE_INVALID;
}

const std::map<std::string, Act> kActs{
    {"good", [](Instance& self, gatehouse_call* call) { return give(self, call, good("good")); }},
    {"count",
     [](Instance& self, gatehouse_call* call) {
         return give(self, call, good(std::to_string(++self.applied)));
     }},
    {"throw", [](Instance&, gatehouse_call*) -> std::int32_t { throw std::runtime_error("out"); }},
    {"throw number", [](Instance&, gatehouse_call*) -> std::int32_t { throw 42; }},
    {"no result", [](Instance&, gatehouse_call*) -> std::int32_t { return GATEHOUSE_OK; }},
    {"no reason", [](Instance&, gatehouse_call*) -> std::int32_t { return GATEHOUSE_CONFLICT; }},
    {"wild kind", [](Instance&, gatehouse_call*) -> std::int32_t { return 4711; }},
    {"fields", fail_with_fields},
    {"not json", [](Instance& self, gatehouse_call* call) { return give(self, call, "rubbish"); }},
    {"wrong schema",
     [](Instance& self, gatehouse_call* call) {
         return give(self, call, R"({"schema":2,"state":"active","targets":[],"references":{}})");
     }},
    {"wrong shape",
     [](Instance& self, gatehouse_call* call) {
         return give(self, call, R"({"schema":1,"state":"open","targets":{},"references":[]})");
     }},
    {"deep",
     [](Instance& self, gatehouse_call* call) {
         return give(self, call, std::string(500'000, '[') + std::string(500'000, ']'));
     }},
    {"bad utf-8",
     [](Instance& self, gatehouse_call* call) { return give(self, call, good("\xff\xfe")); }},
    {"huge",
     [](Instance& self, gatehouse_call* call) {
         return give(self, call, good(std::string(100'000'000, 'x')));
     }},
    {"large",
     [](Instance& self, gatehouse_call* call) {
         return give(self, call, good(std::string(2'000'000, 'x')));
     }},
    {"spin", spin},
    {"allocate", allocate},
    {"crash",
     [](Instance& self, gatehouse_call* call) {
         crash();
         return tell(self, call, 0);
     }},
    {"abort", [](Instance&, gatehouse_call*) -> std::int32_t { std::abort(); }},
    {"exit", [](Instance&, gatehouse_call*) -> std::int32_t { ::_exit(0); }},
    {"close",
     [](Instance& self, gatehouse_call* call) {
         ::close(3);
         return tell(self, call, 0);
     }},
    {"rubbish frame", write_rubbish_to_host},
    {"foreign frame", answer_another_call},
    {"thread", leave_thread},
    {"spinning threads", leave_spinning},
    {"spinning", leave_spinning},
    {"waiting threads", leave_waiting},
    {"crash later", crash_later},
    {"blab", blab},
    {"print", print},
    {"log", log_much},
    {"http", ask_http},
    {"socket",
     [](Instance& self, gatehouse_call* call) {
         return tell(self, call, ::socket(AF_INET, SOCK_STREAM, 0));
     }},
    {"unix socket",
     [](Instance& self, gatehouse_call* call) {
         return tell(self, call, ::socket(AF_UNIX, SOCK_STREAM, 0));
     }},
    {"connect",
     [](Instance& self, gatehouse_call* call) {
         const sockaddr address{};
         return tell(self, call, ::connect(3, &address, sizeof(address)));
     }},
    {"exec", start_program},
    {"fork", fork_process},
    {"ptrace",
     [](Instance& self, gatehouse_call* call) {
         return tell(self, call, ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr));
     }},
    {"kill host",
     [](Instance& self, gatehouse_call* call) {
         return tell(self, call, ::kill(::getppid(), SIGTERM));
     }},
    {"read file",
     [](Instance& self, gatehouse_call* call) {
         return tell(self, call, ::open("/etc/passwd", O_RDONLY));
     }},
    {"write file",
     [](Instance& self, gatehouse_call* call) {
         return tell(self, call, ::open("/tmp/gatehouse-rogue", O_WRONLY | O_CREAT, 0600));
     }},
    {"list folder",
     [](Instance& self, gatehouse_call* call) {
         return tell(self, call, ::open("/usr/lib", O_RDONLY | O_DIRECTORY));
     }},
    {"stat",
     [](Instance& self, gatehouse_call* call) {
         struct stat about {};
         return tell(self, call, ::stat("/etc/passwd", &about));
     }},
    {"lstat",
     [](Instance& self, gatehouse_call* call) {
         struct stat about {};
         return tell(self, call, ::lstat("/etc/passwd", &about));
     }},
    {"statx",
     [](Instance& self, gatehouse_call* call) {
         struct statx about {};
         return tell(self, call, ::statx(AT_FDCWD, "/etc/passwd", 0, STATX_BASIC_STATS, &about));
     }},
    {"access",
     [](Instance& self, gatehouse_call* call) {
         return tell(self, call, ::access("/etc/passwd", F_OK));
     }},
    {"read link",
     [](Instance& self, gatehouse_call* call) {
         char target[64];
         return tell(self, call, ::readlink("/proc/self/exe", target, sizeof(target)));
     }},
    {"working folder",
     [](Instance& self, gatehouse_call* call) {
         char name[64];
         return tell(self, call, ::syscall(SYS_getcwd, name, sizeof(name)));
     }},
    {"raise priority",
     [](Instance& self, gatehouse_call* call) {
         return tell(self, call, ::setpriority(PRIO_PROCESS, 0, 0));
     }},
    {"raise limit", raise_limit},
};

std::int32_t apply(gatehouse_instance* instance, gatehouse_call* call, gatehouse_str request) {
    Instance& self = *reinterpret_cast<Instance*>(instance);
    auto act = kActs.find(text_after(request, R"("reasons":[")"));
    if (act == kActs.end()) act = kActs.find(self.act);
    if (act == kActs.end()) return GATEHOUSE_UNSUPPORTED;
    self.pin = text_after(request, R"("value":")");
    return act->second(self, call);
}

constexpr gatehouse_access_v1 kAccess{sizeof(gatehouse_access_v1), 0, &apply, nullptr};

// In the host's benchmarks it is a business's name in capitals.
std::string as_act(std::string text) {
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::int32_t create(const gatehouse_host* host, gatehouse_call*, gatehouse_str connection,
                    gatehouse_instance** out) {
    const std::string act = as_act(text_after(connection, R"("act":")"));
    if (act == "throw in create") throw std::runtime_error("create");
    if (act == "crash in create") crash();
    if (act == "refuse in create") return GATEHOUSE_AUTH;
    if (act == "null instance") return GATEHOUSE_OK;
    const auto find = [&](std::string_view id) { return host->service(host, str(id)); };
    auto* self = new Instance{host, static_cast<const gatehouse_call_v1*>(find("gatehouse.call/1")),
                              static_cast<const gatehouse_http_v1*>(find("gatehouse.http/1")),
                              static_cast<const gatehouse_log_v1*>(find("gatehouse.log/1")), act};
    *out = reinterpret_cast<gatehouse_instance*>(self);
    return GATEHOUSE_OK;
}

void destroy(gatehouse_instance* instance) {
    auto* self = reinterpret_cast<Instance*>(instance);
    if (self->act == "crash in destroy") crash();
    delete self;
}

const void* feature(gatehouse_str id) {
    return std::string_view(id.data, id.size) == "gatehouse.access/1" ? &kAccess : nullptr;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const gatehouse_entry gatehouse_entry_v1;
const gatehouse_entry gatehouse_entry_v1{GATEHOUSE_ABI_MAGIC,
                                         sizeof(gatehouse_entry),
                                         GATEHOUSE_ABI_MAJOR,
                                         GATEHOUSE_ABI_MINOR,
                                         0,
                                         0,
                                         {"rogue", 5},
                                         {"1.0.0", 5},
                                         &create,
                                         &destroy,
                                         &feature};
