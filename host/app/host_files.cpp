#include "app/host_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "access/pin.hpp"
#include "edge/tls_fault.hpp"

namespace gatehouse::app {
namespace {

using config::Place;
using config::Problem;
using config::Problems;

void add_error(Problems& problems, const Place& place, std::string message,
               std::string suggestion = "") {
    problems.push_back(
        {place, std::move(message), std::move(suggestion), Problem::Severity::kError});
}

void add_warning(Problems& problems, const Place& place, std::string message,
                 std::string suggestion = "") {
    problems.push_back(
        {place, std::move(message), std::move(suggestion), Problem::Severity::kWarning});
}

std::string day_of(UnixMs at_ms) {
    return format_utc(at_ms).substr(0, 10);
}

// One that has ended is no error: the host serves it, and senders may be told to take it.
void check_dates(const config::Listen& listen, UnixMs now_ms, Problems& problems) {
    const auto dates = edge::dates_of(listen.certificate);
    if (!dates) return;
    const std::string name = "certificate " + listen.certificate.string();
    if (const auto end = edge::near_end(*dates, now_ms)) {
        add_warning(problems, listen.certificate_place, name + " " + end->message, end->suggestion);
    } else if (dates->not_before_ms > now_ms) {
        add_warning(problems, listen.certificate_place,
                    name + " is not good before " + day_of(dates->not_before_ms));
    }
}

void check_tls(const config::Listen& listen, UnixMs now_ms, Problems& problems) {
    // What cannot be read at all was said by the reader of the configuration.
    if (::access(listen.certificate.c_str(), R_OK) != 0 ||
        ::access(listen.key.c_str(), R_OK) != 0) {
        return;
    }
    if (auto fault = edge::fault_in({listen.certificate, listen.key})) {
        const bool is_key = fault->file == edge::TlsFault::File::kKey;
        add_error(problems, is_key ? listen.key_place : listen.certificate_place,
                  std::move(fault->message), std::move(fault->suggestion));
        return;
    }
    check_dates(listen, now_ms, problems);
}

bool may(const std::filesystem::path& path, int how) {
    return ::faccessat(AT_FDCWD, path.c_str(), how, AT_EACCESS) == 0;
}

void check_store(const config::Store& store, Problems& problems) {
    if (store.sqlite_path.empty()) return;
    const std::filesystem::path folder =
        store.sqlite_path.has_parent_path() ? store.sqlite_path.parent_path() : ".";
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) {
        add_error(problems, store.sqlite_place,
                  "the database's folder " + folder.string() + " does not exist",
                  "make it, for the service's user alone");
    } else if (!std::filesystem::is_directory(folder, error)) {
        add_error(problems, store.sqlite_place, folder.string() + " is no folder");
    } else if (!may(folder, W_OK | X_OK)) {
        add_error(problems, store.sqlite_place,
                  "the database's folder " + folder.string() + " may not be written to",
                  "chown it to the service's user");
    } else if (std::filesystem::exists(store.sqlite_path, error) &&
               (!std::filesystem::is_regular_file(store.sqlite_path, error) ||
                !may(store.sqlite_path, R_OK | W_OK))) {
        add_error(problems, store.sqlite_place,
                  "the database " + store.sqlite_path.string() +
                      " is no file that may be read and written");
    }
}

void check_pin_key(const config::Store& store, Problems& problems) {
    if (store.sqlite_path.empty()) return;
    const access::PinKeyLook look = access::look_at_pin_key(pin_key_file(store));
    if (!look.fault.empty()) add_error(problems, store.place, look.fault);
    if (!look.doubt.empty()) {
        add_warning(problems, store.place, look.doubt,
                    "chmod 600 it, unless the volume makes it so");
    }
}

}  // namespace

std::filesystem::path pin_key_file(const config::Store& store) {
    return store.pin_key.empty() ? store.sqlite_path.parent_path() / "pin.key" : store.pin_key;
}

std::filesystem::path crash_marks_file(const config::Store& store) {
    return store.sqlite_path.parent_path() / "crashed-tasks";
}

void check_host_files(const config::Config& config, UnixMs now_ms, Problems& problems) {
    if (!config.listen.certificate.empty() && !config.listen.key.empty()) {
        check_tls(config.listen, now_ms, problems);
    }
    check_store(config.store, problems);
    check_pin_key(config.store, problems);
}

}  // namespace gatehouse::app
