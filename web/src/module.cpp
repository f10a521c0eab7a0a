// SPDX-License-Identifier: MIT OR Apache-2.0
// What alkomp.js calls of alkomp: plain functions over numbers. Objects are pointers, which JavaScript frees by
// `alkomp_free_*`. A function that fails returns 0 and leaves code and text for `alkomp_error_*`; one that answers later is
// given the number of a promise, which `alkomp_settle` of alkomp.js settles.
#include "alkomp/alkomp.h"
#include "alkomp/lang.h"
#include "runtime/kernel.h"
#include "runtime/translate.h"

#include <emscripten.h>

#include <array>
#include <bit>
#include <coroutine>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

using namespace alkomp;

namespace {

/// As alkomp.js lays it out: an argument of a call.
struct PackedArgument {
    enum Kind : u32 { buffer, boolean, integer, real, large, large_unsigned };
    u32 kind = buffer;
    u32 lanes = 1;
    const char* name = nullptr;
    u32 name_length = 0;
    double values[4] = {};  ///< a buffer's address, numbers; of the large kinds the bits of one
};
static_assert(sizeof(PackedArgument) == 48);

constexpr u32 kMostArguments = 256;
std::array<PackedArgument, kMostArguments> packed;

std::string last_text;
ErrorCode last_code = ErrorCode::internal;
KernelOptions options;  ///< of the next compilation

template <class F>
auto guarded(F&& f) -> decltype(f()) {
    try {
        return f();
    } catch (const Error& error) {
        last_code = error.code();
        last_text = error.what();
    } catch (const std::bad_alloc&) {
        last_code = ErrorCode::out_of_memory;
        last_text = "alkomp: the page's memory for WebAssembly is full.";
    } catch (const std::exception& error) {
        last_code = ErrorCode::internal;
        last_text = error.what();
    }
    return {};
}

char* copied(const std::string& text) {
    char* out = static_cast<char*>(std::malloc(text.size() + 1));
    std::memcpy(out, text.c_str(), text.size() + 1);
    return out;
}

// A value that is no pointer is 0.
EM_JS(void, alkomp_settle, (u32 promise, const void* value, const char* code, const char* text),
      { Module.settle(promise, value, code ? UTF8ToString(code) : '', text ? UTF8ToString(text) : ''); });

void reject(u32 promise) {
    alkomp_settle(promise, nullptr, std::string(to_string(last_code)).c_str(), last_text.c_str());
}

/// A coroutine that nobody waits for.
struct Detached {
    struct promise_type {
        Detached get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }
    };
};

/// Settles once the future is done, with what `use` makes of its value.
template <class T, class F>
Detached settle(u32 promise, Future<T> future, F use) {
    std::exception_ptr failure;
    const void* value = nullptr;
    try {
        if constexpr (std::is_void_v<T>) {
            co_await future;
            value = use();
        } else {
            value = use(co_await future);
        }
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure) alkomp_settle(promise, value, nullptr, nullptr);
    else if (!guarded([&] {
                 std::rethrow_exception(failure);
                 return true;
             }))
        reject(promise);
}

template <class T>
T* made(T value) {
    return new T(std::move(value));
}

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE const char* alkomp_error_code() {
    static std::string code;
    code = to_string(last_code);
    return code.c_str();
}
EMSCRIPTEN_KEEPALIVE const char* alkomp_error_text() { return last_text.c_str(); }
EMSCRIPTEN_KEEPALIVE PackedArgument* alkomp_arguments() { return packed.data(); }

// Devices ------------------------------------------------------------------------------------------

EMSCRIPTEN_KEEPALIVE void alkomp_open(const char* name, u32 promise) {
    const bool begun = guarded([&] {
        settle(promise, Device::open_async(name), [](Device device) { return made(std::move(device)); });
        return true;
    });
    if (!begun) reject(promise);
}
EMSCRIPTEN_KEEPALIVE void alkomp_free_device(Device* device) { delete device; }

