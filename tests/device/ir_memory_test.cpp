// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory of the IR on each device: layouts, indices that stay inside, atomics, barriers, subgroups.
#include "device/ir_kernels.h"
#include "ir/parse.h"
#include "support/run_on_device.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

namespace alkomp::testing {
namespace {

ALKOMP_MODULE_SUITE(IrMemory);

TEST_P(IrMemory, structures_keep_their_layout_through_every_space) {
    const Kernel kernel = compile_ir(gpu, R"(module "layouts"
struct Particle size 32 {
    position: f32x3 offset 0,
    history: f32[3, stride 4] offset 16,
}
storage %from: Particle[] set 0 binding 0 readonly
storage %to: Particle[] set 0 binding 1
shared %tile: Particle[4]
kernel @layouts() workgroup_size(4, 1, 1) {
    %i: u32 = builtin(local_index)
    %from_at: ptr<storage, Particle> = access %from, %i
    %p: Particle = load %from_at
    %place: ptr<shared, Particle> = access inbounds %tile, %i
    store %place, %p
    barrier(workgroup, shared)
    %other: u32 = sub 3, %i
    %theirs_at: ptr<shared, Particle> = access %tile, %other
    %theirs: Particle = load %theirs_at
    %own: ptr<local, Particle> = variable %theirs
    %y_at: ptr<local, f32> = access %own, 0, 1
    %y: f32 = load %y_at
    %y.1: f32 = add %y, 100.0
    store %y_at, %y.1
    %last_at: ptr<local, f32> = access %own, 1, 2
    store %last_at, %y
    %done: Particle = load %own
    %to_at: ptr<storage, Particle> = access %to, %i
    store %to_at, %done
    return
}
)");
    struct Particle {
        f32 position[3];
        f32 unused = 0;
        f32 history[3];
        f32 padding = 0;
    };
    std::vector<Particle> particles;
    for (u32 i = 0; i < 4; ++i) {
        const auto x = static_cast<f32>(10 * i);
        particles.push_back({{x, x + 1, x + 2}, 0, {x + 3, x + 4, x + 5}, 0});
    }
    Buffer<Particle> from = gpu.to_device<Particle>(particles), to = gpu.zeros<Particle>(4);
    gpu.call(kernel, groups(1), from, to);
    const std::vector<Particle> moved = gpu.get(to);
    for (u32 i = 0; i < 4; ++i) {
        const Particle& theirs = particles[3 - i];
        EXPECT_EQ(moved[i].position[0], theirs.position[0]);
        EXPECT_EQ(moved[i].position[1], theirs.position[1] + 100);
        EXPECT_EQ(moved[i].history[1], theirs.history[1]);
        EXPECT_EQ(moved[i].history[2], theirs.position[1]);
    }
}

// The optimiser in SwiftShader crashed on it.
TEST_P(IrMemory, a_zero_array_within_another_value_is_changed_in_one_place) {
    const ir::Module module = ir::parse(R"(module "insertion"
struct Pair size 16 {
    tag: u32 offset 0,
    values: i32[2, stride 4] offset 4,
}
storage %pairs: Pair[] set 0 binding 0
kernel @insertion() workgroup_size(1, 1, 1) {
    %made: Pair = compose 7, zero<i32[2, stride 4]>
    %pair: Pair = insert(1, 0) %made, i32(5)
    %pair_at: ptr<storage, Pair> = access %pairs, 0
    store %pair_at, %pair
    return
}
)",
                                        "insertion");
    KernelRun run;
    run.buffers = {{}, std::vector<std::byte>(16)};
    for (const bool optimize : {false, true}) {
        const KernelRun left = run_on_device(gpu, module, run, optimize);
        std::array<u32, 3> pair{};
        std::memcpy(pair.data(), left.buffers[1].data(), sizeof pair);
        EXPECT_EQ(pair, (std::array{7u, 5u, 0u})) << (optimize ? "optimised" : "as it is");
    }
}

TEST_P(IrMemory, matrices_lie_by_columns_or_by_rows) {
    const Kernel kernel = compile_ir(gpu, R"(module "matrices"
struct Both size 48 {
    by_columns: mat<f32, 2, 3, stride 12> offset 0,
    by_rows: mat<f32, 2, 3, stride 8, row_major> offset 24,
}
storage %both: Both set 0 binding 0
kernel @matrices() workgroup_size(1, 1, 1) {
    %from: ptr<storage, mat<f32, 2, 3, stride 12>> = access %both, 0
    %to: ptr<storage, mat<f32, 2, 3, stride 8, row_major>> = access %both, 1
    %m: mat<f32, 2, 3, stride 12> = load %from
    %c0: f32x3 = extract(0) %m
    %c1: f32x3 = extract(1) %m
    %n: mat<f32, 2, 3, stride 8, row_major> = compose %c0, %c1
    store %to, %n
    return
}
)");
    struct Both {
        std::array<f32, 12> numbers;
    };
    Buffer<Both> both = gpu.to_device<Both>({{{1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0}}});
    gpu.call(kernel, groups(1), both);
    EXPECT_EQ(gpu.get(both)[0].numbers, (std::array<f32, 12>{1, 2, 3, 4, 5, 6, 1, 4, 2, 5, 3, 6}));
}

TEST_P(IrMemory, an_index_outside_shared_or_local_memory_stays_in_its_array) {
    const Kernel kernel = compile_ir(gpu, R"(module "clamped"
storage %places: i32[] set 0 binding 0 readonly
storage %out: u32[] set 0 binding 1
shared %before: u32[16]
shared %tile: u32[8]
shared %after: u32[16]
kernel @clamped() workgroup_size(16, 1, 1) {
    %i: u32 = builtin(local_index)
    %b: ptr<shared, u32> = access %before, %i
    store %b, 7
    %a: ptr<shared, u32> = access %after, %i
    store %a, 7
    %t: ptr<shared, u32> = access %tile, %i
    store %t, 1
    barrier(workgroup, shared)
    %guard: ptr<local, u32[4]> = variable zero<u32[4]>
    %own: ptr<local, u32[4]> = variable zero<u32[4]>
    %place_at: ptr<storage, i32> = access %places, %i
    %place: i32 = load %place_at
    %to: ptr<shared, u32> = access %tile, %place
    store %to, 1
    %own_to: ptr<local, u32> = access %own, %place
    store %own_to, 1
    barrier(workgroup, shared)
    %x: u32 = load %b
    %y: u32 = load %a
    %in: u32 = rem %i, 8
    %z_at: ptr<shared, u32> = access %tile, %in
    %z: u32 = load %z_at
    %o0: ptr<local, u32> = access %own, 0
    %o1: ptr<local, u32> = access %own, 1
    %o2: ptr<local, u32> = access %own, 2
    %o3: ptr<local, u32> = access %own, 3
    %v0: u32 = load %o0
    %v1: u32 = load %o1
    %v2: u32 = load %o2
    %v3: u32 = load %o3
    %w1: u32 = add %v0, %v1
    %w2: u32 = add %v2, %v3
    %w: u32 = add %w1, %w2
    %g_at: ptr<local, u32> = access %guard, 0
    %g: u32 = load %g_at
    %s1: u32 = add %x, %y
    %s2: u32 = mul %z, 100
    %s3: u32 = mul %w, 1000
    %s4: u32 = mul %g, 10000
    %s5: u32 = add %s1, %s2
    %s6: u32 = add %s3, %s4
    %s7: u32 = add %s5, %s6
    %out_at: ptr<storage, u32> = access %out, %i
    store %out_at, %s7
    return
}
)");
    std::vector<i32> places(16);
    for (i32 i = 0; i < 16; ++i) places[static_cast<std::size_t>(i)] = i % 2 == 0 ? 1 << i * 2 : -1 - i * 40000;
    Buffer<i32> input = gpu.to_device<i32>(places);
    Buffer<u32> out = gpu.zeros<u32>(16);
    gpu.call(kernel, groups(1), input, out);
    // The neighbours are as they were, each invocation's own array has exactly one element set.
    EXPECT_EQ(gpu.get(out), std::vector<u32>(16, 7 + 7 + 100 + 1000));
}

TEST_P(IrMemory, a_byte_reaches_every_element_that_it_can_name) {
    if (!has_type(gpu, Scalar::i8)) GTEST_SKIP() << "no small types";
    const Kernel kernel = compile_ir(gpu, R"(module "bytes"
storage %places: u32[] set 0 binding 0 readonly
storage %out: u32[] set 0 binding 1
shared %tile: u32[300]
kernel @bytes() workgroup_size(1, 1, 1) {
    %id: u32x3 = builtin(workgroup_id)
    %g: u32 = extract(0) %id
    %place_at: ptr<storage, u32> = access %places, %g
    %place: u32 = load %place_at
    %byte: i8 = convert %place
    %to: ptr<shared, u32> = access %tile, %byte
    store %to, %place
    %from: ptr<shared, u32> = access %tile, %place
    %x: u32 = load %from
    %out_at: ptr<storage, u32> = access %out, %g
    store %out_at, %x
    return
}
)");
    const std::vector<u32> places{0, 1, 43, 44, 100, 127};
    auto out = gpu.empty<u32>(places.size());
    gpu.call(kernel, groups(places.size()), gpu.to_device(places), out);
    EXPECT_EQ(gpu.get(out), places);
}

TEST_P(IrMemory, scalars_come_by_their_offsets) {
    const Kernel kernel = compile_ir(gpu, R"(module "scalars"
struct Range size 8 {
    first: u32 offset 0,
    last: u32 offset 4,
}
storage %out: u32[] set 0 binding 0
scalar %range: Range offset 8
scalar %factor: u32 offset 0
scalar %term: i32 offset 4
kernel @scalars() workgroup_size(1, 1, 1) {
    %f: u32 = load %factor
    %t: i32 = load %term
    %r: Range = load %range
    %last: u32 = extract(1) %r
    %first_at: ptr<scalars, u32> = access %range, 0
    %first: u32 = load %first_at
    %size: u32 = sub %last, %first
    %product: u32 = mul %size, %f
    %u: u32 = bitcast %t
    %sum: u32 = add %product, %u
    %length: u32 = array_length %out
    %place: u32 = sub %length, 1
    %at: ptr<storage, u32> = access %out, %place
    store %at, %sum
    return
}
)");
    struct Range {
        u32 first, last;
    };
    Buffer<u32> out = gpu.zeros<u32>(5);
    gpu.call(kernel, groups(1), out, 10u, -3, Range{2, 7});
    EXPECT_EQ(gpu.get(out), (std::vector<u32>{0, 0, 0, 0, 47}));
}

TEST_P(IrMemory, constants_are_set_when_a_kernel_is_compiled) {
    const std::string text = R"(module "constants"
specialization(0) %n: u32 = 8
specialization(1) %factor: f32 = 1.5
computed %twice: u32 = mul %n, 2
computed %share: i32 = convert %twice
computed %rest: i32 = mod %share, i32(-5)
computed %larger: f32 = mul %factor, 2.0
computed %as_float: f32 = convert %twice
storage %out: f32[] set 0 binding 0
shared %tile: f32[%twice]
kernel @constants() workgroup_size(%n, 1, 1) {
    %i: u32 = builtin(local_index)
    %mine: ptr<shared, f32> = access %tile, %i
    store %mine, %larger
    barrier(workgroup, shared)
    %other: u32 = sub %n, 1
    %their: u32 = sub %other, %i
    %theirs: ptr<shared, f32> = access %tile, %their
    %x: f32 = load %theirs
    %y: f32 = add %x, %as_float
    %r: f32 = convert %rest
    %z: f32 = add %y, %r
    %at: ptr<storage, f32> = access %out, %i
    store %at, %z
    return
}
)";
    Buffer<f32> out = gpu.zeros<f32>(16);
    gpu.call(compile_ir(gpu, text), groups(1), out);
    // 3 + 16 + (16 mod -5), which is -4
    std::vector<f32> wanted(16, 0);
    std::fill_n(wanted.begin(), 8, 15.0f);
    EXPECT_EQ(gpu.get(out), wanted);

