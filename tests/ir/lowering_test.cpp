// SPDX-License-Identifier: MIT OR Apache-2.0
// Lowered kernels leave what they left before, and hold nothing of what they were lowered for.
#include "alkomp/error.h"
#include "ir/module_files.h"
#include "ir/builder.h"
#include "ir/parse.h"
#include "ir/pass/exchange_lanes.h"
#include "ir/pass/flatten_choices.h"
#include "ir/pass/passes.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "support/pure.h"
#include "support/random_program.h"
#include "support/reduce.h"
#include "support/seeds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace alkomp::testing {
namespace {

struct NamedLowering {
    std::string name;
    ir::Lowering lowering;
};

std::vector<NamedLowering> lowerings() {
    return {{"memory_layouts", {.memory_layouts = true, .memory = {}}},
            {"all memory as words", {.memory_layouts = true, .memory = {.everything = true}}},
            {"small integers", {.memory_layouts = true, .memory = {}, .small_integers = true}},
            {"wide integers", {.memory_layouts = true, .memory = {}, .wide_integers = true}},
            {"f16", {.memory_layouts = true, .memory = {}, .f16 = true}},
            {"combinations", {.combinations = true}},
            {"chosen lanes", {.chosen_lanes = true}},
            {"all",
             {.memory_layouts = true,
              .memory = {},
              .small_integers = true,
              .wide_integers = true,
              .f16 = true,
              .combinations = true,
              .chosen_lanes = true}}};
}

ir::ValueId global_at(const ir::Module& module, u32 set, u32 binding) {
    for (const ir::Global& global : module.globals)
        if (global.value != ir::ValueId::none && global.set == set && global.binding == binding &&
            (global.kind == ir::Global::Kind::storage || global.kind == ir::Global::Kind::uniform))
            return global.value;
    return ir::ValueId::none;
}

/// What the lowered kernel leaves in the buffers of the module that it was made of.
KernelRun evaluate_lowered(const ir::Module& module, const ir::Module& lowered, const ir::Lowered& how,
                           const KernelRun& start) {
    KernelRun run = start;
    run.unspecified = 7;
    run.buffers.assign(lowered.globals.size(), {});
    const auto at = [&](const ir::Global& global) {
        return lowered[global_at(lowered, global.set, global.binding)].index;
    };
    const auto is_bound = [](const ir::Global& global) {
        return global.value != ir::ValueId::none &&
               (global.kind == ir::Global::Kind::storage || global.kind == ir::Global::Kind::uniform);
    };
    for (std::size_t i = 1; i < module.globals.size(); ++i) {
        const ir::Global& global = module.globals[i];
        if (!is_bound(global)) continue;
        std::vector<std::byte>& bytes = run.buffers[at(global)];
        bytes = start.buffers[i];
        bytes.resize((bytes.size() + 15) / 16 * 16);  // as a device binds them
        if (global.kind == ir::Global::Kind::storage) bytes.resize((start.buffers[i].size() + 3) / 4 * 4);
    }
    for (const ir::ByteCount& count : how.byte_counts) {
        run.scalars.resize(std::max<std::size_t>(run.scalars.size(), count.offset_bytes + 4));
        for (std::size_t i = 1; i < module.globals.size(); ++i) {
            if (!is_bound(module.globals[i])) continue;
            if (module.globals[i].set != count.set || module.globals[i].binding != count.binding) continue;
            const auto bytes = static_cast<u32>(start.buffers[i].size());
            std::memcpy(&run.scalars[count.offset_bytes], &bytes, sizeof bytes);
        }
    }
    run.scalars.resize((run.scalars.size() + 3) / 4 * 4);
    evaluate(lowered, run);
    KernelRun found = start;
    for (std::size_t i = 1; i < module.globals.size(); ++i) {
        if (!is_bound(module.globals[i])) continue;
        found.buffers[i] = run.buffers[at(module.globals[i])];
        found.buffers[i].resize(start.buffers[i].size());
    }
    return found;
}

/// What is left of what was lowered.
std::string left_in(const ir::Module& module, const ir::Lowering& how) {
    for (u32 i = 2; i < module.types.size(); ++i) {
        const ir::Type& type = module.types[ir::TypeId{i}];
        if (type.kind != ir::Type::Kind::scalar) continue;
        const bool is_small = ir::is_integer(type.scalar) && size_bytes(type.scalar) < 4;
        const bool is_wide = ir::is_integer(type.scalar) && size_bytes(type.scalar) == 8;
        if ((how.small_integers && is_small) || (how.wide_integers && is_wide))
            return "it still has " + std::string(to_string(type.scalar));
    }
    return {};
}

bool is_refused(const Error& error) {
    const std::string_view text(error.what());
    return error.code() == ErrorCode::unsupported &&
           (text.find("into more than one buffer") != text.npos || text.find("is one by itself") != text.npos);
}

/// What a lowering breaks, in words; empty: nothing.
std::string broken_by(const NamedLowering& how, const ir::Module& module, const KernelRun& start, bool optimize) {
    KernelRun expected = start;
    evaluate(module, expected);
    try {
        ir::Module lowered = module;
        if (optimize)
            for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(lowered);
        if (how.lowering.subgroups) lowered.subgroup_size = start.subgroup_size;
        const ir::Lowered result = ir::lower(lowered, how.lowering);
        ir::verify(lowered);
        if (const std::string left = left_in(lowered, how.lowering); !left.empty()) return how.name + ": " + left;
        if (optimize)
            for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(lowered);
        ir::verify(lowered);
        const std::string text = ir::print(lowered);
        ir::Module parsed = ir::parse(text, "lowered.ir");
        if (ir::print(parsed) != text) return how.name + ": another module behind its text";
        const std::string differs = difference(module, expected, evaluate_lowered(module, lowered, result, start));
        return differs.empty() ? differs : how.name + ": " + differs;
    } catch (const Error& error) {
        return is_refused(error) ? "" : how.name + ": " + error.what();
    } catch (const std::exception& error) {
        return how.name + ": " + error.what();
    }
}

TEST(Lowerings, keep_what_random_programs_leave) {
    RandomProgramOptions options;
    options.local_pointers = false;
    for (const u64 seed : seeds(300)) {
        for (const NamedLowering& how : lowerings()) {
            options.types.f64 = !how.lowering.wide_integers;
            const RandomProgram program = random_program(seed, options);
            const bool optimize = seed % 2 == 0;
            const std::string broken = broken_by(how, program.module, program.run, optimize);
            if (broken.empty()) continue;
            const auto still_fails = [&](const ir::Module& module) {
                try {
                    KernelRun one = program.run, other = program.run;
                    ++other.unspecified;
                    evaluate(module, one);
                    evaluate(module, other);
                    return difference(module, one, other).empty() &&
                           !broken_by(how, module, program.run, optimize).empty();
                } catch (const std::exception&) {
                    return false;  // wrong before any lowering
                }
            };
            const ir::Module small = reduced(program.module, still_fails);
            ir::Module after = small;
            std::string text;
            try {
                static_cast<void>(ir::lower(after, how.lowering));
                text = ir::print(after);
            } catch (const std::exception& error) {
                text = error.what();
            }
            FAIL() << "seed " << seed << (optimize ? ", optimised: " : ": ") << broken
                   << "\nreduced: " << broken_by(how, small, program.run, optimize) << '\n'
                   << ir::print(small) << "\nlowered:\n"
                   << text;
        }
    }
}

TEST(Lowerings, keep_what_random_programs_leave_of_subgroups) {
    RandomProgramOptions options;
    options.local_pointers = false;
    const NamedLowering how{"subgroups", {.subgroups = true, .most_shared_bytes = 16384}};
    u32 asking = 0, met = 0;
    for (const u64 seed : seeds(1000)) {
        const RandomProgram program = random_program(seed, options);
        if (ir::print(program.module).find("= subgroup_") == std::string::npos) continue;
        ++asking;
        ASSERT_EQ(broken_by(how, program.module, program.run, seed % 2 == 0), "") << "seed " << seed;
        ir::Module module = program.module;
        for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(module);
        ir::flatten_choices(module);
        met += ir::exchange_lanes(module, 16384).empty() ? 1 : 0;
    }
    EXPECT_GT(2 * met, asking) << met << " meet in memory";
}

/// Small numbers in each buffer and scalar.
KernelRun start_of(const ir::Module& module) {
    KernelRun run;
    run.groups = {2, 1, 1};
    run.buffers.resize(module.globals.size());
    for (std::size_t i = 1; i < module.globals.size(); ++i) {
        const ir::Global& global = module.globals[i];
        const ir::Type& type = module.types[global.type];
        const bool is_array = type.kind == ir::Type::Kind::runtime_array;
        const u64 stride = is_array ? type.stride_bytes : 64, count = is_array ? 256 : 1;
        const ir::TypeId element = is_array ? type.element : global.type;
        if (global.kind == ir::Global::Kind::scalar) run.scalars.resize(global.offset_bytes + 64);
        else run.buffers[i].resize(stride * count);
        std::vector<std::byte>& bytes = global.kind == ir::Global::Kind::scalar ? run.scalars : run.buffers[i];
        for (u64 k = 0; k < count; ++k)
            for (const auto& [scalar, place] : leaves(module, element, global.offset_bytes + k * stride, true)) {
                const u64 number = 1 + (k * 7 + place) % 23;
                const u64 bits = ir::is_float(scalar) ? from_double(scalar, static_cast<double>(number)) : number;
                std::memcpy(&bytes[place], &bits, size_bytes(scalar));
            }
    }
    return run;
}

bool can_evaluate(const ir::Module& module) {
    try {
        KernelRun run = start_of(module);
        evaluate(module, run);
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

TEST(Lowerings, keep_what_modules_leave) {
    u32 evaluated = 0;
    for (const ModuleFile& file : module_files()) {
        ir::Module module = ir::parse(file.text, file.name);
        ir::verify(module);
        if (!can_evaluate(module)) continue;
        ++evaluated;
        for (const NamedLowering& how : lowerings())
            for (const bool optimize : {false, true})
                EXPECT_EQ(broken_by(how, module, start_of(module), optimize), "") << file.name;
    }
    EXPECT_GE(evaluated, 7u);
}

/// A kernel that gives two numbers to each operation on integers of a type, and its run over edges and random numbers.
class Operations {
public:
    Operations(Scalar scalar, u32 lanes) : scalar_(scalar), build_(module) {
        ir::Types& types = module.types;
        type_ = types.vector(scalar, lanes);
        const u32 stride = size_bytes(scalar) * (lanes == 3 ? 4 : lanes);
        module.workgroup_size[0] = module.index(32);
        const ir::ValueId in = buffer("in", stride, 0), out = buffer("out", stride, 1);
        module.kernel = build_.open_function("main", {}, types.nothing());
        const ir::ValueId id = emit(ir::Op::extract, {build_.builtin(ir::Builtin::global_id)}, {0});
        const ir::ValueId first = emit(ir::Op::mul, {id, module.index(2)});
        const ir::ValueId a = build_.load(emit(ir::Op::access, {in, first}));
        const ir::ValueId b = build_.load(emit(ir::Op::access, {in, emit(ir::Op::add, {first, module.index(1)})}));
        add_results(a, b);
        // What is above the bits of a result must not matter.
        ir::ValueId all = a;
        const ir::ValueId one = ones();
        for (const ir::ValueId result : results_)
            all = emit(ir::Op::bit_xor, {emit(ir::Op::mul, {all, b}), emit(ir::Op::shr, {result, one})});
        results_.push_back(all);
        const ir::ValueId begin = emit(ir::Op::mul, {id, module.index(results_.size())});
        for (std::size_t i = 0; i < results_.size(); ++i)
            build_.store(emit(ir::Op::access, {out, emit(ir::Op::add, {begin, module.index(i)})}), results_[i]);
        build_.return_();
        build_.close_function();
        ir::verify(module);
        fill(stride);
    }

    ir::Module module;
    std::vector<KernelRun> runs;

private:
    ir::ValueId emit(ir::Op op, std::initializer_list<ir::ValueId> operands, std::initializer_list<u32> immediates = {},
                     ir::TypeId given = ir::TypeId::none) {
        return build_.emit(op, operands, immediates, given);
    }
    ir::ValueId buffer(const char* name, u32 stride, u32 binding) {
        ir::Global made;
        made.name = module.string(name);
        made.type = module.types.runtime_array(type_, stride);
        made.binding = binding;
        return module.add_global(made);
    }
    ir::ValueId ones() {
        const ir::Type& type = module.types[type_];
        if (type.kind == ir::Type::Kind::scalar) return module.constant(type_, 1);
        return emit(ir::Op::splat, {module.constant(type.element, 1)}, {}, type_);
    }
    void give(ir::ValueId id) {
        if (module.type_of(id) != type_) id = emit(ir::Op::convert, {id}, {}, type_);
        results_.push_back(id);
    }
    void add_results(ir::ValueId a, ir::ValueId b) {
        using ir::Op;
        for (const Op op :
             {Op::add,     Op::sub, Op::mul, Op::div,      Op::rem, Op::mod, Op::min, Op::max, Op::bit_and, Op::bit_or,
              Op::bit_xor, Op::shl, Op::shr, Op::mul_high, Op::eq,  Op::ne,  Op::lt,  Op::le,  Op::gt,      Op::ge})
            give(emit(op, {a, b}));
        for (const Op op :
             {Op::neg, Op::abs, Op::sign, Op::bit_not, Op::count_ones, Op::find_msb, Op::find_lsb, Op::reverse_bits})
            give(emit(op, {a}));
        for (const Op op : {Op::mul_wide, Op::add_carry, Op::sub_borrow}) {
            give(emit(op, {a, b}));
            give(module.result(module[build_.last()], 1));
        }
        const ir::TypeId half = module.types.with_scalar(type_, Scalar::u16);
        give(emit(Op::shl, {a, emit(Op::convert, {b}, {}, half)}));
        give(emit(Op::clamp, {a, b, module.zero(type_)}));
        const ir::ValueId one = module.types.lanes(type_) == 1 ? b : emit(Op::extract, {b}, {1});
        for (const u32 count : {0u, 1u, 5u, 200u}) {
            give(emit(Op::extract_bits, {a, one, module.index(count)}));
            give(emit(Op::insert_bits, {a, b, module.index(count), one}));
        }
        for (const Scalar other : {Scalar::i8, Scalar::u8, Scalar::i16, Scalar::u16, Scalar::i32, Scalar::u32,
                                   Scalar::i64, Scalar::u64, Scalar::f32, Scalar::f16}) {
            const ir::ValueId there = emit(Op::convert, {a}, {}, module.types.with_scalar(type_, other));
            give(there);
            if (other == Scalar::f32) give(emit(Op::convert, {emit(Op::mul, {there, there})}, {}, type_));
        }
    }
    /// Pairs of edges and random numbers, 32 to a run.
    void fill(u32 stride) {
        std::vector<u64> edges{0,
                               1,
                               2,
                               3,
                               10,
                               ~u64{0},
                               ~u64{0} - 1,
                               0x7f,
                               0x80,
                               0xff,
                               0x7fff,
                               0x8000,
                               0xffff,
                               0x10000,
                               0x7fffffff,
                               0x80000000,
                               0xffffffff,
                               0x100000000,
                               0x100000001,
                               u64{1} << 63,
                               (u64{1} << 63) - 1,
                               (u64{1} << 63) + 1,
                               0xffffff8000000000,
                               0x7fffff4000000001,
                               0xffff0000ffff0000};
        std::mt19937_64 random(static_cast<u64>(scalar_) * 7 + stride);
        for (u32 i = 0; i < 7; ++i) edges.push_back(random() >> random() % 64);
        const u32 size = size_bytes(scalar_), lanes = stride / size;
        for (std::size_t left = 0; left < edges.size(); left += lanes == 1 ? 1 : 8) {
            KernelRun run;
            run.buffers = {{},
                           std::vector<std::byte>(std::size_t{64} * stride),
                           std::vector<std::byte>(32 * results_.size() * stride)};
            for (std::size_t i = 0; i < 32; ++i)
                for (u32 k = 0; k < 2 * lanes; ++k) {
                    const u64 bits = edges[((k < lanes ? left : i) + k % lanes) % edges.size()];
                    std::memcpy(&run.buffers[1][(i * 2 * lanes + k) * size], &bits, size);
                }
            runs.push_back(std::move(run));
        }
    }

    Scalar scalar_;
    ir::Builder build_;
    ir::TypeId type_ = ir::TypeId::none;
    std::vector<ir::ValueId> results_;
};

TEST(Lowerings, keep_what_each_operation_gives) {
    for (const Scalar scalar : {Scalar::i8, Scalar::u8, Scalar::i16, Scalar::u16, Scalar::i64, Scalar::u64})
        for (const u32 lanes : {1u, 2u, 3u}) {
            const Operations all(scalar, lanes);
            for (const KernelRun& run : all.runs)
                EXPECT_EQ(broken_by(lowerings().back(), all.module, run, false), "")
                    << to_string(scalar) << 'x' << lanes;
        }
}

TEST(Lowerings, neighbours_in_a_word_write_beside_each_other) {
    ir::Module module = ir::parse(R"(module "k"
storage %bytes: i8[] set 0 binding 0
storage %halves: u16[] set 0 binding 1

kernel @k() workgroup_size(16, 1, 1) {
    %id: u32x3 = builtin(global_id)
    %i: u32 = extract(0) %id
    %byte: ptr<storage, i8> = access %bytes, %i
    %x: i8 = load %byte
    %y: i8 = neg %x
    store %byte, %y
    %z: i8 = load %byte
    %odd: u32 = bit_and %i, 1
    %j: u32 = bit_xor %i, 1
    %half: ptr<storage, u16> = access %halves, %j
    %h: u16 = load %half
    %wide: u16 = convert %z
    %sum: u16 = add %h, %wide
    %is_odd: bool = eq %odd, 1
    if ^if1 %is_odd {
        store %half, %sum
        exit ^if1
    } else {
        store %half, u16(65535)
        exit ^if1
    }
    return
}
)",
                                  "k.ir");
    ir::verify(module);
    KernelRun start;
    start.groups = {3, 1, 1};
    start.buffers = {{}, std::vector<std::byte>(45), std::vector<std::byte>(94)};  // less than there are invocations
    for (std::size_t i = 1; i < 3; ++i)
        for (std::size_t k = 0; k < start.buffers[i].size(); ++k) start.buffers[i][k] = static_cast<std::byte>(k * 37);
    for (const NamedLowering& how : lowerings()) EXPECT_EQ(broken_by(how, module, start, false), "");
}

TEST(Lowerings, keep_what_lanes_combine) {
    std::string body;
    u32 results = 0;
    for (const char* type : {"u32", "i32", "i8", "u64", "i64"})
        for (const char* how : {"add", "mul", "min", "max", "and", "or", "xor"})
            for (const char* over :
                 {"reduce($)", "reduce($, 2)", "reduce($, 4)", "scan($, inclusive)", "scan($, exclusive)"}) {
                std::string op(over);
                op.replace(op.find('$'), 1, how);
                const std::string n = std::to_string(results++);
                body += "%a" + n + ": " + type + " = convert %x\n%b" + n + ": " + type + " = subgroup_" + op + " %a" +
                        n + "\n%c" + n + ": u32 = convert %b" + n + "\n%d" + n + ": u32 = add %first, " + n + "\n%e" +
                        n + ": ptr<storage, u32> = access %out, %d" + n + "\nstore %e" + n + ", %c" + n + '\n';
            }
    const std::string text = R"(module "k"
storage %in: i32[] set 0 binding 0
storage %out: u32[] set 0 binding 1

kernel @k() workgroup_size(16, 1, 1) {
    %i: u32 = builtin(local_index)
    %p: ptr<storage, i32> = access %in, %i
    %x: i32 = load %p
    %first: u32 = mul %i, )" +
                             std::to_string(results) + "\n    %some: bool = lt %x, i32(500)\n    if ^if1 %some {\n" +
                             body + "exit ^if1\n} else {\nexit ^if1\n}\nreturn\n}\n";
    ir::Module module = ir::parse(text, "k.ir");
    ir::verify(module);
    KernelRun start;
    start.subgroup_size = 8;
    start.buffers = {{}, std::vector<std::byte>(64), std::vector<std::byte>(std::size_t{64} * results)};
    const std::array<i32, 16> in{3, 700, -5, 100, 501, 502, 77, -128, 9, 8, 7, 6, 5, 4, 3, 600};
    std::memcpy(start.buffers[1].data(), in.data(), 64);
    u32 lowered = 0;
    for (const NamedLowering& how : lowerings()) {
        if (!how.lowering.combinations) continue;
        ++lowered;
        EXPECT_EQ(broken_by(how, module, start, false), "");
    }
    EXPECT_GT(lowered, 0u);
}

}  // namespace
}  // namespace alkomp::testing
