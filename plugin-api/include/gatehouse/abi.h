/*
 * Gatehouse plugin ABI 1.1.
 *
 * A plugin is a shared library that exports exactly one symbol, the constant `gatehouse_entry_v1`.
 * It runs in a process of its own (gatehouse-runner) without network, files or other processes:
 * what it needs of the world it asks of the host's services. Most authors never read this file;
 * they derive a class from gatehouse/plugin.hpp, which is made of nothing but this.
 *
 * Rules for both sides
 *  - No exception and no longjmp crosses. Nothing allocated on one side is freed on the other.
 *  - A gatehouse_str is borrowed: it is valid until the function that got it returns, unless its
 *    contract says otherwise. It is UTF-8 and need not end with NUL.
 *  - Documents are JSON objects with a number `schema`, defined in plugin-api/schemas.
 *  - `reserved` members are 0.
 *
 * Thread tags
 *  [instance]  The host makes one call at a time into one instance, but not always from the same
 *              thread; different instances run at the same time.
 *  [call]      Only by the plugin, on the thread that the call came on, before that call returns.
 *  [any]       At any time, from any thread.
 *
 * Versions
 *  - The symbol's name carries the major version. A major is never mixed.
 *  - A minor version only appends: a member exists if it ends within the giver's struct_size
 *    (GATEHOUSE_HAS). Members are never moved, reused or given another meaning.
 *  - A change of meaning is a new revision of a service or feature: "gatehouse.access/2".
 *  - The host refuses a plugin before calling into it when magic, major, struct_size or
 *    min_host_minor do not fit, or when id, version or checksum differ from the manifest.
 */
#ifndef GATEHOUSE_ABI_H
#define GATEHOUSE_ABI_H

#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming) */

#ifdef __cplusplus
extern "C" {
#endif

#define GATEHOUSE_ABI_MAGIC 0x31504847u /* the bytes "GHP1" */
#define GATEHOUSE_ABI_MAJOR 1u
#define GATEHOUSE_ABI_MINOR 1u
#define GATEHOUSE_ENTRY_SYMBOL "gatehouse_entry_v1"

/* Whether the giver of *ptr, a `type`, knew `member`. */
#define GATEHOUSE_HAS(ptr, type, member) \
    ((ptr)->struct_size >= __builtin_offsetof(type, member) + sizeof((ptr)->member))

typedef struct gatehouse_str {
    const char* data; /* may be null when size is 0 */
    uint64_t size;    /* bytes */
} gatehouse_str;

typedef struct gatehouse_instance gatehouse_instance; /* the plugin's; one for each connection */
typedef struct gatehouse_call gatehouse_call;         /* the host's; valid until the call returns */
typedef struct gatehouse_host gatehouse_host;         /* the host's; valid until destroy returned */

/* How a call can fail. 0 is success; other numbers are taken as INTERNAL. */
enum {
    GATEHOUSE_OK = 0,
    GATEHOUSE_AUTH = 1,         /* credentials refused; a person must act */
    GATEHOUSE_FORBIDDEN = 2,    /* credentials accepted, this act is not allowed */
    GATEHOUSE_NOT_FOUND = 3,    /* what the call names does not exist (yet) */
    GATEHOUSE_INVALID = 4,      /* this input can never work; never retried; say which fields */
    GATEHOUSE_CONFLICT = 5,     /* the vendor's present state forbids it */
    GATEHOUSE_RATE_LIMITED = 6, /* too fast; say for how long to wait if the vendor did */
    GATEHOUSE_UNAVAILABLE = 7,  /* time-out, 5xx, controller offline: time cures it */
    GATEHOUSE_PENDING = 8,      /* accepted, not done; call again */
    GATEHOUSE_UNSUPPORTED = 9,  /* this vendor cannot do it; never retried */
    GATEHOUSE_INTERNAL = 10     /* a defect in the plugin or the host */
};

enum {
    GATEHOUSE_LOG_DEBUG = 0,
    GATEHOUSE_LOG_INFO = 1,
    GATEHOUSE_LOG_WARN = 2,
    GATEHOUSE_LOG_ERROR = 3
};

/* ---- the host's services, found with gatehouse_host.service ------------------------------- */

struct gatehouse_host {
    uint32_t struct_size;
    uint32_t abi_major;
    uint32_t abi_minor;
    uint32_t reserved;

    /* The table of a service, "gatehouse.http/1"; null if this host does not have it. The table
     * lives as long as the process. [any] */
    const void* (*service)(const gatehouse_host* host, gatehouse_str id);
};

typedef struct gatehouse_failure {
    uint32_t struct_size;
    int32_t kind; /* GATEHOUSE_AUTH ... */

    /* One line for people. It is logged and shown, so no secret, PIN or raw answer goes in. The
     * host shortens it to 500 bytes. */
    gatehouse_str message;

    /* When to try again, in milliseconds from now; 0 = not known. */
    uint64_t retry_after_ms;

    /* For GATEHOUSE_INVALID: {"name": "what is wrong with it"}; else empty. */
    gatehouse_str fields;
} gatehouse_failure;

/* "gatehouse.call/1": how an answer leaves. */
typedef struct gatehouse_call_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* Gives the call's result document, at most 1 MiB; the host copies it. The last result() or
     * fail() counts. [call] */
    void (*result)(gatehouse_call* call, gatehouse_str document);

    /* Gives the reason why the call failed; the host copies it. [call] */
    void (*fail)(gatehouse_call* call, const gatehouse_failure* failure);

    /* Milliseconds until the host gives the call up and ends this process; 0 when past. [call] */
    uint64_t (*remaining_ms)(gatehouse_call* call);
} gatehouse_call_v1;