    KernelOptions options;
    options.constants = {{"n", u64{12}}, {"factor", 0.25}};
    const Kernel kernel = compile_ir(gpu, text, options);
    EXPECT_EQ(kernel.workgroup_size()[0], 12u);
    gpu.call(kernel, groups(1), out);
    // 0.5 + 24 + (24 mod -5), which is -1
    std::fill_n(wanted.begin(), 12, 23.5f);
    EXPECT_EQ(gpu.get(out), wanted);
}

TEST_P(IrMemory, atomics_lose_nothing) {
    const Kernel kernel = compile_ir(gpu, R"(module "atomics"
storage %counts: u32[] set 0 binding 0
storage %signed: i32[] set 0 binding 1
shared %tile: u32
kernel @atomics() workgroup_size(64, 1, 1) {
    %id: u32x3 = builtin(global_id)
    %i: u32 = extract(0) %id
    %l: u32 = builtin(local_index)
    %is_first: bool = eq %l, 0
    if ^start %is_first {
        store %tile, 0
        exit ^start
    } else {
        exit ^start
    }
    barrier(workgroup, shared)
    %old: u32 = atomic_add(relaxed, workgroup) %tile, %l
    barrier(workgroup, shared)
    if ^end %is_first {
        %all: u32 = atomic_load(relaxed, workgroup) %tile
        %c0: ptr<storage, u32> = access %counts, 0
        %o0: u32 = atomic_add(relaxed, device) %c0, %all
        exit ^end
    } else {
        exit ^end
    }
    %c1: ptr<storage, u32> = access %counts, 1
    %o1: u32 = atomic_sub(relaxed, device) %c1, 2
    %c2: ptr<storage, u32> = access %counts, 2
    %o2: u32 = atomic_max(relaxed, device) %c2, %i
    %c3: ptr<storage, u32> = access %counts, 3
    %o3: u32 = atomic_min(relaxed, device) %c3, %i
    %bit: u32 = shl 1, %i
    %c4: ptr<storage, u32> = access %counts, 4
    %o4: u32 = atomic_or(relaxed, device) %c4, %bit
    %not: u32 = bit_not %bit
    %c5: ptr<storage, u32> = access %counts, 5
    %even: u32 = bit_and %i, 1
    %is_even: bool = eq %even, 0
    %mask: u32 = select %is_even, %not, 4294967295
    %o5: u32 = atomic_and(relaxed, device) %c5, %mask
    %c6: ptr<storage, u32> = access %counts, 6
    %o6: u32 = atomic_xor(relaxed, device) %c6, %i
    %c7: ptr<storage, u32> = access %counts, 7
    loop ^try {
        %seen: u32 = atomic_load(relaxed, device) %c7
        %wanted: u32 = add %seen, 3
        %found: u32 = atomic_compare_exchange(relaxed, device) %c7, %seen, %wanted
        %done: bool = eq %found, %seen
        if ^again %done {
            exit ^try
        } else {
            exit ^again
        }
        next ^try
    } continuing {
        repeat ^try
    }
    %s0: ptr<storage, i32> = access %signed, 0
    %half: i32 = convert %i
    %j: i32 = sub i32(50), %half
    %p0: i32 = atomic_min(relaxed, device) %s0, %j
    %s1: ptr<storage, i32> = access %signed, 1
    %p1: i32 = atomic_max(relaxed, device) %s1, %j
    return
}
)");
    Buffer<u32> counts = gpu.to_device<u32>({0, 1000, 0, 1000, 0, ~0u, 0, 0});
    Buffer<i32> numbers = gpu.to_device<i32>({0, 0});
    gpu.call(kernel, groups(2), counts, numbers);
    u32 folded = 0, all_bits = 0;
    for (u32 i = 0; i < 128; ++i) {
        folded ^= i;
        all_bits |= 1u << i % 32;
    }
    EXPECT_EQ(gpu.get(counts),
              (std::vector<u32>{2 * 63 * 32, 1000 - 256, 127, 0, all_bits, 0xaaaaaaaa, folded, 3 * 128}));
    EXPECT_EQ(gpu.get(numbers), (std::vector<i32>{50 - 127, 50}));
}

