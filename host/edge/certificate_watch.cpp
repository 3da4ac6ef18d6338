#include "edge/certificate_watch.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "base/clock.hpp"
#include "edge/tls_fault.hpp"
#include "observe/log.hpp"

namespace gatehouse::edge {

namespace {

constexpr std::int64_t kLookEveryMs = 1000;

// In words for people; the library's where ours find nothing.
std::string reason_of(const TlsFiles& files, const Error& error) {
    const auto fault = fault_in(files);
    return fault ? fault->message : error.message;
}

}  // namespace

CertificateWatch::CertificateWatch(TlsFiles files, std::string name, Fingerprint seen,
                                   TlsContext context, TicketKeys* tickets)
    : files_(std::move(files)), name_(std::move(name)), loaded_(seen), tickets_(tickets) {
    put_in_force(std::move(context));
}

void CertificateWatch::put_in_force(TlsContext context) {
    in_force_ = std::move(context);
    if (tickets_ != nullptr) tickets_->serve(in_force_.context.get());
}

Result<CertificateWatch> CertificateWatch::open(TlsFiles files, std::string name,
                                                TicketKeys* tickets) {
    // Taken before the files are read: what changes meanwhile is seen as a change.
    const Fingerprint seen = fingerprint(files);
    auto context = load_tls_context(files);
    if (!context) return fail(context.error().kind, reason_of(files, context.error()));
    return CertificateWatch(std::move(files), std::move(name), seen, std::move(*context), tickets);
}

CertificateWatch::Fingerprint CertificateWatch::fingerprint(const TlsFiles& files) {
    Fingerprint print{};
    auto* out = print.data();
    for (const auto* path : {&files.certificate, &files.key}) {
        struct stat found {};
        if (::stat(path->c_str(), &found) == 0) {
            *out++ = static_cast<std::int64_t>(found.st_dev);
            *out++ = static_cast<std::int64_t>(found.st_ino);
            *out++ = static_cast<std::int64_t>(found.st_size);
            *out++ = static_cast<std::int64_t>(found.st_mtim.tv_sec);
            *out++ = static_cast<std::int64_t>(found.st_mtim.tv_nsec);
        } else {
            out += 5;
        }
    }
    return print;
}

SSL_CTX* CertificateWatch::current(std::int64_t now_ms) {
    if (now_ms >= next_look_ms_) {
        next_look_ms_ = now_ms + kLookEveryMs;
        if (tickets_ != nullptr) tickets_->refresh();
        const Fingerprint now = fingerprint(files_);
        if (now != loaded_) reload(now);
    }
    return in_force_.context.get();
}

void CertificateWatch::reload(const Fingerprint& now) {
    auto context = load_tls_context(files_);
    if (context) {
        loaded_ = now;
        put_in_force(std::move(*context));
        observe::info(name_, "certificate reloaded",
                      {{"certificate", files_.certificate.string()},
                       {"not_after", format_utc(in_force_.not_after_ms)}});
        return;
    }
    if (now == refused_) return;  // said already
    refused_ = now;
    observe::warn(name_, "new certificate not usable, the old one stays in force",
                  {{"reason", reason_of(files_, context.error())}});
}

}  // namespace gatehouse::edge
