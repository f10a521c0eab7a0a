// SPDX-License-Identifier: MIT OR Apache-2.0
// One walk over a module that writes its words. Each family of instructions has a source of its own.
#pragma once

#include "emit/spirv/parts.h"
#include "emit/spirv/spirv.h"
#include "emit/spirv/words.h"

#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace alkomp::emit::spv {

class Emitter {
public:
    Emitter(const ir::Module& module, const SpirvOptions& options);
    [[nodiscard]] std::vector<u32> run();

private:
    // types.cpp
    [[nodiscard]] Id type(ir::TypeId id, Form form = Form::plain);
    [[nodiscard]] Id number_type(Scalar scalar, u32 lanes = 1);
    [[nodiscard]] Id bool_type(u32 lanes = 1) { return number_type(Scalar::boolean, lanes); }
    [[nodiscard]] Id pointer_type(Storage storage, Id pointee);
    [[nodiscard]] Id pointer_type_of(const Held& pointer, ir::TypeId pointee);
    [[nodiscard]] Id make_type(ir::TypeId id, Form form);
    [[nodiscard]] Id make_array(const ir::Type& array, Form form);
    [[nodiscard]] Id make_structure(const ir::Type& structure, Form form);
    void decorate_member(Id structure, u32 member, ir::TypeId type, u32 offset_bytes);
    [[nodiscard]] Held pointer_from(ir::Space space);
    [[nodiscard]] bool has_forms(ir::TypeId id) const;
    [[nodiscard]] bool lies_in_memory_only(ir::TypeId id) const;
    [[nodiscard]] Id convert_form(Id value, ir::TypeId id, Form from, Form to);
    [[nodiscard]] static Storage storage_of(ir::Space space);

    // constants.cpp
    [[nodiscard]] Id number(Scalar scalar, u64 bits, u32 lanes = 1);
    [[nodiscard]] Id number(u32 value) { return number(Scalar::u32, value); }
    [[nodiscard]] Id numbers(Scalar scalar, std::span<const u64> lanes);
    [[nodiscard]] Id real(Scalar scalar, double value, u32 lanes = 1);
    [[nodiscard]] Id boolean(bool value);
    [[nodiscard]] Id constant(ir::ValueId id);
    [[nodiscard]] static u64 literal_of(Scalar scalar, u64 bits);
    [[nodiscard]] Id make_constant(const ir::Constant& constant);
    [[nodiscard]] Id compute(const ir::Constant& constant);
    [[nodiscard]] Id make_computed(const ir::Constant& constant);
    [[nodiscard]] bool varies(ir::ValueId id) const;  ///< with specialisation
    void judge_constants();
    [[nodiscard]] bool has_constant_form(const ir::Constant& constant) const;
    [[nodiscard]] Id computed_here(ir::ValueId id);
    /// The bits of each lane of a constant that no specialisation changes; empty if it is none.
    [[nodiscard]] std::vector<u64> known_lanes(ir::ValueId id) const;

    // interface.cpp
    void declare_globals();
    void declare_buffer(const ir::Global& global);
    void declare_shared_block(const ir::Global& global);
    Id declare_block(const ir::Global& global, Storage storage, const std::vector<Decoration>& access);
    void declare_memory(const ir::Global& global);
    void declare_scalars();
    [[nodiscard]] std::vector<Decoration> access_of(const ir::Global& global) const;
    [[nodiscard]] Id& block(ir::TypeId type, Form form) {
        return blocks_[u64{static_cast<u32>(type)} << 8 | static_cast<u8>(form)];
    }
    [[nodiscard]] Id wrapper(ir::TypeId type, Form form);
    [[nodiscard]] Id global_variable(const ir::Global& global, Storage storage, Id type, Id initial = 0);
    void need_storage(ir::TypeId id, ir::Space space);
    void declare_modes(Id kernel);
    void keep_nan(Id kernel);
    void control_floats(Id kernel);
    [[nodiscard]] Id workgroup_size();
    [[nodiscard]] Id builtin(ir::Builtin which);
    [[nodiscard]] Id input(BuiltIn which, u32 lanes);

