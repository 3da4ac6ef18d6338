/* A plugin in C whose entry has one fault, chosen by a FAULT_... definition; without one it is a
 * good plugin. Built from the frozen header of ABI 1.0. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "gatehouse/abi.h"

static const gatehouse_call_v1* calls;
static int the_instance;

/* Some faults leave a part of the plugin unused. */
#define UNUSED __attribute__((unused))

/* Not known to the compiler, which would otherwise see what happens. */
UNUSED static volatile uintptr_t nowhere = 8;

#define TEXT(literal) \
    { literal, sizeof(literal) - 1 }

static gatehouse_str text(const char* literal) {
    gatehouse_str str = {literal, strlen(literal)};
    return str;
}

UNUSED static int32_t apply(gatehouse_instance* instance, gatehouse_call* call,
                            gatehouse_str request) {
    (void)instance;
    (void)request;
    calls->result(call,
                  text("{\"schema\":1,\"state\":\"active\",\"targets\":[],\"references\":{}}"));
    return GATEHOUSE_OK;
}

UNUSED static const gatehouse_access_v1 access_table = {
#ifdef FAULT_SHORT_TABLE
    8,
#else
    sizeof(gatehouse_access_v1),
#endif
    0,
#ifdef FAULT_NULL_APPLY
    NULL,
#else
    apply,
#endif
    NULL};

static const void* feature(gatehouse_str id) {
#ifdef FAULT_CRASH_IN_FEATURE
    *(volatile int*)nowhere = 1;
#endif
#ifdef FAULT_NO_FEATURE
    (void)id;
    return NULL;
#else
    const gatehouse_str wanted = TEXT("gatehouse.access/1");
    if (id.size == wanted.size && memcmp(id.data, wanted.data, id.size) == 0) return &access_table;
    return NULL;
#endif
}

UNUSED static int32_t create(const gatehouse_host* host, gatehouse_call* call,
                             gatehouse_str connection, gatehouse_instance** out) {
    (void)call;
    (void)connection;
    calls = (const gatehouse_call_v1*)host->service(host, text("gatehouse.call/1"));
    *out = (gatehouse_instance*)(void*)&the_instance;
    return GATEHOUSE_OK;
}

UNUSED static void destroy(gatehouse_instance* instance) {
    (void)instance;
}

#ifdef FAULT_CRASH_IN_CONSTRUCTOR
__attribute__((constructor)) static void crash(void) {
    *(volatile int*)nowhere = 1;
}
#endif
#if defined(FAULT_THREAD_IN_CONSTRUCTOR) || defined(FAULT_JOINED_THREAD_IN_CONSTRUCTOR)
static void* wait_for_ever(void* unused) {
#ifdef FAULT_THREAD_IN_CONSTRUCTOR
    for (;;)
        pause();
#endif
    return unused;
}
__attribute__((constructor)) static void start_thread(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
#ifdef FAULT_JOINED_THREAD_IN_CONSTRUCTOR
    pthread_join(thread, NULL);
#endif
}
#endif
#ifdef FAULT_HANG_IN_CONSTRUCTOR
__attribute__((constructor)) static void hang(void) {
    for (volatile int i = 0; i == 0;) {
    }
}
#endif
#ifdef FAULT_UNDEFINED_SYMBOL
extern int nobody_defines_this(void);
int use_it(void);
int use_it(void) {
    return nobody_defines_this();
}
#endif

#ifdef FAULT_MISSING_SYMBOL
#define ENTRY gatehouse_entry_of_another_name
#else
#define ENTRY gatehouse_entry_v1
#endif

extern const gatehouse_entry ENTRY;
__attribute__((visibility("default"))) const gatehouse_entry ENTRY = {
#ifdef FAULT_WRONG_MAGIC
    .magic = 0x12345678,
#else
    .magic = GATEHOUSE_ABI_MAGIC,
#endif
#ifdef FAULT_SHORT_STRUCT
    .struct_size = offsetof(gatehouse_entry, feature),
#elif defined(FAULT_NEWER_MINOR)
    .struct_size = sizeof(gatehouse_entry) + 64,
#else
    .struct_size = sizeof(gatehouse_entry),
#endif
#ifdef FAULT_NEWER_MAJOR
    .abi_major = GATEHOUSE_ABI_MAJOR + 1,
#else
    .abi_major = GATEHOUSE_ABI_MAJOR,
#endif
#ifdef FAULT_NEWER_MINOR
    .abi_minor = 9,
#else
    .abi_minor = GATEHOUSE_ABI_MINOR,
#endif
#ifdef FAULT_MIN_HOST_MINOR
    .min_host_minor = 9,
#else
    .min_host_minor = 0,
#endif
    .reserved = 0,
#ifdef FAULT_WRONG_ID
    .id = TEXT("another"),
#elif defined(FAULT_WILD_ID)
    .id = {(const char*)(uintptr_t)8, 4},
#else
    .id = TEXT("test"),
#endif
#ifdef FAULT_WRONG_VERSION
    .version = TEXT("2.0.0"),
#else
    .version = TEXT("1.0.0"),
#endif
#ifdef FAULT_NULL_FUNCTIONS
    .create = NULL,
    .destroy = NULL,
#else
    .create = create,
    .destroy = destroy,
#endif
    .feature = feature};