EMSCRIPTEN_KEEPALIVE char* alkomp_device_text(const Device* device, int what) {
    const DeviceInfo& info = device->info();
    return copied(what == 0 ? info.name : what == 1 ? info.vendor : what == 2 ? info.backend : info.driver);
}
EMSCRIPTEN_KEEPALIVE double alkomp_device_number(const Device* device, int what) {
    const Limits& limits = device->capabilities().limits;
    const std::array<double, 9> numbers{
        static_cast<double>(limits.max_buffer_bytes),
        static_cast<double>(limits.max_storage_binding_bytes),
        static_cast<double>(limits.max_workgroup_invocations),
        static_cast<double>(limits.max_shared_bytes),
        static_cast<double>(limits.max_groups[0]),
        static_cast<double>(limits.max_groups[1]),
        static_cast<double>(limits.max_groups[2]),
        static_cast<double>(device->memory().in_use_bytes),
        static_cast<double>(device->memory().cached_bytes),
    };
    return numbers[static_cast<std::size_t>(what)];
}
/// For devices that the browser does not wake: the reference device does its work here.
EMSCRIPTEN_KEEPALIVE int alkomp_poll(Device* device) {
    return guarded([&] {
        device->poll();
        return 1;
    });
}

// Buffers ------------------------------------------------------------------------------------------

EMSCRIPTEN_KEEPALIVE AnyView* alkomp_empty(Device* device, u32 scalar, u32 lanes, double count) {
    return guarded([&] {
        return made(device->empty(DType(static_cast<Scalar>(scalar), static_cast<u8>(lanes)), static_cast<u64>(count)));
    });
}
EMSCRIPTEN_KEEPALIVE AnyView* alkomp_slice(const AnyView* view, double first, double count) {
    return guarded([&] { return made(view->slice(static_cast<u64>(first), static_cast<u64>(count))); });
}
EMSCRIPTEN_KEEPALIVE void alkomp_free_view(AnyView* view) { delete view; }

EMSCRIPTEN_KEEPALIVE int alkomp_write(Device* device, const AnyView* view, double offset, const std::byte* bytes,
                                      u32 size_bytes) {
    return guarded([&] {
        const AnyView part = view->reinterpret(DType(Scalar::u8)).slice(static_cast<u64>(offset), size_bytes);
        device->stream().write_bytes(part, {bytes, size_bytes});
        return 1;
    });
}
EMSCRIPTEN_KEEPALIVE int alkomp_fill(Device* device, const AnyView* view, const std::byte* pattern, u32 size_bytes) {
    return guarded([&] {
        device->stream().fill_bytes(*view, {pattern, size_bytes});
        return 1;
    });
}
EMSCRIPTEN_KEEPALIVE int alkomp_copy(Device* device, const AnyView* from, const AnyView* to) {
    return guarded([&] {
        device->stream().copy_bytes(*from, *to);
        return 1;
    });
}
/// `out` must live until the promise is settled.
EMSCRIPTEN_KEEPALIVE void alkomp_read(Device* device, const AnyView* view, double offset, std::byte* out,
                                      u32 size_bytes, u32 promise) {
    const bool begun = guarded([&] {
        const AnyView part = view->reinterpret(DType(Scalar::u8)).slice(static_cast<u64>(offset), size_bytes);
        settle(promise, device->stream().read_bytes_async(part, {out, size_bytes}),
               [] { return static_cast<void*>(nullptr); });
        return true;
    });
    if (!begun) reject(promise);
}
EMSCRIPTEN_KEEPALIVE void alkomp_finished(Device* device, u32 promise) {
    const bool begun = guarded([&] {
        settle(promise, device->stream().done(), [] { return static_cast<void*>(nullptr); });
        return true;
    });
    if (!begun) reject(promise);
}

// Kernels ------------------------------------------------------------------------------------------

EMSCRIPTEN_KEEPALIVE void alkomp_entry(const char* name) { options.entry = name; }
EMSCRIPTEN_KEEPALIVE void alkomp_constant(const char* name, u32 kind, double value, u32 low, u32 high) {
    const u64 bits = u64{high} << 32 | low;
    switch (kind) {
        case PackedArgument::boolean:
            options.constants[name] = value != 0;
            break;
        case PackedArgument::integer:
            options.constants[name] = static_cast<i64>(value);
            break;
        case PackedArgument::large:
            options.constants[name] = static_cast<i64>(bits);
            break;
        case PackedArgument::large_unsigned:
            options.constants[name] = bits;
            break;
        default:
            options.constants[name] = value;
    }
}

