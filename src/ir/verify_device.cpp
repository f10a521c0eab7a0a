// SPDX-License-Identifier: MIT OR Apache-2.0
// What a right module asks of a device: limits, types, atomics, subgroup operations, matrices, addresses.
#include "alkomp/capabilities.h"
#include "ir/print.h"
#include "ir/verify_layout.h"

#include <algorithm>
#include <set>

namespace alkomp::ir {
namespace {

/// The bits of a mask stand for the values of Scalar.
u32 bit(Scalar scalar) { return 1u << static_cast<u32>(scalar); }
const u32 kInt8 = bit(Scalar::i8) | bit(Scalar::u8);
const u32 kInt16 = bit(Scalar::i16) | bit(Scalar::u16);
const u32 kInt64 = bit(Scalar::i64) | bit(Scalar::u64);
const u32 kAll16 = kInt16 | bit(Scalar::f16) | bit(Scalar::bf16);

struct Need {
    u32 scalars;
    bool Features::*feature;
    const char* name;
};
const Need kArithmetic[] = {
    {kInt8, &Features::i8, "i8"},
    {kInt16, &Features::i16, "i16"},
    {bit(Scalar::f16), &Features::f16, "f16"},
    {kInt64, &Features::i64, "i64"},
    {bit(Scalar::bf16), &Features::bf16, "bf16"},
    {bit(Scalar::f64), &Features::f64, "f64"},
};
const std::span kWide = std::span(kArithmetic).subspan(3);  // needed even where the values are only moved
const Need kBuffers[] = {{kInt8, &Features::storage_8, "storage_8"}, {kAll16, &Features::storage_16, "storage_16"}};
const Need kUniform[] = {{kInt8, &Features::uniform_8, "uniform_8"}, {kAll16, &Features::uniform_16, "uniform_16"}};
const Need kScalars[] = {{kInt8, &Features::scalar_8, "scalar_8"}, {kAll16, &Features::scalar_16, "scalar_16"}};

class DeviceCheck {
public:
    DeviceCheck(const Module& module, const Flow& flow, const Shapes& shapes, const Capabilities& device)
        : module_(module),
          types_(module.types),
          flow_(flow),
          shapes_(shapes),
          layouts_(module, shapes),
          limits_(device.limits),
          features_(device.features),
          moved_(types_.size()),
          used_(types_.size()) {}

    void run() {
        check_limits();
        for (std::size_t i = 1; i < module_.globals.size(); ++i) check_global(module_.globals[i]);
        for (u32 i = 1; i < module_.instructions.size(); ++i)
            if (flow_.listed[i]) check(InstructionId{i});
    }

private:
    /// What is asked, and where: an instruction, or else the place of a global or the kernel.
    struct Site {
        InstructionId at = InstructionId::none;
        const Location* location = nullptr;
    };
    [[noreturn]] void fail(const Site& site, const std::string& what) const {
        if (site.location != nullptr) refuse(module_, *site.location, what + '.', ErrorCode::unsupported);
        refuse(module_, site.at, what + '.', ErrorCode::unsupported);
    }
    void need(bool present, const Site& site, const std::string& what, std::string_view feature) const {
        if (!present) fail(site, what + " needs the feature \"" + std::string(feature) + "\", which the device lacks");
    }
    const Type& type(TypeId id) const { return types_[id]; }
    std::string text(TypeId id) const { return to_string(module_, id); }