TEST_P(IrMemory, a_load_behind_a_store_sees_it_though_other_buffers_are_only_read) {
    const Kernel kernel = compile_ir(gpu, R"(module "ways"
storage %in: u32[] set 0 binding 0 readonly
storage %out: u32[] set 0 binding 1
kernel @ways() workgroup_size(64, 1, 1) {
    %i: u32 = builtin(local_index)
    %first: ptr<storage, u32> = access %in, 0
    %x: u32 = load %first
    %mine: ptr<storage, u32> = access %out, %i
    store %mine, %x
    %y: u32 = load %mine
    %j: u32 = add %i, 64
    %copy: ptr<storage, u32> = access %out, %j
    store %copy, %y
    return
}
)");
    const Buffer<u32> in = gpu.to_device<u32>({77}), out = gpu.zeros<u32>(128);
    gpu.call(kernel, groups(1), in, out);
    EXPECT_EQ(gpu.get(out), std::vector<u32>(128, 77));
}

TEST_P(IrMemory, barriers_show_what_was_written_before) {
    // Each round every invocation reads what its neighbour wrote in the round before, in shared memory and a buffer.
    const Kernel kernel = compile_ir(gpu, R"(module "rounds"
storage %data: u32[] set 0 binding 0
shared %tile: u32[64]
kernel @rounds() workgroup_size(64, 1, 1) {
    %i: u32 = builtin(local_index)
    %n: u32 = add %i, 1
    %next: u32 = rem %n, 64
    %mine: ptr<shared, u32> = access %tile, %i
    %theirs: ptr<shared, u32> = access %tile, %next
    %mine_far: ptr<storage, u32> = access %data, %i
    %theirs_far: ptr<storage, u32> = access %data, %next
    store %mine, %i
    store %mine_far, %i
    loop ^rounds (%k: u32 = 0) {
        barrier(workgroup, storage|shared)
        %x: u32 = load %theirs
        %y: u32 = load %theirs_far
        barrier(workgroup, storage|shared)
        %x.1: u32 = add %x, 1
        %y.1: u32 = add %y, %x
        store %mine, %x.1
        store %mine_far, %y.1
        next ^rounds(%k)
    } continuing (%k.1: u32) {
        %k.2: u32 = add %k.1, 1
        %more: bool = lt %k.2, 20
        repeat_if %more ^rounds(%k.2) else
    }
    return
}
)");
    Buffer<u32> data = gpu.zeros<u32>(64);
    gpu.call(kernel, groups(1), data);
    std::vector<u32> near(64), far(64);
    std::iota(near.begin(), near.end(), 0u);
    far = near;
    for (u32 k = 0; k < 20; ++k) {
        std::vector<u32> near_after(64), far_after(64);
        for (u32 i = 0; i < 64; ++i) {
            near_after[i] = near[(i + 1) % 64] + 1;
            far_after[i] = far[(i + 1) % 64] + near[(i + 1) % 64];
        }
        near = near_after;
        far = far_after;
    }
    EXPECT_EQ(gpu.get(data), far);
}