    // emitter.cpp
    [[nodiscard]] Id function(ir::FunctionId id);
    void instruction(const ir::Instruction& instruction);
    [[nodiscard]] Id value_of(const Computation& of);
    [[nodiscard]] bool is_laid(ir::ValueId id);
    void call(const ir::Instruction& instruction);
    void locate(u32 location);
    [[nodiscard]] Id result(Op op, Id type, std::span<const u32> operands);
    [[nodiscard]] Id result(const New<Op>& made) { return result(made.what, made.type, made.operands_of()); }
    [[nodiscard]] Id glsl(Glsl function, Id type, std::span<const Id> operands);
    [[nodiscard]] Id glsl(const New<Glsl>& made) { return glsl(made.what, made.type, made.operands_of()); }
    void effect(Op op, std::initializer_list<u32> operands) { code_.add(op, operands); }
    [[nodiscard]] Held& held(ir::ValueId id) { return held_[ir::place(id)]; }
    [[nodiscard]] Id value(ir::ValueId id);
    [[nodiscard]] Id value(const ir::Instruction& instruction, u32 operand) {
        return value(module_.operands(instruction)[operand]);
    }
    [[nodiscard]] std::vector<Id> values(std::span<const ir::ValueId> ids);
    void hold(ir::ValueId id, const Held& what);
    void define(ir::ValueId id, Id what);
    [[noreturn]] void unsupported(ir::Op op, const std::string& sentence) const;
    [[nodiscard]] static bool may_be_contracted(Op op);
    [[nodiscard]] bool written_in_place(const ir::Function& function) const;

    // arithmetic.cpp
    [[nodiscard]] Shape shape(ir::TypeId id);
    [[nodiscard]] Shape integer_shape(Scalar scalar, u32 lanes);
    /// As `shape`, with f32 for bfloat16, which has no arithmetic of its own.
    [[nodiscard]] Shape working_shape(ir::TypeId id);
    [[nodiscard]] Id widened(ir::ValueId id);
    [[nodiscard]] Id narrowed(Id value, ir::TypeId id);
    [[nodiscard]] Id arithmetic(ir::Op op, std::span<const ir::ValueId> operands);
    [[nodiscard]] Id negated(const Shape& shape, Id integer);
    [[nodiscard]] Id divide(ir::Op op, const Shape& shape, ir::ValueId dividend, ir::ValueId divisor);
    [[nodiscard]] Id pick(ir::Op op, const Shape& shape, std::span<const ir::ValueId> operands);
    [[nodiscard]] Id logic(ir::Op op, std::span<const ir::ValueId> operands);
    [[nodiscard]] Id compare(ir::Op op, std::span<const ir::ValueId> operands);
    [[nodiscard]] Id compare_pointers(ir::Op op, std::span<const ir::ValueId> operands);
    [[nodiscard]] Id test(ir::Op op, ir::ValueId operand);
    [[nodiscard]] Id choice(const Computation& of);
    void pointer_choice(const ir::Instruction& instruction);
    [[nodiscard]] Id select(const Choice& of) { return result({Op::Select, of.type, {of.condition, of.yes, of.no}}); }

    // bits.cpp
    [[nodiscard]] Id shift(ir::Op op, std::span<const ir::ValueId> operands);
    [[nodiscard]] Id bits(ir::Op op, std::span<const ir::ValueId> operands);
    [[nodiscard]] Halves halves(Id value, const Shape& of);
    [[nodiscard]] Id joined(const Halves& halves, const Shape& to);
    [[nodiscard]] Id zero_extended(Id value, const Shape& of);
    [[nodiscard]] Id count_ones(Id value, const Shape& of);
    [[nodiscard]] Id find_bit(ir::Op op, Id value, const Shape& of);
    [[nodiscard]] Id reverse_bits(Id value, const Shape& of);
    [[nodiscard]] Field field(ir::ValueId offset, ir::ValueId count, u32 bits);
    [[nodiscard]] Id extract_bits(std::span<const ir::ValueId> operands);
    [[nodiscard]] Id insert_bits(std::span<const ir::ValueId> operands);
    [[nodiscard]] std::array<Id, 2> multiply_wide(ir::ValueId a, ir::ValueId b);
    void two_integers(const ir::Instruction& instruction);
    [[nodiscard]] Id dot_integer(const Computation& of);
    [[nodiscard]] Id dot_packed(const Computation& of);
    [[nodiscard]] Id hardware_dot(std::array<Id, 2> vectors, bool a_signed, bool b_signed, const Shape& to,
                                  bool packed);