/// With the options that were given since the last one.
EMSCRIPTEN_KEEPALIVE void alkomp_compile(Device* device, int is_wgsl, const char* data, u32 size_bytes,
                                         const char* name, u32 promise) {
    const KernelOptions given = std::exchange(options, {});
    const bool begun = guarded([&] {
        const Source source = is_wgsl != 0 ? wgsl(std::string(data, size_bytes), name)
                                           : spirv_bytes(std::as_bytes(std::span(data, size_bytes)), name);
        settle(promise, device->compile_async(source, given), [](Kernel kernel) { return made(std::move(kernel)); });
        return true;
    });
    if (!begun) reject(promise);
}
EMSCRIPTEN_KEEPALIVE void alkomp_free_kernel(Kernel* kernel) { delete kernel; }
EMSCRIPTEN_KEEPALIVE char* alkomp_kernel_describe(const Kernel* kernel) { return copied(kernel->describe()); }
EMSCRIPTEN_KEEPALIVE u32 alkomp_kernel_size(const Kernel* kernel, u32 dimension) {
    return kernel->workgroup_size()[dimension];
}

/// What SPIR-V becomes for a device that takes WGSL.
EMSCRIPTEN_KEEPALIVE char* alkomp_wgsl_of(Device* device, const char* data, u32 size_bytes, const char* name) {
    return guarded([&] {
        const Capabilities& capabilities = device->capabilities();
        const Source source = spirv_bytes(std::as_bytes(std::span(data, size_bytes)), name);
        const auto shader = detail::translate(detail::module_of(source, {}, Target::vulkan_1_2), capabilities);
        return copied(detail::wgsl_of(*shader->module, {}, shader->interface, capabilities).text);
    });
}

// Calls --------------------------------------------------------------------------------------------

/// Of the arguments that have been written to `alkomp_arguments`; a negative x: as many invocations as elements.
EMSCRIPTEN_KEEPALIVE int alkomp_call(Device* device, const Kernel* kernel, u32 count, double x, double y, double z) {
    return guarded([&] {
        std::array<detail::Argument, kMostArguments + 1> arguments;
        struct Number {
            alignas(8) std::array<std::byte, 32> bytes;
        };
        static std::array<Number, kMostArguments> numbers;
        for (u32 i = 0; i < count; ++i) {
            const PackedArgument& from = packed[i];
            detail::Argument& to = arguments[i];
            if (from.name != nullptr) to.name = {from.name, from.name_length};
            if (from.kind == PackedArgument::buffer) {
                to.value = reinterpret_cast<const AnyView*>(static_cast<std::uintptr_t>(from.values[0]));
                continue;
            }
            std::byte* const out = numbers[i].bytes.data();
            const auto put = [&](Scalar scalar, auto convert) {
                using T = decltype(convert(0.0));
                for (u32 lane = 0; lane < from.lanes; ++lane) {
                    const T value = convert(from.values[lane]);
                    std::memcpy(out + lane * sizeof(T), &value, sizeof(T));
                }
                to.scalar = scalar;
                to.size_bytes = from.lanes * static_cast<u32>(sizeof(T));
            };
            to.kind = detail::Argument::Kind::scalar;
            to.lanes = static_cast<u8>(from.lanes);
            to.value = out;
            if (from.kind == PackedArgument::boolean) put(Scalar::boolean, [](double v) { return v != 0; });
            else if (from.kind == PackedArgument::integer)
                put(Scalar::i64, [](double v) { return static_cast<i64>(v); });
            else if (from.kind == PackedArgument::real) put(Scalar::f64, [](double v) { return v; });
            else
                put(from.kind == PackedArgument::large ? Scalar::i64 : Scalar::u64,
                    [](double v) { return std::bit_cast<u64>(v); });
        }
        const Groups groups{static_cast<u64>(x), static_cast<u64>(y), static_cast<u64>(z)};
        if (x >= 0) arguments[count++] = detail::make_argument(groups);
        device->stream().call_erased(*kernel, std::span(arguments).first(count));
        return 1;
    });
}

}  // extern "C"