TEST_P(IrMemory, functions_may_hold_barriers) {
    // How often its loop goes round a buffer tells, that of all invocations is the same.
    const Kernel kernel = compile_ir(gpu, R"(module "turns"
storage %data: u32[] set 0 binding 0
storage %turns: u32[] set 0 binding 1
shared %tile: u32[64]
function @turn(%i: u32) {
    %n: u32 = add %i, 1
    %next: u32 = rem %n, 64
    %mine: ptr<shared, u32> = access %tile, %i
    %theirs: ptr<shared, u32> = access %tile, %next
    barrier(workgroup, shared)
    %x: u32 = load %theirs
    barrier(workgroup, shared)
    store %mine, %x
    return
}
function @turn_often(%i: u32, %often: u32) -> u32 {
    loop ^turns (%k: u32 = 0) {
        %more: bool = lt %k, %often
        if ^if1 %more {
            exit ^if1
        } else {
            exit ^turns
        }
        call(@turn) %i
        next ^turns(%k)
    } continuing (%k.1: u32) {
        %k.2: u32 = add %k.1, 1
        repeat ^turns(%k.2)
    }
    %mine: ptr<shared, u32> = access %tile, %i
    %x: u32 = load %mine
    return %x
}
kernel @turns() workgroup_size(64, 1, 1) {
    %i: u32 = builtin(local_index)
    %mine: ptr<shared, u32> = access %tile, %i
    store %mine, %i
    %at: ptr<storage, u32> = access %turns, 0
    %often: u32 = load %at
    %x: u32 = call(@turn_often) %i, %often
    %out: ptr<storage, u32> = access %data, %i
    store %out, %x
    %slot: u32 = add %i, 1
    %done: ptr<storage, u32> = access %turns, %slot
    store %done, %often
    return
}
)");
    const Buffer<u32> data = gpu.zeros<u32>(64), turns = gpu.zeros<u32>(65);
    gpu.fill(turns.view(0, 1), 5u);
    gpu.call(kernel, groups(1), data, turns);
    std::vector<u32> wanted(64);
    for (u32 i = 0; i < 64; ++i) wanted[i] = (i + 5) % 64;
    EXPECT_EQ(gpu.get(data), wanted);
    EXPECT_EQ(gpu.get(turns), std::vector<u32>(65, 5));
}

