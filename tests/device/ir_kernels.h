// SPDX-License-Identifier: MIT OR Apache-2.0
// IR text as kernels, for tests of what it computes.
#pragma once

#include "ir/parse.h"
#include "runtime/translate.h"
#include "support/device_test.h"

#include <string>
#include <vector>

namespace alkomp::testing {

inline Kernel compile_ir(Device& device, const std::string& text, KernelOptions options = {}) {
    const Shader shader(detail::translate(ir::parse(text, "test.ir"), device.capabilities()));
    return device.compile(shader, options);
}

/// Whether numbers of this type can lie in buffers and be computed with.
inline bool has_type(const Device& device, Scalar scalar) {
    const Features& f = device.capabilities().features;
    switch (scalar) {
        case Scalar::i8:
        case Scalar::u8:
            return f.i8 && f.storage_8;
        case Scalar::i16:
        case Scalar::u16:
            return f.i16 && f.storage_16;
        case Scalar::f16:
            return f.f16 && f.storage_16;
        case Scalar::bf16:
            return f.bf16 && f.storage_16;
        case Scalar::i64:
        case Scalar::u64:
            return f.i64;
        case Scalar::f64:
            return f.f64;
        default:
            return true;
    }
}

/// A kernel of one workgroup of one invocation per element, behind `declarations`: `body` makes %r of type `R` from %a and %b, the elements of the buffers.
template <class R, class A, class B>
std::vector<R> compute(Device& device, const std::string& body, const std::vector<A>& a, const std::vector<B>& b,
                       const std::string& declarations = {}) {
    const auto name = [](Scalar scalar) { return std::string(to_string(scalar)); };
    const std::string ta = name(dtype_of<A>().scalar), tb = name(dtype_of<B>().scalar), tr = name(dtype_of<R>().scalar);
    const std::string text =
        "module \"compute\"\nstorage %as: " + ta + "[] set 0 binding 0 readonly\nstorage %bs: " + tb +
        "[] set 0 binding 1 readonly\nstorage %rs: " + tr + "[] set 0 binding 2 writeonly\n" + declarations +
        "kernel @compute() workgroup_size(1, 1, 1) {\n"
        "    %id: u32x3 = builtin(workgroup_id)\n"
        "    %invocation: u32 = extract(0) %id\n"
        "    %pa: ptr<storage, " +
        ta +
        "> = access %as, %invocation\n"
        "    %pb: ptr<storage, " +
        tb +
        "> = access %bs, %invocation\n"
        "    %pr: ptr<storage, " +
        tr +
        "> = access %rs, %invocation\n"
        "    %a: " +
        ta +
        " = load %pa\n"
        "    %b: " +
        tb + " = load %pb\n" + body + "    store %pr, %r\n    return\n}\n";
    const Kernel kernel = compile_ir(device, text);
    Buffer<A> as = device.to_device<A>(a);
    Buffer<B> bs = device.to_device<B>(b);
    Buffer<R> rs = device.empty<R>(a.size());
    device.call(kernel, groups(static_cast<u32>(a.size())), as, bs, rs);
    return device.get(rs);
}

}  // namespace alkomp::testing
