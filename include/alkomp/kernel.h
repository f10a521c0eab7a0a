// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels: their sources, how they are compiled, and what they ask of a call.
#pragma once

#include "alkomp/buffer.h"
#include "alkomp/dtype.h"

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alkomp {

struct Interface;
class RecordedKernel;  // alkomp/lang/kernel.h
namespace detail {
struct ShaderRecord;
}

enum class Language : u8 { glsl, spirv, wgsl };

/// Source text or words of a kernel, with the name that messages call it by.
struct Source {
    Language language = Language::glsl;
    std::string text;                 ///< GLSL or WGSL
    std::vector<u32> words;           ///< SPIR-V
    std::string name;                 ///< file name, or "<glsl>"
    std::filesystem::path directory;  ///< where `#include "x"` is looked for first; empty: nowhere
};

[[nodiscard]] Source glsl(std::string text, std::string name = "<glsl>");
/// Throws: invalid_argument when the file cannot be read.
[[nodiscard]] Source glsl_file(const std::filesystem::path& path);
[[nodiscard]] Source spirv(std::span<const u32> words, std::string name = "<spirv>");
/// Bytes as read from a file. Throws: compile_failed when they are not whole words.
[[nodiscard]] Source spirv_bytes(std::span<const std::byte> bytes, std::string name = "<spirv>");
[[nodiscard]] Source spirv_file(const std::filesystem::path& path);
/// WGSL as it goes to the device, for those that take it (WebGPU). Arguments are checked against its declarations.
[[nodiscard]] Source wgsl(std::string text, std::string name = "<wgsl>");
/// Throws: invalid_argument when the file cannot be read.
[[nodiscard]] Source wgsl_file(const std::filesystem::path& path);

/// The value of a specialisation constant; it must fit the constant's type.
using Constant = std::variant<bool, i64, u64, f64>;

/// What Vulkan version the SPIR-V made from GLSL is for.
enum class Target : u8 { device, vulkan_1_2, vulkan_1_3 };

struct KernelOptions {
    std::string entry = "main";                         ///< in WGSL "main" stands for the only entry point too
    std::map<std::string, Constant> constants{};        ///< specialisation constants by name, or by id as "7"
    std::map<std::string, std::string> macros{};        ///< GLSL `#define`s
    std::vector<std::filesystem::path> include_dirs{};  ///< GLSL `#include` folders
    Target target = Target::device;
    bool optimize = false;    ///< run SPIRV-Tools' passes over what glslang made; drivers do their own
    bool through_ir = false;  ///< read GLSL and SPIR-V as alkomp's IR, and compile what is emitted from that
    bool robust = true;       ///< false: this kernel promises to stay inside its buffers
    u32 subgroup_size = 0;    ///< 0: the device's choice; else one of its sizes
    std::string label{};      ///< for messages and traces; the source's name if empty
};

/// A kernel compiled to SPIR-V for no device in particular, with its reflected interface.
class Shader {
public:
    Shader() = default;
    [[nodiscard]] std::span<const u32> words() const;
    [[nodiscard]] const Interface& interface() const;  // declared in src/backend/interface.h
    [[nodiscard]] std::string describe() const;        ///< bindings, scalars and constants, a line each

    explicit Shader(std::shared_ptr<const detail::ShaderRecord> record) : record_(std::move(record)) {}
    [[nodiscard]] const std::shared_ptr<const detail::ShaderRecord>& record() const noexcept { return record_; }

private:
    std::shared_ptr<const detail::ShaderRecord> record_;
};

/// Compiles GLSL, checks and reflects SPIR-V, or reads the declarations of WGSL, without a device.
/// Throws: compile_failed, unsupported (a build without GLSL), invalid_argument.
[[nodiscard]] Shader compile_shader(const Source& source, const KernelOptions& options = {});

/// A kernel compiled for one device. A cheap handle; calls in flight keep what they need.
class Kernel {
public:
    Kernel() = default;
    [[nodiscard]] const std::string& label() const;
    [[nodiscard]] std::array<u32, 3> workgroup_size() const;
    [[nodiscard]] Device device() const;
    [[nodiscard]] std::string describe() const;  ///< bindings, scalars and constants, a line each
    [[nodiscard]] explicit operator bool() const noexcept { return record_ != nullptr; }
    bool operator==(const Kernel&) const = default;

    explicit Kernel(std::shared_ptr<detail::KernelRecord> record) : record_(std::move(record)) {}
    [[nodiscard]] const std::shared_ptr<detail::KernelRecord>& record() const noexcept { return record_; }

private:
    std::shared_ptr<detail::KernelRecord> record_;
};

/// Workgroups of a call, per dimension. A zero is legal: the call does nothing.
struct Groups {
    u64 x = 1, y = 1, z = 1;
    bool operator==(const Groups&) const = default;
};
[[nodiscard]] constexpr Groups groups(u64 x, u64 y = 1, u64 z = 1) { return {x, y, z}; }

/// Workgroup counts that the device reads from a buffer: three u32 at `offset_bytes` of `counts`.
/// A count above the device's limit makes the call do nothing.
struct IndirectGroups {
    AnyView counts;
};
[[nodiscard]] inline IndirectGroups groups(const AnyView& counts) { return {counts}; }

/// An argument by the name that the kernel gives it.
template <class T>
struct NamedArgument {
    std::string_view name;
    const T& value;
};
template <class T>
[[nodiscard]] NamedArgument<T> arg(std::string_view name, const T& value) {
    return {name, value};
}

/// An argument of a graph that may be replaced before a replay: `graph.set(name, value)`.
template <class T>
struct SlotArgument {
    std::string_view slot;
    const T& value;
    std::string_view name;  ///< the kernel's name for it; empty: by order
};
template <class T>
[[nodiscard]] SlotArgument<T> slot(std::string_view slot_name, const T& value, std::string_view name = {}) {
    return {slot_name, value, name};
}

namespace detail {

/// One argument of a call, erased: a buffer, a scalar, or the workgroup counts. Borrows from the call.
struct Argument {
    enum class Kind : u8 { buffer, scalar, groups, indirect };
    Kind kind = Kind::buffer;
    Scalar scalar = Scalar::u8;  ///< kind scalar: its type; `record` for a struct
    u8 lanes = 1;
    u32 size_bytes = 0;
    const void* value = nullptr;  ///< AnyView, scalar bytes, or Groups
    std::string_view name;
    std::string_view slot;
};

template <class T>
Argument make_argument(const T& value) {
    Argument a;
    if constexpr (std::is_base_of_v<AnyView, T>) {
        a.kind = Argument::Kind::buffer;
        a.value = static_cast<const AnyView*>(&value);
    } else if constexpr (std::is_same_v<T, Groups>) {
        a.kind = Argument::Kind::groups;
        a.value = &value;
    } else if constexpr (std::is_same_v<T, IndirectGroups>) {
        a.kind = Argument::Kind::indirect;
        a.value = &value.counts;
    } else if constexpr (std::is_same_v<T, Argument>) {
        a = value;
    } else {
        static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>,
                      "arguments are buffers, views, groups(...), or values of trivially copyable types");
        a.kind = Argument::Kind::scalar;
        if constexpr (IsShortArray<T>::value) {
            a.scalar = scalar_of<typename T::value_type>();
            a.lanes = static_cast<u8>(std::tuple_size_v<T>);
        } else {
            a.scalar = scalar_of<T>();
        }
        a.size_bytes = sizeof(T);
        a.value = &value;
    }
    return a;
}
template <class T>
Argument make_argument(const NamedArgument<T>& named) {
    Argument a = make_argument(named.value);
    a.name = named.name;
    return a;
}
template <class T>
Argument make_argument(const SlotArgument<T>& slot) {
    Argument a = make_argument(slot.value);
    a.slot = slot.slot;
    a.name = slot.name;
    return a;
}

}  // namespace detail
}  // namespace alkomp