TEST_P(IrMemory, subgroups_agree_with_their_lanes) {
    const SubgroupFeatures& has = gpu.capabilities().features.subgroup;
    if (!has.arithmetic || !has.ballot || !has.shuffle || !has.vote || !has.shuffle_relative || !has.quad)
        GTEST_SKIP() << "subgroups lack operations";
    const Kernel kernel = compile_ir(gpu, R"(module "subgroups"
storage %out: u32[] set 0 binding 0
kernel @subgroups() workgroup_size(64, 1, 1) {
    %i: u32 = builtin(local_index)
    %size: u32 = builtin(subgroup_size)
    %lane: u32 = builtin(subgroup_lane)
    %x: u32 = mul %lane, 3
    %sum: u32 = subgroup_reduce(add) %x
    %up_to: u32 = subgroup_scan(add, inclusive) %x
    %before: u32 = subgroup_scan(add, exclusive) %x
    %most: u32 = subgroup_reduce(max) %x
    %odd: u32 = bit_and %lane, 1
    %is_odd: bool = eq %odd, 1
    %ballot: u32x4 = subgroup_ballot %is_odd
    %count: u32 = subgroup_ballot_count(reduce) %ballot
    %below: u32 = subgroup_ballot_count(exclusive) %ballot
    %low: u32 = subgroup_ballot_lsb %ballot
    %bit: bool = subgroup_ballot_bit %ballot, %lane
    %as_odd: bool = eq %bit, %is_odd
    %all: bool = subgroup_all %as_odd
    %first: u32 = subgroup_broadcast_first %x
    %second: u32 = subgroup_broadcast %x, 1
    %partner: u32 = bit_xor %lane, 1
    %shuffled: u32 = subgroup_shuffle %x, %partner
    %crossed: u32 = subgroup_shuffle_xor %x, 1
    %swapped: u32 = quad_swap(0) %x
    %whole: u32 = div 64, %size
    %a: ptr<storage, u32> = access %out, %i
    %e1: u32 = sub %size, 1
    %e2: u32 = mul %size, %e1
    %e3: u32 = mul %e2, 3
    %e4: u32 = div %e3, 2
    %c1: bool = eq %sum, %e4
    %p1: u32 = mul %e1, 3
    %c2: bool = eq %most, %p1
    %d: u32 = sub %up_to, %before
    %c3: bool = eq %d, %x
    %l1: u32 = sub %lane, 1
    %l2: u32 = mul %lane, %l1
    %l3: u32 = mul %l2, 3
    %l4: u32 = div %l3, 2
    %is_zero: bool = eq %lane, 0
    %l5: u32 = select %is_zero, 0, %l4
    %c4: bool = eq %before, %l5
    %h: u32 = div %size, 2
    %c5: bool = eq %count, %h
    %h1: u32 = div %lane, 2
    %c6: bool = eq %below, %h1
    %c7: bool = eq %low, 1
    %c8: bool = eq %first, 0
    %c9: bool = eq %second, 3
    %px: u32 = mul %partner, 3
    %c10: bool = eq %shuffled, %px
    %c11: bool = eq %crossed, %px
    %c12: bool = eq %swapped, %px
    %d1: bool = bit_and %c1, %c2
    %d2: bool = bit_and %c3, %c4
    %d3: bool = bit_and %c5, %c6
    %d4: bool = bit_and %c7, %c8
    %d5: bool = bit_and %c9, %c10
    %d6: bool = bit_and %c11, %c12
    %f1: bool = bit_and %d1, %d2
    %f2: bool = bit_and %d3, %d4
    %f3: bool = bit_and %d5, %d6
    %g1: bool = bit_and %f1, %f2
    %g2: bool = bit_and %f3, %all
    %ok: bool = bit_and %g1, %g2
    %r: u32 = convert %ok
    store %a, %r
    return
}
)");
    Buffer<u32> out = gpu.zeros<u32>(64);
    gpu.call(kernel, groups(1), out);
    EXPECT_EQ(gpu.get(out), std::vector<u32>(64, 1));
}