    // Limits.
    void limit(u64 given, u64 most, const std::string& what, const char* name) const {
        if (given <= most) return;
        fail({InstructionId::none, &module_[module_.kernel].location},
             what + " is " + std::to_string(given) + "; the device's " + name + " is " + std::to_string(most));
    }
    void check_limits() const {
        u64 invocations = 1;
        for (std::size_t i = 0; i < 3; ++i) {
            const u64 size = default_bits(module_, module_.workgroup_size[i]).value_or(1);
            limit(size, limits_.max_workgroup_size[i], "the workgroup's size in " + std::string(1, "xyz"[i]),
                  "max_workgroup_size");
            invocations *= std::min<u64>(size, 1u << 20);
        }
        limit(invocations, limits_.max_workgroup_invocations, "the number of invocations in a workgroup",
              "max_workgroup_invocations");
        check_subgroup_size();
        const Site kernel{InstructionId::none, &module_[module_.kernel].location};
        if (module_.keeps_denormals_f32)
            need(features_.preserves_denormals_f32, kernel, "keeping denormals of f32", "preserves_denormals_f32");
        if (module_.rounds_to_even_f32)
            need(features_.rounds_to_even_f32, kernel, "rounding f32 to nearest even", "rounds_to_even_f32");
        u64 scalars = 0, shared = 0;
        std::set<std::pair<u32, u32>> bindings;
        for (std::size_t i = 1; i < module_.globals.size(); ++i) {
            const Global& global = module_.globals[i];
            if (global.kind == Global::Kind::scalar)
                scalars =
                    std::max(scalars, u64{global.offset_bytes} + shapes_[static_cast<u32>(global.type)].size_bytes);
            if (global.kind == Global::Kind::shared)
                shared = global.aliased ? std::max(shared, u64{shapes_[static_cast<u32>(global.type)].size_bytes})
                                        : layouts_.behind(shared, global.type);
            if (global.kind == Global::Kind::storage || global.kind == Global::Kind::uniform) {
                bindings.emplace(global.set, global.binding);
                limit(u64{global.set} + 1, limits_.max_sets, "the number of sets", "max_sets");
            }
        }
        limit(scalars, limits_.max_scalar_bytes, "the size of the scalars in bytes", "max_scalar_bytes");
        limit(shared, limits_.max_shared_bytes, "the size of the shared memory in bytes", "max_shared_bytes");
        limit(bindings.size(), limits_.max_bindings, "the number of bindings", "max_bindings");
    }
    void check_subgroup_size() const {
        const u32 size = module_.subgroup_size;
        if (size == 0 || (size == limits_.min_subgroup_size && size == limits_.max_subgroup_size)) return;
        const Site site{InstructionId::none, &module_[module_.kernel].location};
        if (size < limits_.min_subgroup_size || size > limits_.max_subgroup_size)
            fail(site, "the subgroup size is " + std::to_string(size) + "; the device has " +
                           std::to_string(limits_.min_subgroup_size) + " to " +
                           std::to_string(limits_.max_subgroup_size));
        need(features_.subgroup.size_control, site, "a subgroup size of " + std::to_string(size),
             "subgroup.size_control");
    }

    // Types.
    void need_types(std::span<const Need> needs, TypeId id, const Site& site, const char* what) const {
        const u32 scalars = layouts_.scalars(id);
        for (const Need& one : needs)
            if ((scalars & one.scalars) != 0 && !(features_.*one.feature))
                need(false, site, what + std::string(" ") + text(id), one.name);
    }
    void need_memory(Space space, TypeId id, const Site& site) const {
        switch (space) {
            case Space::storage:
            case Space::address:
                need_types(kBuffers, id, site, "memory that holds");
                break;
            case Space::uniform:
                need_types(kUniform, id, site, "uniform memory that holds");
                break;
            case Space::scalars:
                need_types(kScalars, id, site, "a scalar argument of");
                break;
            case Space::shared:
                return need_shared(id, site);
            case Space::local:
                return need_types(kArithmetic, id, site, "a variable of");
        }
        need_types(kWide, id, site, "memory that holds");
    }
    /// Narrow types lie in shared memory where they can be computed with, or where it can have a layout.
    void need_shared(TypeId id, const Site& site) const {
        const u32 scalars = layouts_.scalars(id);
        for (const Need& one : kArithmetic) {
            const bool by_layout =
                (one.scalars == kInt8 && features_.shared_8) || ((one.scalars & kAll16) != 0 && features_.shared_16);
            if ((scalars & one.scalars) != 0 && !(features_.*one.feature) && !by_layout)
                need(false, site, "shared memory that holds " + text(id), one.name);
        }
    }
    /// Of shared memory, with a layout.
    void need_blocks(TypeId id, const Site& site) const {
        need(features_.shared_8 || features_.shared_16, site, "shared memory with a layout", "shared_8 or shared_16");
        const u32 scalars = layouts_.scalars(id);
        if ((scalars & kInt8) != 0) need(features_.shared_8, site, "shared memory with a layout of bytes", "shared_8");
        if ((scalars & kAll16) != 0)
            need(features_.shared_16, site, "shared memory with a layout of 16-bit numbers", "shared_16");
    }
    void check_global(const Global& global) const {
        const Site site{InstructionId::none, &global.location};
        const Space space = module_.type(global.value).space;
        need_memory(space, global.type, site);
        if (space == Space::shared && global.aliased) need_blocks(global.type, site);
        const bool has_layout = space != Space::local && (space != Space::shared || global.aliased);
        if (features_.scalar_layout || !has_layout) return;
        if (!layouts_.is_standard(global.type, space == Space::uniform, global.offset_bytes))
            need(false, site, "the layout of " + name_of(module_, global.value), "scalar_layout");
    }
    void need_values(InstructionId id, const Instruction& instruction) {
        const bool only_moves =
            instruction.op == Op::load || instruction.op == Op::store || instruction.op == Op::convert;
        const auto ask = [&](ValueId value) {
            const auto place = static_cast<u32>(module_.type_of(value));
            std::vector<bool>& known = only_moves ? moved_ : used_;
            if (known[place]) return;
            known[place] = true;
            if (type(module_.type_of(value)).kind == Type::Kind::cooperative_matrix)
                need_matrix(id, module_.type_of(value));
            const std::span<const Need> needs = only_moves ? kWide : std::span<const Need>(kArithmetic);
            need_types(needs, module_.type_of(value), {id, nullptr}, only_moves ? "a value of" : "arithmetic on");
        };
        for (const ValueId operand : module_.operands(instruction)) ask(operand);
        for (u32 i = 0; i < instruction.results.count; ++i) ask(module_.result(instruction, i));
    }