/* "gatehouse.log/1" */
typedef struct gatehouse_log_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* One line in the host's log, GATEHOUSE_LOG_*. Dropped beyond what is decent: 1 KiB a line and
     * some hundred lines a minute. No secret, PIN or raw answer goes in. [any] */
    void (*write)(const gatehouse_host* host, int32_t level, gatehouse_str text);
} gatehouse_log_v1;

/* "gatehouse.http/1": the only way out, through the host's allow-list, rate and timeline. */
typedef struct gatehouse_http_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* Sends one request (schemas/http.request.json) and waits for its answer. `{{secret:name}}` in
     * the URL, a header or the body stands for the connection's secret setting of that name; the
     * host fills it in, the plugin never sees it.
     *
     * 0: *answer is schemas/http.reply.json, whatever the HTTP status. Else the kind:
     * RATE_LIMITED (the turn would come after the deadline), UNAVAILABLE, FORBIDDEN (host not
     * listed), INVALID (malformed, or too large), INTERNAL; then *answer is
     * schemas/error.json. *answer is valid until the next send of this call, or its return.
     * [call; blocks] */
    int32_t (*send)(gatehouse_call* call, gatehouse_str request, gatehouse_str* answer);
} gatehouse_http_v1;

/* "gatehouse.clock/1" */
typedef struct gatehouse_clock_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* Milliseconds since 1970-01-01T00:00:00Z. [any] */
    int64_t (*now_ms)(const gatehouse_host* host);

    /* Nanoseconds that never go back, for durations. [any] */
    int64_t (*steady_ns)(const gatehouse_host* host);
} gatehouse_clock_v1;

/* "gatehouse.random/1": fit for PINs and idempotency keys. */
typedef struct gatehouse_random_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* Fills `out` with `size` bytes. GATEHOUSE_OK or GATEHOUSE_INTERNAL. [any] */
    int32_t (*bytes)(const gatehouse_host* host, void* out, uint64_t size);
} gatehouse_random_v1;

/* ---- the plugin's features, found with gatehouse_entry.feature ---------------------------- */

