// SPDX-License-Identifier: MIT OR Apache-2.0
// Raw memory in IR, on each Vulkan device that tells addresses.
#include "alkomp/native/vulkan.h"
#include "device/ir_kernels.h"

namespace alkomp::testing {
namespace {

ALKOMP_VULKAN_SUITE(IrAddresses);

TEST_P(IrAddresses, raw_addresses_reach_memory) {
    if (!gpu.capabilities().features.buffer_address || !has_type(gpu, Scalar::u64)) GTEST_SKIP() << "no addresses";
    const Kernel kernel = compile_ir(gpu, R"(module "addresses"
struct Node size 16 {
    value: u32x2 offset 0,
    count: u32 offset 8,
}
scalar %head: u64 offset 0
function @count(%node: ptr<address, Node>) -> u32 {
    %at: ptr<address, u32> = access %node, 1
    %n: u32 = load %at
    return %n
}
kernel @addresses() workgroup_size(1, 1, 1) {
    %number: u64 = load %head
    %first: ptr<address, Node> = pointer_to(16) %number
    %second: ptr<address, Node> = offset %first, 1
    %a: u32 = call(@count) %first
    %b: u32 = call(@count) %second
    %place: ptr<address, u32> = access %second, 0, 1
    %sum: u32 = add %a, %b
    store %place, %sum
    %all: ptr<address, u32[]> = pointer_to(4) %number
    %ninth: ptr<address, u32> = access %all, 8
    %old: u32 = atomic_add(relaxed, device) %ninth, 5
    return
}
)");
    Buffer<u32> memory = gpu.to_device<u32>({1, 2, 30, 0, 5, 6, 70, 0, 9});
    gpu.call(kernel, groups(1), u64{native::vulkan(memory).address});
    EXPECT_EQ(gpu.get(memory), (std::vector<u32>{1, 2, 30, 0, 5, 100, 70, 0, 14}));
}

}  // namespace
}  // namespace alkomp::testing