TEST_P(IrMemory, small_numbers_lie_next_to_each_other) {
    if (!has_type(gpu, Scalar::u8) || !has_type(gpu, Scalar::i16)) GTEST_SKIP() << "no small types";
    std::vector<u8> bytes(64);
    std::iota(bytes.begin(), bytes.end(), u8{200});
    std::vector<i16> shorts(64);
    std::iota(shorts.begin(), shorts.end(), i16{-32768});
    const std::vector<u8> sums = compute<u8>(gpu, "    %s: u8 = convert %b\n    %r: u8 = add %a, %s\n", bytes, shorts);
    for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_EQ(sums[i], static_cast<u8>(bytes[i] + shorts[i]));
}

TEST_P(IrMemory, pointers_are_chosen_and_stepped) {
    if (!gpu.capabilities().features.variable_pointers) GTEST_SKIP() << "no variable pointers";
    const Kernel kernel = compile_ir(gpu, R"(module "pointers"
storage %left: u32[] set 0 binding 0 readonly
storage %right: u32[] set 0 binding 1 readonly
storage %sums: u32[] set 0 binding 2
kernel @pointers() workgroup_size(1, 1, 1) {
    %id: u32x3 = builtin(workgroup_id)
    %i: u32 = extract(0) %id
    %bit: u32 = bit_and %i, 1
    %even: bool = eq %bit, 0
    %left_at: ptr<storage, u32> = access %left, %i
    %right_at: ptr<storage, u32> = access %right, %i
    %from: ptr<storage, u32> = select %even, %left_at, %right_at
    %sum: u32 = loop ^loop1 (%p: ptr<storage, u32> = %from, %n: u32 = 0, %s: u32 = 0) {
        %value: u32 = load %p
        %s.1: u32 = add %s, %value
        %further: ptr<storage, u32> = offset %p, 2
        %n.1: u32 = add %n, 1
        next ^loop1(%further, %n.1, %s.1)
    } continuing (%p.2: ptr<storage, u32>, %n.2: u32, %s.2: u32) {
        %more: bool = lt %n.2, 8
        repeat_if %more ^loop1(%p.2, %n.2, %s.2) else (%s.2)
    }
    %out: ptr<storage, u32> = access %sums, %i
    store %out, %sum
    return
}
)");
    std::vector<u32> numbers(32);
    std::iota(numbers.begin(), numbers.end(), 0u);
    std::vector<u32> large = numbers;
    for (u32& x : large) x *= 1000;
    Buffer<u32> left = gpu.to_device<u32>(numbers), right = gpu.to_device<u32>(large), sums = gpu.zeros<u32>(16);
    gpu.call(kernel, groups(16), left, right, sums);
    const std::vector<u32> results = gpu.get(sums);
    for (u32 i = 0; i < 16; ++i) EXPECT_EQ(results[i], (8 * i + 2 * 28) * (i % 2 == 0 ? 1 : 1000));
}