    // Instructions.
    void check(InstructionId id) {
        const Instruction& instruction = module_[id];
        need_values(id, instruction);
        const Rule rule = info(instruction.op).rule;
        if (has(instruction.op, kAtomic)) check_atomic(id, instruction);
        if (has(instruction.op, kConvergent)) check_subgroup(id, instruction);
        if (rule == Rule::builtin) check_builtin(id, static_cast<Builtin>(module_.immediates(instruction)[0]));
        check_pointers(id, instruction);
        if (instruction.op == Op::clock) need(features_.shader_clock, {id, nullptr}, "the clock", "shader_clock");
        if (instruction.op == Op::variable)
            need_memory(Space::local, type(module_.type_of(module_.result(instruction))).element, {id, nullptr});
        if (instruction.op == Op::matrix_multiply_add) check_multiply_add(id, instruction);
    }

    void check_pointers(InstructionId id, const Instruction& instruction) {
        const Site site{id, nullptr};
        const std::span<const ValueId> operands = module_.operands(instruction);
        if (instruction.op == Op::address_of || instruction.op == Op::pointer_to)
            need(features_.buffer_address, site, "an address", "buffer_address");
        if ((instruction.op == Op::load || instruction.op == Op::store) &&
            module_.type(operands[0]).space == Space::address)
            need_memory(Space::address, module_.type(operands[0]).element, site);
        if (instruction.op == Op::pointer_to && !features_.scalar_layout) {
            const TypeId pointee = module_.type(module_.result(instruction)).element;
            if (!layouts_.is_standard(pointee, false, 0))
                need(false, site, "the layout of " + text(pointee), "scalar_layout");
        }
        if (features_.variable_pointers) return;
        const bool is_fixed = instruction.op == Op::access || instruction.op == Op::variable ||
                              instruction.op == Op::pointer_to || instruction.op == Op::bitcast;
        for (u32 i = 0; i < instruction.results.count && !is_fixed; ++i) need_fixed(id, module_.result(instruction, i));
        for (const RegionId region : module_.regions_of(instruction))
            for (const ValueId parameter : module_[region].parameters) need_fixed(id, parameter);
        if (info(instruction.op).rule == Rule::equality) need_fixed(id, operands[0]);
    }
    /// A pointer into these spaces that is computed like a number.
    void need_fixed(InstructionId id, ValueId value) const {
        const Type& pointer = module_.type(value);
        if (pointer.kind == Type::Kind::pointer && (pointer.space == Space::storage || pointer.space == Space::shared))
            need(false, {id, nullptr}, "the pointer " + name_of(module_, value) + " to changing places",
                 "variable_pointers");
    }