    // convert.cpp
    [[nodiscard]] Id convert(Id value, ir::TypeId from, ir::TypeId to);
    [[nodiscard]] Id to_integer(Id value, const Shape& from, const Shape& to);
    [[nodiscard]] Id to_brain_float(Id value, const Shape& to);
    [[nodiscard]] Id resize(Id value, const Shape& from, const Shape& to);
    [[nodiscard]] Id bitcast(Id value, ir::TypeId from, ir::TypeId to);

    // floats.cpp
    [[nodiscard]] Id real_function(const Computation& of);
    void two_results(const ir::Instruction& instruction);
    [[nodiscard]] Id dot(const Computation& of);
    [[nodiscard]] Id multiply(const Computation& of);

    // composite.cpp
    [[nodiscard]] Id composite(const Computation& of);
    void judge_zeros();
    [[nodiscard]] u64 parts_of(ir::TypeId id) const;  ///< 0 for what has none, or a length that is not known
    [[nodiscard]] ir::TypeId part_of(ir::TypeId id, u64 index) const;
    [[nodiscard]] Id zero(ir::TypeId id);
    [[nodiscard]] Id insert_parts(Id whole, ir::TypeId whole_type, Id part, ir::TypeId part_type,
                                  std::vector<u32>& path);
    void extract_laid(const ir::Instruction& instruction);
    [[nodiscard]] Id splat(Id scalar, const Shape& of);

    // memory.cpp
    [[nodiscard]] Held place(ir::ValueId id);
    [[nodiscard]] Id pointer(ir::ValueId id);
    void variable(const ir::Instruction& instruction);
    void access(const ir::Instruction& instruction);
    [[nodiscard]] Id index(ir::ValueId id, const ir::Type& composite, bool clamped);
    void load(const ir::Instruction& instruction);
    void store(const ir::Instruction& instruction);
    void add_access(std::vector<u32>& words, ir::ValueId at, u8 flags, u32 alignment, bool stores);
    void offset(const ir::Instruction& instruction);
    [[nodiscard]] u32 stride_of(ir::TypeId id) const;
    [[nodiscard]] u32 stride_of(const ir::Instruction& offset) const;
    [[nodiscard]] u32 least_alignment(ir::TypeId id) const;
    [[nodiscard]] Id widest_scope();
    void array_length(const ir::Instruction& instruction);
    [[nodiscard]] Id function_variable(Id type, Id initial = 0);

    // range.cpp
    [[nodiscard]] u64 largest_of(ir::TypeId id) const;
    [[nodiscard]] u64 greatest(ir::ValueId id, u32 depth = 0) const;
    [[nodiscard]] u64 greatest_result(const ir::Instruction& instruction, u64 largest, u32 depth) const;
    void learn(ir::ValueId condition, bool holds);
    void learn_greatest(ir::ValueId id, u64 most);
    void forget_facts(std::size_t count);  ///< those behind the first `count`

    // atomic.cpp
    [[nodiscard]] Id scope(u32 immediate);
    [[nodiscard]] u32 semantics(ir::Order order, u32 scope, u32 spaces) const;
    [[nodiscard]] Op atomic_op(ir::Op op, Scalar scalar);
    [[nodiscard]] Id clock(u32 scope);
    [[nodiscard]] bool exchanges_through_buffers() const;
    void barrier(const ir::Instruction& instruction);
    void atomic(const ir::Instruction& instruction);

    // subgroup.cpp
    [[nodiscard]] Id subgroup();
    [[nodiscard]] Id subgroup_vote(const Computation& what);
    [[nodiscard]] Id subgroup_ballot(const Computation& what);
    [[nodiscard]] Id subgroup_move(const Computation& what);
    [[nodiscard]] Id subgroup_combine(const Computation& what);
    [[nodiscard]] static Group group_operation(u32 scan);
    [[nodiscard]] static Op combining_op(ir::Combine how, Scalar scalar);

    // cooperative.cpp
    void cooperative(const ir::Instruction& instruction);
    [[nodiscard]] Id element_place(ir::TypeId matrix, ir::ValueId at);