TEST_P(IrMemory, pointers_may_come_from_where_nobody_goes) {
    if (!gpu.capabilities().features.variable_pointers) GTEST_SKIP() << "no variable pointers";
    const Kernel kernel = compile_ir(gpu, R"(module "nowhere"
storage %data: u32[] set 0 binding 0
kernel @nowhere() workgroup_size(1, 1, 1) {
    %place: ptr<storage, u32> = access %data, 0
    store %place, 7
    loop ^loop1 (%n: u32 = 0) {
        if ^if1 false {
            exit ^if1
        } else {
            exit ^loop1
        }
        next ^loop1
    } continuing {
        if ^if2 false {
            %none: ptr<storage, u32> = if ^if3 false {
                exit ^if2
            } else {
                exit ^if2
            }
            store %none, 1
            exit ^if2
        } else {
            exit ^if2
        }
        repeat ^loop1(0)
    }
    return
}
)");
    Buffer<u32> data = gpu.to_device<u32>({50, 50});
    gpu.call(kernel, groups(1), data);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{7, 50}));
}

TEST_P(IrMemory, pointers_that_a_loop_has_used_go_on_into_the_next) {
    if (!gpu.capabilities().features.variable_pointers) GTEST_SKIP() << "no variable pointers";
    const Kernel kernel = compile_ir(gpu, R"(module "two_loops"
storage %data: u32[] set 0 binding 0
shared %kept: u32[8]
kernel @two_loops() workgroup_size(4, 1, 1) {
    %i: u32 = builtin(local_index)
    %j: u32 = add %i, 4
    %a: ptr<storage, u32> = access %data, %i
    %b: ptr<storage, u32> = access %data, %j
    %c: ptr<shared, u32> = access inbounds %kept, %i
    loop ^loop1 (%n: u32 = 0) {
        next ^loop1(%n)
    } continuing (%n.1: u32) {
        %n.2: u32 = add %n.1, 1
        store %a, 7
        store %c, 8
        %more: bool = lt %n.2, 2
        repeat_if %more ^loop1(%n.2)
    }
    loop ^loop2 (%m: u32 = 0, %p: ptr<storage, u32> = %a, %q: ptr<shared, u32> = %c) {
        %more.1: bool = lt %m, 2
        if ^if1 %more.1 {
            exit ^if1
        } else {
            exit ^loop2
        }
        store %p, %m
        %old: u32 = load %q
        %new: u32 = add %old, 3
        store %q, %new
        next ^loop2(%m)
    } continuing (%m.1: u32) {
        %m.2: u32 = add %m.1, 1
        repeat ^loop2(%m.2, %b, %c)
    }
    %result: u32 = load %c
    %k: u32 = add %i, 8
    %d: ptr<storage, u32> = access %data, %k
    store %d, %result
    return
}
)");
    Buffer<u32> data = gpu.to_device<u32>(std::vector<u32>(12, 50));
    gpu.call(kernel, groups(1), data);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{0, 0, 0, 0, 1, 1, 1, 1, 14, 14, 14, 14}));
}