    // Atomics.
    void check_atomic(InstructionId id, const Instruction& instruction) const {
        const Type& pointer = module_.type(module_.operands(instruction)[0]);
        const bool shared = pointer.space == Space::shared;
        const Scalar scalar = type(pointer.element).scalar;
        const auto ask = [&](const char* name, bool in_buffer, bool in_shared) {
            need(shared ? in_shared : in_buffer, {id, nullptr},
                 "an atomic on " + text(pointer.element) + (shared ? " in shared memory" : ""),
                 (shared ? "shared_" : "") + std::string(name));
        };
        const Features& f = features_;
        const bool adds = instruction.op == Op::atomic_add || instruction.op == Op::atomic_sub;
        const bool picks = instruction.op == Op::atomic_min || instruction.op == Op::atomic_max;
        if (scalar == Scalar::i32 || scalar == Scalar::u32) return;
        if (scalar == Scalar::i64 || scalar == Scalar::u64) return ask("atomic_i64", f.atomic_i64, f.shared_atomic_i64);
        if (scalar == Scalar::f32 && adds) return ask("atomic_f32_add", f.atomic_f32_add, f.shared_atomic_f32_add);
        if (scalar == Scalar::f32 && picks)
            return ask("atomic_f32_min_max", f.atomic_f32_min_max, f.shared_atomic_f32_min_max);
        if (scalar == Scalar::f32) return ask("atomic_f32", f.atomic_f32, f.shared_atomic_f32);
        if (scalar == Scalar::f64 && adds) return ask("atomic_f64_add", f.atomic_f64_add, f.shared_atomic_f64_add);
        if (scalar == Scalar::f16 && adds && !shared) return ask("atomic_f16_add", f.atomic_f16_add, false);
        fail({id, nullptr},
             "no device has this atomic on " + text(pointer.element) + (shared ? " in shared memory" : ""));
    }

    // Subgroups.
    void check_subgroup(InstructionId id, const Instruction& instruction) const {
        const SubgroupFeatures& has = features_.subgroup;
        const std::span<const u32> immediates = module_.immediates(instruction);
        const auto ask = [&](bool present, const char* name) {
            need(present, {id, nullptr}, "it", std::string("subgroup.") + name);
        };
        switch (instruction.op) {
            case Op::barrier:
                if (static_cast<Scope>(immediates[0]) == Scope::subgroup) ask(has.basic, "basic");
                return;
            case Op::subgroup_elect:
                return ask(has.basic, "basic");
            case Op::subgroup_all:
            case Op::subgroup_any:
                return ask(has.vote, "vote");
            case Op::subgroup_all_equal:
                ask(has.vote, "vote");
                break;
            case Op::subgroup_ballot:
            case Op::subgroup_ballot_bit:
            case Op::subgroup_ballot_count:
            case Op::subgroup_ballot_lsb:
            case Op::subgroup_ballot_msb:
                return ask(has.ballot, "ballot");
            case Op::subgroup_broadcast:
            case Op::subgroup_broadcast_first:
                ask(has.ballot, "ballot");
                break;
            case Op::subgroup_shuffle:
            case Op::subgroup_shuffle_xor:
                ask(has.shuffle, "shuffle");
                break;
            case Op::subgroup_shuffle_up:
            case Op::subgroup_shuffle_down:
                ask(has.shuffle_relative, "shuffle_relative");
                break;
            case Op::subgroup_rotate:
                ask(has.rotate, "rotate");
                if (immediates[0] != 0) ask_cluster(id, immediates[0]);
                break;
            case Op::subgroup_reduce:
                if (immediates[1] != 0) ask_cluster(id, immediates[1]);
                else ask(has.arithmetic, "arithmetic");
                break;
            case Op::subgroup_scan:
                ask(has.arithmetic, "arithmetic");
                break;
            case Op::quad_broadcast:
            case Op::quad_swap:
                ask(has.quad, "quad");
                break;
            default:
                return;  // matrices and calls
        }
        const TypeId operand = module_.type_of(module_.operands(instruction)[0]);
        const u32 extended = kInt8 | kInt16 | kInt64 | bit(Scalar::f16);
        if ((layouts_.scalars(operand) & extended) != 0)
            need(has.extended_types, {id, nullptr}, "it on " + text(operand), "subgroup.extended_types");
    }
    void ask_cluster(InstructionId id, u32 size) const {
        need(features_.subgroup.clustered, {id, nullptr}, "a cluster", "subgroup.clustered");
        if (size > limits_.max_subgroup_size)
            fail({id, nullptr}, "the cluster size is " + std::to_string(size) + "; the device's max_subgroup_size is " +
                                    std::to_string(limits_.max_subgroup_size));
    }
    void check_builtin(InstructionId id, Builtin which) const {
        const Site site{id, nullptr};
        const std::string name(to_string(which));
        if (which >= Builtin::subgroup_eq_mask) need(features_.subgroup.ballot, site, name, "subgroup.ballot");
        else if (which >= Builtin::subgroup_size) need(features_.subgroup.basic, site, name, "subgroup.basic");
    }

