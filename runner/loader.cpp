#include "loader.hpp"

#define BOOST_DLL_USE_STD_FS
#include <elf.h>

#include <array>
#include <boost/dll/shared_library.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace gatehouse::runner {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "the runner knows x86_64 and aarch64"
#endif

constexpr std::size_t kMaxWordBytes = 200;

gatehouse_str str(std::string_view text) {
    return {text.data(), text.size()};
}

// The dynamic linker says of a foreign file only "invalid ELF header" or "cannot open".
std::string unfit_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return "cannot be read";
    Elf64_Ehdr head{};
    file.read(reinterpret_cast<char*>(&head), sizeof(head));
    if (!file || std::memcmp(&head.e_ident[0], ELFMAG, SELFMAG) != 0) return "is no shared library";
    if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_machine != kMachine) {
        return "is built for another architecture";
    }
    return head.e_type == ET_DYN ? "" : "is no shared library";
}

bool equals(gatehouse_str text, std::string_view wanted) {
    return text.size == wanted.size() && text.data != nullptr &&
           std::memcmp(text.data, wanted.data(), wanted.size()) == 0;
}

std::string quoted(gatehouse_str text) {
    if (text.data == nullptr || text.size > kMaxWordBytes) return "(unreadable)";
    return "'" + std::string(text.data, text.size) + "'";
}

std::string unfit_entry(const gatehouse_entry& entry, const Wanted& wanted) {
    if (entry.magic != GATEHOUSE_ABI_MAGIC) return "its entry has the wrong magic number";
    if (entry.abi_major != GATEHOUSE_ABI_MAJOR) {
        return "it is built for ABI " + std::to_string(entry.abi_major) + ", this host has ABI " +
               std::to_string(GATEHOUSE_ABI_MAJOR);
    }
    if (entry.struct_size < sizeof(gatehouse_entry)) {
        return "its entry is shorter than that of ABI 1.0";
    }
    if (entry.min_host_minor > GATEHOUSE_ABI_MINOR) {
        return "it needs a host with ABI 1." + std::to_string(entry.min_host_minor) +
               " or newer, this one has 1." + std::to_string(GATEHOUSE_ABI_MINOR);
    }
    if (!equals(entry.id, wanted.id)) {
        return "it calls itself " + quoted(entry.id) + ", the manifest says '" + wanted.id + "'";
    }
    if (!equals(entry.version, wanted.version)) {
        return "it is version " + quoted(entry.version) + ", the manifest says '" + wanted.version +
               "'";
    }
    if (entry.create == nullptr || entry.destroy == nullptr || entry.feature == nullptr) {
        return "its entry lacks a function";
    }
    return {};
}

struct NamedFunction {
    std::string_view name;
    std::string_view feature;
    std::size_t offset;
    bool is_required;
};

constexpr std::array kFunctions{
    NamedFunction{"access.apply", "gatehouse.access/1", offsetof(gatehouse_access_v1, apply), true},
    NamedFunction{"access.probe", "gatehouse.access/1", offsetof(gatehouse_access_v1, probe),
                  false},
    NamedFunction{"targets.list", "gatehouse.targets/1", offsetof(gatehouse_targets_v1, list),
                  true},
    NamedFunction{"inventory.list", "gatehouse.inventory/1", offsetof(gatehouse_inventory_v1, list),
                  true},
    NamedFunction{"inbound.parse", "gatehouse.inbound/1", offsetof(gatehouse_inbound_v1, parse),
                  true},
    NamedFunction{"events.subscribe", "gatehouse.events/1",
                  offsetof(gatehouse_events_v1, subscribe), true},
    NamedFunction{"events.catch_up", "gatehouse.events/1", offsetof(gatehouse_events_v1, catch_up),
                  true},
    NamedFunction{"notify.send", "gatehouse.notify/1", offsetof(gatehouse_notify_v1, send), true},
    NamedFunction{"describe", "gatehouse.describe/1", offsetof(gatehouse_describe_v1, describe),
                  true},
};

// Every feature's table begins with its size and holds functions of one form.
gatehouse_function function_at(const void* table, std::size_t offset) {
    std::uint32_t struct_size = 0;
    std::memcpy(&struct_size, table, sizeof(struct_size));
    if (struct_size < offset + sizeof(gatehouse_function)) return nullptr;
    gatehouse_function function = nullptr;
    std::memcpy(&function, static_cast<const char*>(table) + offset, sizeof(function));
    return function;
}

std::string unfit_features(const gatehouse_entry& entry, const Wanted& wanted) {
    for (const std::string& feature : wanted.features) {
        const void* table = entry.feature(str(feature));
        if (table == nullptr) {
            return "the manifest names " + feature + ", which it does not offer";
        }
        for (const NamedFunction& function : kFunctions) {
            if (function.feature == feature && function.is_required &&
                function_at(table, function.offset) == nullptr) {
                return "its table of " + feature + " lacks " + std::string(function.name);
            }
        }
    }
    return {};
}

}  // namespace

std::variant<const gatehouse_entry*, Refusal> load_plugin(const Wanted& wanted) {
    const std::string name = std::filesystem::path(wanted.library).filename().string() + " ";
    if (std::string reason = unfit_file(wanted.file); !reason.empty()) {
        return Refusal{name + reason};
    }
    // Never destroyed, so never unmapped.
    static boost::dll::shared_library& library = *new boost::dll::shared_library;
    try {
        library.load(std::filesystem::path(wanted.file),
                     boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    } catch (const std::exception& problem) {
        return Refusal{name + "does not load: " + problem.what()};
    } catch (...) {
        return Refusal{name + "does not load: it threw"};
    }
    if (!library.has(GATEHOUSE_ENTRY_SYMBOL)) {
        return Refusal{name + "exports no " GATEHOUSE_ENTRY_SYMBOL};
    }
    const gatehouse_entry& entry = library.get<const gatehouse_entry>(GATEHOUSE_ENTRY_SYMBOL);
    if (std::string reason = unfit_entry(entry, wanted); !reason.empty()) {
        return Refusal{name + "is refused: " + reason};
    }
    try {
        if (std::string reason = unfit_features(entry, wanted); !reason.empty()) {
            return Refusal{name + "is refused: " + reason};
        }
    } catch (...) {
        return Refusal{name + "is refused: it threw when asked for its features"};
    }
    return &entry;
}

gatehouse_function find_function(const gatehouse_entry& entry, std::string_view name) {
    for (const NamedFunction& function : kFunctions) {
        if (function.name == name) {
            const void* table = entry.feature(str(function.feature));
            return table == nullptr ? nullptr : function_at(table, function.offset);
        }
    }
    return nullptr;
}

}  // namespace gatehouse::runner