TEST_P(IrMemory, the_length_of_an_empty_buffer_is_0) {
    const Kernel kernel = compile_ir(gpu, R"(
module "lengths"
struct List size 16 {
    count: u32 offset 0,
    items: f32x2[stride 8] offset 8,
}
storage %list: List set 0 binding 0
storage %numbers: u32[] set 0 binding 1
storage %out: u32[] set 0 binding 2
kernel @main() workgroup_size(1, 1, 1) {
    %items: ptr<storage, f32x2[stride 8]> = access %list, 1
    %pairs: u32 = array_length %items
    %length: u32 = array_length %numbers
    %out0: ptr<storage, u32> = access %out, 0
    store %out0, %pairs
    %out1: ptr<storage, u32> = access %out, 1
    store %out1, %length
    return
}
)");
    const auto out = gpu.empty<u32>(2);
    const auto lengths = [&](const Buffer<u32>& list, const Buffer<u32>& numbers) {
        gpu.call(kernel, groups(1), list, numbers, out);
        return gpu.get(out);
    };
    EXPECT_EQ(lengths(gpu.zeros<u32>(8), gpu.zeros<u32>(5)), (std::vector<u32>{3, 5}));
    EXPECT_EQ(lengths(gpu.zeros<u32>(2), gpu.empty<u32>(0)), (std::vector<u32>{0, 0}));
}

}  // namespace
}  // namespace alkomp::testing