    // control.cpp
    void survey();
    void open_block(Id label);
    void branch(Id label);
    void region(ir::RegionId id);
    void construct(const ir::Instruction& instruction, ir::InstructionId id);
    void if_(const ir::Instruction& instruction, ir::InstructionId id);
    void switch_(const ir::Instruction& instruction, ir::InstructionId id);
    void loop(const ir::Instruction& instruction, ir::InstructionId id);
    void go_round(std::span<const ir::ValueId> parameters);
    void repeat(const ir::Instruction& instruction);
    void terminator(const ir::Instruction& instruction);
    [[nodiscard]] Held passed(ir::ValueId id);
    [[nodiscard]] Held passed_pointer(ir::ValueId id);
    [[nodiscard]] std::vector<Held> passed(std::span<const ir::ValueId> ids);
    [[nodiscard]] Id any_of_type(const Held& like);
    [[nodiscard]] Held unspecified(ir::TypeId id);
    [[nodiscard]] Jump jump_of(const ir::Instruction& terminator) const;
    [[nodiscard]] u32 first_hop(const Jump& jump) const;
    [[nodiscard]] bool is_loop_jump(const Jump& jump) const;
    [[nodiscard]] const ir::Instruction* sole_jump(ir::RegionId id) const;
    void leave(const Jump& jump, std::vector<Held> values);
    void leave_if(Id condition, const Jump& jump, std::vector<Held> values);
    [[nodiscard]] Id arrive(const Jump& jump, std::vector<Held> values);
    [[nodiscard]] Held merged_one(std::span<const Incoming> incoming, u32 route, std::size_t place);
    [[nodiscard]] std::vector<Held> merged(std::span<const Incoming> incoming, u32 route, std::size_t count);
    [[nodiscard]] std::vector<Held> finish();
    [[nodiscard]] std::vector<Held> nowhere(std::span<const ir::TypeId> types);
    [[nodiscard]] std::vector<ir::TypeId> result_types(const ir::Instruction& construct) const;
    void define_results(const ir::Instruction& construct, const std::vector<Held>& results);

    const ir::Module& module_;
    const SpirvOptions& options_;
    Words words_;
    Section code_, variables_;         ///< of the function that is being written
    Section first_;                    ///< ... what comes behind its variables
    bool in_first_ = false;            ///< `code_` is that now
    Id block_ = 0;                     ///< that is being written; 0: what follows is never reached
    u32 location_ = 0;                 ///< that the last OpLine of the block said
    u32 at_ = 0;                       ///< of the instruction that is being written
    ir::Op op_ = ir::Op::unreachable;  ///< of it
    u32 loop_depth_ = 0;
    bool precise_ = false;
    bool has_shared_blocks_ = false;
    bool uses_subgroups_ = false;
    bool coherent_ = false;                  ///< under the memory model of GLSL: buffers are, for the sake of barriers
    bool in_constant_ = false;               ///< results become OpSpecConstantOp
    std::vector<Fact> facts_;                ///< that hold here
    std::unordered_map<u32, u64> greatest_;  ///< by ValueId: what the facts say
    std::vector<ConstantFacts> constants_;   ///< by constant
    std::vector<bool> spelled_out_;          ///< by type: its zeros are written with all their parts
    std::unordered_map<u32, Id> computed_;   ///< by ValueId: in this function
    u32 inlined_ = 0;                        ///< how many calls are being written in place
    std::vector<Held> held_;                 ///< by value
    std::vector<Pending> pending_{1};
    std::vector<std::array<Id, 2>> types_;  ///< by type and form, but blocks
    std::vector<Id> functions_;             ///< by function
    std::vector<Frame> frames_;
    std::vector<Id> interface_;
    std::unordered_map<u64, Id> blocks_;  ///< by type and form; of a type that is no structure: the block around it
    std::unordered_map<u32, Id> inputs_;  ///< by BuiltIn
    std::unordered_set<Id> named_;
    std::unordered_map<u32, Step> stepped_;  ///< by type: pointers to it that `offset` steps know their stride
    std::unordered_map<u32, Id> files_;      ///< by StringId
    std::vector<bool> kept_loops_;           ///< by instruction: of unroll.h
    std::vector<bool> left_from_within_;     ///< by instruction: an `exit` in a nested construct names it
    std::vector<bool> returns_from_within_;  ///< by function: ... a `return` in a construct
};

}  // namespace alkomp::emit::spv
