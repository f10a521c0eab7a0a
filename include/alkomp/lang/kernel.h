// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels written as C++ functions.
#pragma once

#include "alkomp/kernel.h"
#include "alkomp/lang/parameter.h"

#include <memory>
#include <string>
#include <vector>

namespace alkomp {

/// Invocations of a workgroup along x, y and z.
struct WorkgroupSize {
    u32 x, y, z;
    constexpr WorkgroupSize(u32 along_x, u32 along_y = 1,
                            u32 along_z = 1)  // NOLINT: a number is a size
        : x(along_x), y(along_y), z(along_z) {}
};

struct RecordOptions {
    /// A kernel whose calls name no groups gets less where the device runs less together.
    WorkgroupSize workgroup_size = 256;
    std::vector<std::string> parameters{};  ///< names of buffers and scalars, in order, for `arg` and messages
    bool robust = true;                     ///< false: the kernel promises that its indices stay inside
    u32 subgroup_size = 0;                  ///< that the kernel needs; 0: any
};

/// A kernel recorded from a C++ function, for no device in particular: `gpu.call(kernel, buffers..., scalars...)`
/// compiles it for the device at its first call. A cheap handle; any thread may use it.
class RecordedKernel {
public:
    RecordedKernel() = default;
    [[nodiscard]] const std::string& label() const;
    [[nodiscard]] std::string ir() const;  ///< what was recorded, as text (docs/ir.md)
    [[nodiscard]] explicit operator bool() const noexcept { return record_ != nullptr; }
    bool operator==(const RecordedKernel&) const = default;

    explicit RecordedKernel(std::shared_ptr<detail::RecordedKernelRecord> record) : record_(std::move(record)) {}
    [[nodiscard]] const std::shared_ptr<detail::RecordedKernelRecord>& record() const noexcept { return record_; }

private:
    std::shared_ptr<detail::RecordedKernelRecord> record_;
};

namespace detail {

template <class P>
struct Parameter {
    static P declare() {
        static_assert(!Number<P>, "alkomp: a kernel's scalar is a Val<T>: only the call knows its value.");
        static_assert(Number<P>, "alkomp: a kernel takes In, Out, InOut, Shared, Val and Var.");
        return P();
    }
};
template <class T>
constexpr const TypeInfo& parameter_type() {
    constexpr bool is_matrix = MatrixType<T>;
    static_assert(!is_matrix, "alkomp: a matrix is no parameter: buffers hold its elements, matrix_load makes it.");
    return type_info<T>();
}
template <class T>
struct Parameter<In<T>> {
    static In<T> declare() { return In<T>(buffer_parameter(parameter_type<T>(), BufferUse::in)); }
};
template <class T>
struct Parameter<Out<T>> {
    static Out<T> declare() { return Out<T>(buffer_parameter(parameter_type<T>(), BufferUse::out)); }
};
template <class T>
struct Parameter<InOut<T>> {
    static InOut<T> declare() { return InOut<T>(buffer_parameter(parameter_type<T>(), BufferUse::in_out)); }
};
template <class T>
struct Parameter<Val<T>> {
    static Val<T> declare() { return Val<T>(scalar_parameter(parameter_type<T>())); }
};
template <class T>
struct Parameter<Var<T>> {
    static Var<T> declare() { return Var<T>(Val<T>(scalar_parameter(parameter_type<T>()))); }
};
template <class T, std::size_t... Counts>
struct Parameter<Shared<T, Counts...>> {
    static Shared<T, Counts...> declare() { return Shared<T, Counts...>(Place()); }
};

/// Calls `f` with what a kernel takes; the braces at its use keep the parameters' order.
struct Invoke {
    template <class F, class... P>
    explicit Invoke(F& f, P&&... parameters) {
        f(std::forward<P>(parameters)...);
    }
};

template <class Signature>
struct Invoker;
template <class C, class R, class... P>
struct Invoker<R (C::*)(P...) const> {
    static_assert(std::is_void_v<R>, "alkomp: a kernel returns nothing: it writes to an Out or InOut.");
    template <class F>
    static void run(F& f) {
        Invoke{f, Parameter<std::remove_cvref_t<P>>::declare()...};
    }
};
template <class C, class R, class... P>
struct Invoker<R (C::*)(P...)> : Invoker<R (C::*)(P...) const> {};
template <class C, class R, class... P>
struct Invoker<R (C::*)(P...) const noexcept> : Invoker<R (C::*)(P...) const> {};
template <class C, class R, class... P>
struct Invoker<R (C::*)(P...) noexcept> : Invoker<R (C::*)(P...) const> {};
template <class R, class... P>
struct Invoker<R (*)(P...)> : Invoker<R (Invoke::*)(P...) const> {};

template <class F>
void run_kernel(F& f) {
    using Decayed = std::decay_t<F>;
    if constexpr (std::is_pointer_v<Decayed>) {
        Invoker<Decayed>::run(f);
    } else {
        constexpr bool has_signature = requires { &Decayed::operator(); };
        static_assert(has_signature, "alkomp: a kernel's parameters have types, In<T> or Val<T>, never auto.");
        if constexpr (has_signature) Invoker<decltype(&Decayed::operator())>::run(f);
    }
}

}  // namespace detail

/// Records a kernel by running `f` once: what `f` does with its parameters is what each invocation will do, and what it
/// captures from the host is frozen. Throws: compile_failed, with the place in `f`; and what `f` throws.
template <class F>
[[nodiscard]] RecordedKernel kernel(std::string name, F&& f, const RecordOptions& options = {},
                                    detail::Place place = {}) {
    detail::Recording recording(std::move(name), options, place);
    detail::run_kernel(f);
    return RecordedKernel(recording.finish());
}

}  // namespace alkomp