    // Cooperative matrices.
    void need_matrix(InstructionId id, TypeId matrix) const {
        const Type& wanted = type(matrix);
        const Scalar scalar = type(wanted.element).scalar;
        const auto holds = [&](const CooperativeMatrix& shape) {
            if (shape.workgroup_scope != (wanted.scope == Scope::workgroup)) return false;
            switch (wanted.use) {
                case MatrixUse::a:
                    return wanted.rows == shape.m && wanted.columns == shape.k && scalar == shape.a;
                case MatrixUse::b:
                    return wanted.rows == shape.k && wanted.columns == shape.n && scalar == shape.b;
                case MatrixUse::accumulator:
                    break;
            }
            return wanted.rows == shape.m && wanted.columns == shape.n && (scalar == shape.c || scalar == shape.result);
        };
        if (std::none_of(features_.cooperative_matrices.begin(), features_.cooperative_matrices.end(), holds))
            fail({id, nullptr},
                 "the device's cooperative_matrices have no shape with " + text(matrix) + shapes_with(scalar));
        if (wanted.scope == Scope::subgroup) need_whole_subgroups(id);
    }
    /// What the device has instead: the shapes with elements of this type, or all if it has none of them.
    std::string shapes_with(Scalar scalar) const {
        constexpr std::size_t kMostShown = 8;
        std::vector<const CooperativeMatrix*> shown, others;
        for (const CooperativeMatrix& shape : features_.cooperative_matrices) {
            const bool has = shape.a == scalar || shape.b == scalar || shape.c == scalar || shape.result == scalar;
            (has ? shown : others).push_back(&shape);
        }
        if (shown.empty()) shown = std::move(others);
        if (shown.empty()) return "; it has none";
        std::string list;
        for (std::size_t i = 0; i < std::min(shown.size(), kMostShown); ++i) {
            const CooperativeMatrix& shape = *shown[i];
            list += (i == 0 ? "" : ", ") + std::to_string(shape.m) + 'x' + std::to_string(shape.n) + 'x' +
                    std::to_string(shape.k);
            for (const Scalar one : {shape.a, shape.b, shape.c, shape.result})
                list += ' ' + std::string(alkomp::to_string(one));
            if (shape.saturating) list += " saturating";
            if (shape.workgroup_scope) list += " of a workgroup";
        }
        return "; of m x n x k, a b c result, it has " + list +
               (shown.size() > kMostShown ? " and " + std::to_string(shown.size() - kMostShown) + " more" : "");
    }
    /// VUID-VkPipelineShaderStageCreateInfo-module-08987.
    void need_whole_subgroups(InstructionId id) const {
        const u64 size = module_.subgroup_size != 0 ? module_.subgroup_size : limits_.max_subgroup_size;
        const u64 along_x = default_bits(module_, module_.workgroup_size[0]).value_or(size);
        if (size != 0 && along_x % size != 0)
            fail({id, nullptr}, "the workgroup has " + std::to_string(along_x) +
                                    " invocations along x; cooperative matrices need whole subgroups, of " +
                                    std::to_string(size));
    }
    void check_multiply_add(InstructionId id, const Instruction& instruction) const {
        const std::span<const ValueId> operands = module_.operands(instruction);
        const Type& a = module_.type(operands[0]);
        const Type& b = module_.type(operands[1]);
        const Type& c = module_.type(operands[2]);
        CooperativeMatrix wanted;
        wanted.m = a.rows;
        wanted.n = b.columns;
        wanted.k = a.columns;
        wanted.a = type(a.element).scalar;
        wanted.b = type(b.element).scalar;
        wanted.c = wanted.result = type(c.element).scalar;
        wanted.saturating = module_.immediates(instruction)[0] != 0;
        wanted.workgroup_scope = a.scope == Scope::workgroup;
        const std::vector<CooperativeMatrix>& shapes = features_.cooperative_matrices;
        if (std::find(shapes.begin(), shapes.end(), wanted) == shapes.end())
            fail({id, nullptr}, "the device's cooperative_matrices have no product of " +
                                    text(module_.type_of(operands[0])) + " and " + text(module_.type_of(operands[1])) +
                                    " added to " + text(module_.type_of(operands[2])) +
                                    (wanted.saturating ? ", saturating" : ""));
    }

    const Module& module_;
    const Types& types_;
    const Flow& flow_;
    const Shapes& shapes_;
    Layouts layouts_;
    const Limits& limits_;
    const Features& features_;
    std::vector<bool> moved_, used_;  // types already found there, by how they are used
};

}  // namespace

void check_device(const Module& module, const Flow& flow, const Shapes& shapes, const Capabilities& device) {
    DeviceCheck(module, flow, shapes, device).run();
}

}  // namespace alkomp::ir