/* Every function of a feature has this form. It gives its answer with gatehouse.call/1 and returns
 * GATEHOUSE_OK after result(), or the kind after fail(). A kind without fail() is a failure without
 * words; GATEHOUSE_OK without result() is a defect of the plugin. It may block until
 * remaining_ms() is used up. [instance] */
typedef int32_t (*gatehouse_function)(gatehouse_instance* instance, gatehouse_call* call,
                                      gatehouse_str request);

/* "gatehouse.access/1": makes the vendor agree with the access that a rental should have. */
typedef struct gatehouse_access_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* Brings about the state that the request names. It names an end, never a step, so a repeat is
     * harmless: look before creating, keep what is found in `references`, count "already gone" as
     * done. schemas/access.apply.*.json */
    gatehouse_function apply;

    /* A harmless look whether the vendor answers and the credentials hold. Optional.
     * schemas/access.probe.*.json */
    gatehouse_function probe;
} gatehouse_access_v1;

/* "gatehouse.targets/1" */
typedef struct gatehouse_targets_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    gatehouse_function list; /* what can be opened; schemas/targets.list.*.json */
} gatehouse_targets_v1;

/* "gatehouse.inventory/1" */
typedef struct gatehouse_inventory_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    gatehouse_function list; /* what the vendor holds; schemas/inventory.list.*.json */
} gatehouse_inventory_v1;

/* "gatehouse.inbound/1" */
typedef struct gatehouse_inbound_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    gatehouse_function parse; /* a vendor's verified webhook; schemas/inbound.parse.*.json */
} gatehouse_inbound_v1;

/* "gatehouse.notify/1" */
typedef struct gatehouse_notify_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    gatehouse_function send; /* an event with its facts; schemas/notify.send.*.json */
} gatehouse_notify_v1;

/* "gatehouse.describe/1" */
typedef struct gatehouse_describe_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    gatehouse_function describe; /* for people and tools; schemas/describe.*.json */
} gatehouse_describe_v1;

/* "gatehouse.events/1", since 1.1: keeps the vendor's events coming. */
typedef struct gatehouse_events_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* Sees to it that the vendor sends its events to the given address: looks for the
     * registration, makes it if there is none, switches it on again if the vendor switched it off.
     * Asked every few minutes, so a registration that is well costs one look and no write.
     * schemas/events.subscribe.*.json */
    gatehouse_function subscribe;

    /* The events since a time, by pages, for what was missed. The host drops what it knows by the
     * vendor's id, so giving too much is harmless. schemas/events.catch_up.*.json */
    gatehouse_function catch_up;
} gatehouse_events_v1;

/* ---- the entry ---------------------------------------------------------------------------- */

typedef struct gatehouse_entry {
    uint32_t magic;       /* GATEHOUSE_ABI_MAGIC */
    uint32_t struct_size; /* sizeof(gatehouse_entry) as the plugin was built */
    uint32_t abi_major;   /* GATEHOUSE_ABI_MAJOR as the plugin was built */
    uint32_t abi_minor;
    uint32_t min_host_minor; /* the lowest host minor that the plugin can work with */
    uint32_t reserved;

    gatehouse_str id;      /* "kisi"; lives as long as the process, as does version */
    gatehouse_str version; /* "1.0.0" */

    /* Makes the instance of one connection from its document (schemas/connection.json). A failure
     * is given as in gatehouse_function, and then *out is ignored. [any] */
    int32_t (*create)(const gatehouse_host* host, gatehouse_call* call, gatehouse_str connection,
                      gatehouse_instance** out);

    /* Frees what create made. No call is under way and none follows. [any] */
    void (*destroy)(gatehouse_instance* instance);

    /* The table of a feature, "gatehouse.access/1"; null if not offered. The answer never changes
     * and the table lives as long as the process. [any] */
    const void* (*feature)(gatehouse_str id);
} gatehouse_entry;

/* The one exported symbol is: const gatehouse_entry gatehouse_entry_v1 */

#ifdef __cplusplus
}
#endif

/* NOLINTEND(readability-identifier-naming) */

#endif
