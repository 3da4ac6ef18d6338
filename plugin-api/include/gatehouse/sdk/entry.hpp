// From a C++ class to the ABI's tables. Every function here is noexcept and catches everything:
// what a plugin throws becomes a failure of that call.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "gatehouse/sdk/base.hpp"
#include "gatehouse/sdk/features.hpp"

namespace gatehouse::sdk {

// The SDK's own way into Plugin's private members.
struct Access {
    static void set_up(Plugin& plugin, const gatehouse_host* host, const Json& document) {
        plugin.host_ = Host(host);
        plugin.business_ = text_at(document, "business");
        plugin.connection_ = text_at(document, "connection");
        plugin.base_url_ = text_at(document, "base_url");
        plugin.written_url_ = text_at(document, "written_url", plugin.base_url_);
        const Json& settings = member_at(document, "settings");
        if (settings.is_object()) plugin.settings_ = settings;
    }
    static void enter(Plugin& plugin, gatehouse_call* call) { plugin.call_ = call; }
    static const gatehouse_call_v1* calls(const Plugin& plugin) { return plugin.host_.calls(); }
};

namespace detail {

inline std::int32_t report(const gatehouse_call_v1* calls, gatehouse_call* call, Kind kind,
                           std::string_view message, std::uint64_t retry_after_ms = 0,
                           std::string_view fields = {}) noexcept {
    gatehouse_failure failure{};
    failure.struct_size = sizeof(failure);
    failure.kind = static_cast<std::int32_t>(kind);
    failure.message = str(message);
    failure.retry_after_ms = retry_after_ms;
    failure.fields = str(fields);
    if (calls != nullptr) calls->fail(call, &failure);
    return failure.kind;
}

// Runs `body`, which gives the result document. An unforeseen exception is named by its type only:
// its text may quote an answer.
template <typename Body>
std::int32_t guarded(const gatehouse_call_v1* calls, gatehouse_call* call, Body&& body) noexcept {
    try {
        try {
            body();
            return GATEHOUSE_OK;
        } catch (const Error& error) {
            const std::string fields =
                error.fields().empty()
                    ? std::string()
                    : Json(error.fields()).dump(-1, ' ', false, Json::error_handler_t::replace);
            return report(calls, call, error.kind(), error.message(), error.retry_after_ms(),
                          fields);
        } catch (const std::exception& error) {
            return report(calls, call, Kind::kInternal,
                          std::string("the plugin threw ") + typeid(error).name());
        }
    } catch (...) {
        return report(calls, call, Kind::kInternal, "the plugin threw");
    }
}

template <typename Type, typename Body>
std::int32_t answer(gatehouse_instance* instance, gatehouse_call* call, gatehouse_str request,
                    Body&& body) noexcept {
    Type& plugin = *reinterpret_cast<Type*>(instance);
    Access::enter(plugin, call);
    const gatehouse_call_v1* calls = Access::calls(plugin);
    const std::int32_t outcome = guarded(calls, call, [&] {
        const Json document = read_json(view(request));
        if (!document.is_object()) throw Error(Kind::kInvalid, "the request is not a document");
        const Json result = body(plugin, document);
        const std::string text = result.dump(-1, ' ', false, Json::error_handler_t::replace);
        calls->result(call, str(text));
    });
    Access::enter(plugin, nullptr);
    return outcome;
}

template <typename Type>
std::int32_t create(const gatehouse_host* host, gatehouse_call* call, gatehouse_str connection,
                    gatehouse_instance** out) noexcept {
    const auto* calls =
        static_cast<const gatehouse_call_v1*>(host->service(host, str("gatehouse.call/1")));
    if (calls == nullptr) return GATEHOUSE_UNSUPPORTED;
    return guarded(calls, call, [&] {
        auto plugin = std::make_unique<Type>();
        Access::set_up(*plugin, host, read_json(view(connection)));
        static_cast<Plugin&>(*plugin).start();
        *out = reinterpret_cast<gatehouse_instance*>(plugin.release());
    });
}

template <typename Type>
void destroy(gatehouse_instance* instance) noexcept {
    delete reinterpret_cast<Type*>(instance);
}

template <typename Type>
std::int32_t access_apply(gatehouse_instance* instance, gatehouse_call* call,
                          gatehouse_str request) noexcept {
    return answer<Type>(instance, call, request, [](Type& plugin, const Json& document) {
        return to_json(static_cast<AccessPlugin&>(plugin).apply(access_request_from(document)));
    });
}

template <typename Type>
std::int32_t access_probe(gatehouse_instance* instance, gatehouse_call* call,
                          gatehouse_str request) noexcept {
    return answer<Type>(instance, call, request, [](Type& plugin, const Json&) {
        return Json{{"schema", 1}, {"detail", static_cast<AccessPlugin&>(plugin).probe()}};
    });
}

template <typename Type>
std::int32_t targets_list(gatehouse_instance* instance, gatehouse_call* call,
                          gatehouse_str request) noexcept {
    return answer<Type>(instance, call, request, [](Type& plugin, const Json& document) {
        return to_json(
            static_cast<TargetsFeature&>(plugin).list_targets(text_at(document, "cursor")));
    });
}

template <typename Type>
std::int32_t inventory_list(gatehouse_instance* instance, gatehouse_call* call,
                            gatehouse_str request) noexcept {
    return answer<Type>(instance, call, request, [](Type& plugin, const Json& document) {
        return static_cast<InventoryFeature&>(plugin).list_inventory(text_at(document, "cursor"));
    });
}

template <typename Type>
std::int32_t inbound_parse(gatehouse_instance* instance, gatehouse_call* call,
                           gatehouse_str request) noexcept {
    return answer<Type>(instance, call, request, [](Type& plugin, const Json& document) {
        return static_cast<InboundFeature&>(plugin).parse_inbound(document);
    });
}

template <typename Type>
std::int32_t events_subscribe(gatehouse_instance* instance, gatehouse_call* call,
                              gatehouse_str request) noexcept {
    return answer<Type>(instance, call, request, [](Type& plugin, const Json& document) {
        return static_cast<EventsFeature&>(plugin).subscribe(document);
    });
}

template <typename Type>
std::int32_t events_catch_up(gatehouse_instance* instance, gatehouse_call* call,
                             gatehouse_str request) noexcept {
    return answer<Type>(instance, call, request, [](Type& plugin, const Json& document) {
        return static_cast<EventsFeature&>(plugin).catch_up(document);
    });
}

template <typename Type>
std::int32_t notify_send(gatehouse_instance* instance, gatehouse_call* call,
                         gatehouse_str request) noexcept {
    return answer<Type>(instance, call, request, [](Type& plugin, const Json& document) {
        return static_cast<NotifyFeature&>(plugin).notify(document);
    });
}

template <typename Type>
std::int32_t describe(gatehouse_instance* instance, gatehouse_call* call,
                      gatehouse_str request) noexcept {
    return answer<Type>(instance, call, request, [](Type& plugin, const Json&) {
        return static_cast<DescribeFeature&>(plugin).describe();
    });
}

template <typename Type>
const void* feature(gatehouse_str id) noexcept {
    const std::string_view name = view(id);
    if constexpr (std::is_base_of_v<AccessPlugin, Type>) {
        static constexpr gatehouse_access_v1 kTable{sizeof(gatehouse_access_v1), 0,
                                                    &access_apply<Type>, &access_probe<Type>};
        if (name == "gatehouse.access/1") return &kTable;
    }
    if constexpr (std::is_base_of_v<TargetsFeature, Type>) {
        static constexpr gatehouse_targets_v1 kTable{sizeof(gatehouse_targets_v1), 0,
                                                     &targets_list<Type>};
        if (name == "gatehouse.targets/1") return &kTable;
    }
    if constexpr (std::is_base_of_v<InventoryFeature, Type>) {
        static constexpr gatehouse_inventory_v1 kTable{sizeof(gatehouse_inventory_v1), 0,
                                                       &inventory_list<Type>};
        if (name == "gatehouse.inventory/1") return &kTable;
    }
    if constexpr (std::is_base_of_v<InboundFeature, Type>) {
        static constexpr gatehouse_inbound_v1 kTable{sizeof(gatehouse_inbound_v1), 0,
                                                     &inbound_parse<Type>};
        if (name == "gatehouse.inbound/1") return &kTable;
    }
    if constexpr (std::is_base_of_v<EventsFeature, Type>) {
        static constexpr gatehouse_events_v1 kTable{
            sizeof(gatehouse_events_v1), 0, &events_subscribe<Type>, &events_catch_up<Type>};
        if (name == "gatehouse.events/1") return &kTable;
    }
    if constexpr (std::is_base_of_v<NotifyFeature, Type>) {
        static constexpr gatehouse_notify_v1 kTable{sizeof(gatehouse_notify_v1), 0,
                                                    &notify_send<Type>};
        if (name == "gatehouse.notify/1") return &kTable;
    }
    if constexpr (std::is_base_of_v<DescribeFeature, Type>) {
        static constexpr gatehouse_describe_v1 kTable{sizeof(gatehouse_describe_v1), 0,
                                                      &describe<Type>};
        if (name == "gatehouse.describe/1") return &kTable;
    }
    return nullptr;
}

}  // namespace detail

template <typename Type>
constexpr gatehouse_entry make_entry(std::string_view id, std::string_view version) {
    static_assert(std::is_base_of_v<Plugin, Type>, "derive from gatehouse::AccessPlugin");
    return {GATEHOUSE_ABI_MAGIC,
            sizeof(gatehouse_entry),
            GATEHOUSE_ABI_MAJOR,
            GATEHOUSE_ABI_MINOR,
            0,
            0,
            str(id),
            str(version),
            &detail::create<Type>,
            &detail::destroy<Type>,
            &detail::feature<Type>};
}

}  // namespace gatehouse::sdk
