// SPDX-License-Identifier: MIT OR Apache-2.0
// From the IR to a program: each scalar of a value is a register, composites are lists of them, control becomes masks.
#pragma once

#include "backend/reference/check/checks.h"
#include "backend/reference/check/shadow.h"
#include "backend/reference/lanes/lanes.h"
#include "backend/reference/layout.h"
#include "backend/reference/registers.h"
#include "ir/builder.h"

#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace alkomp::backend::reference {

/// What a kernel has that this device cannot run.
struct Refusal : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// An index on the way of a pointer, checked where something is read or written there.
struct PendingIndex {
    Register index = 0;
    Scalar of = Scalar::u32;
    u64 count = 0;  ///< as CheckedIndex::count
    u32 binding = 0, offset = 0, stride = 0;
    std::string object;
};

/// Where a pointer leads, as far as it is known while the program is written. The place is `offset` behind what the
/// registers say: an element of equal ones, or any place.
struct Pointer {
    ir::Space space = ir::Space::storage;
    std::optional<u32> binding;  ///< of a space with roots; none: `root` says
    Register root = 0;
    std::optional<Register> element;  ///< an u32; with `stride`, in buffers only
    u64 stride = 0;
    std::optional<Register> place;  ///< an u64 in buffers and of addresses, else an u32
    u64 offset = 0;
    u32 lane_stride = 0;  ///< of the lanes of a vector that is a column of a matrix by rows; else 0
    // Of checked programs.
    std::string object;  ///< what it leads into, by name
    std::vector<PendingIndex> indices;
    std::vector<ir::ValueId> path;  ///< the value of each "[]" in the name
    bool is_coherent = false;
};

/// Scalars of one value.
inline constexpr u64 kMostScalars = u64{1} << 16;

class Lowering {
public:
    /// `module` is right, and no specialisation constants are in it. `bindings`: set and number of those that a call
    /// gives, sorted. `check`: what the program is to check; null: nothing. `has_messages`: the last binding is for them.
    Lowering(ir::Module& module, std::vector<std::pair<u32, u32>> bindings, u32 subgroup_size,
             const CheckOptions* check = nullptr, bool has_messages = false);

    /// Throws Refusal.
    [[nodiscard]] Program run();

private:
    using Label = u32;
    using Values = std::vector<Register>;
    struct Construct {
        Register out = 0;   // lanes that have left it; 0: all leave together
        Register next = 0;  // lanes at the end of an iteration, or at the next case
        std::vector<Values> results, next_parameters, first_parameters;
        Label top = 0, end = 0;
        bool first_region = false;  // of an `if`: results need no mask yet
    };
    struct Call {
        Register returned = 0;  // 0: the return is the body's last
        Values result;
        bool is_kernel = false;
        u32 location = 0;
    };
    struct Guard {
        bool checks = false;
        Register wrong = 0;  // lanes whose index is outside; 0: no index is checked
    };
    struct Ways {
        u32 exits = 0, direct_exits = 0;  // direct: from a region that the construct owns
        u32 nexts = 0, direct_nexts = 0;
        u32 returns = 0, direct_returns = 0;  // of a function, by its region
        bool leaks = false;                   // there are ways out that lead beyond it
    };

    // lower.cpp: values and constants.
    [[nodiscard]] Values value(ir::ValueId id);
    [[nodiscard]] Register scalar(ir::ValueId id) { return value(id)[0]; }
    [[nodiscard]] Values constant(const ir::Constant& constant);
    [[nodiscard]] Register number(u64 bits, u32 size_bytes);  ///< a constant
    [[nodiscard]] Values make(ir::TypeId type);
    void define(const ir::Instruction& of, Values values, u32 position = 0);
    [[nodiscard]] Scalar scalar_of(ir::ValueId id) const { return types_.scalar_of(module_.type_of(id)); }
    void computed_constants();
    void globals();
    void count_ways();
    void choose_shape(Program& program);
    void finish(Program& program);

    // Writing.
    Draft& write(Function run, u8 fields, Instruction fields_of = {});
    Register unary(Function run, u32 size_bytes, Register a);
    Register binary(Function run, u32 size_bytes, Register a, Register b);
    Register ternary(Function run, u32 size_bytes, Register a, Register b, Register c);
    void move(Move how, Register to, Register from);
    void move_all(Move how, const Values& to, const Values& from);
    void control(Control what, u8 fields, Instruction fields_of = {});
    [[nodiscard]] Label label() {
        labels_.push_back(0);
        return static_cast<Label>(labels_.size() - 1);
    }
    void set(Label label) { labels_[label] = static_cast<u32>(code_.size()); }
    [[nodiscard]] Register fresh(u32 size_bytes) {
        return writing_ == &setup_ ? registers_.make_kept(size_bytes) : registers_.make(size_bytes);
    }

    // lower_control.cpp
    void region(ir::RegionId id, Label on_empty);
    void instruction(ir::InstructionId id, Label on_empty);
    void terminator(const ir::Instruction& at);
    void leave(ir::InstructionId target, std::span<const ir::ValueId> values);
    void if_(ir::InstructionId id, Label on_empty);
    void switch_(ir::InstructionId id, Label on_empty);
    void loop(ir::InstructionId id, Label on_empty);
    void repeat_if(const ir::Instruction& at, Construct& loop);
    void call(const ir::Instruction& at, Label on_empty);
    [[nodiscard]] Values all(std::span<const ir::ValueId> ids);
    void define_results(const ir::Instruction& at, const Construct& construct);
    [[nodiscard]] std::vector<Values> make_parameters(ir::RegionId id);

    // lower_pure.cpp
    void pure(const ir::Instruction& at);
    [[nodiscard]] Register arithmetic(ir::Op op, Scalar of, std::span<const Register> operands);
    [[nodiscard]] Register arithmetic(ir::Op op, Scalar of, std::initializer_list<Register> operands) {
        return arithmetic(op, of, std::span(operands.begin(), operands.size()));
    }
    [[nodiscard]] std::optional<Register> cheaper(ir::Op op, Scalar of, Register a, ir::ValueId by);
    void lane_by_lane(const ir::Instruction& at);
    void two_results(const ir::Instruction& at);
    void given(const ir::Instruction& at);
    void matrices(const ir::Instruction& at);
    void geometry(const ir::Instruction& at);
    void packing(const ir::Instruction& at);
    void by_lane(const ir::Instruction& at);
    void select(const ir::Instruction& at);
    void compare_pointers(const ir::Instruction& at);
    [[nodiscard]] Register convert(Register from, Scalar of, Scalar to);
    [[nodiscard]] Register real(double value, Scalar of);
    [[nodiscard]] Register dot(std::span<const Register> a, std::span<const Register> b, Scalar of);
    [[nodiscard]] Values recut(const Values& from, u32 from_bytes, u32 to_bytes);
    [[nodiscard]] Register determinant(const Values& of, u32 size, Scalar scalar);
    [[nodiscard]] Values inverse(const Values& of, u32 size, Scalar scalar);

    // lower_memory.cpp
    void memory(const ir::Instruction& at);
    [[nodiscard]] Pointer pointer(ir::ValueId id);
    void define_pointer(const ir::Instruction& at, const Pointer& pointer);
    [[nodiscard]] Values registers_of(const Pointer& pointer);
    [[nodiscard]] Pointer pointer_of(const Values& values, ir::Space space) const;
    void variable(const ir::Instruction& at);
    void access(const ir::Instruction& at);
    void add_index(Pointer& to, ir::ValueId index, u64 stride, std::optional<u64> count);
    void any_place(Pointer& of);  ///< from an element to a place
    void atomic(const ir::Instruction& at);
    void store_leaves(const Pointer& to, ir::TypeId type, const Values& values);
    [[nodiscard]] Values load_leaves(const Pointer& from, ir::TypeId type);
    [[nodiscard]] std::vector<Leaf> leaves_at(const Pointer& at, ir::TypeId type) const;
    [[nodiscard]] std::pair<Reach, Draft> reach(Pointer to, u64 offset);
    [[nodiscard]] u64 take_local(ir::TypeId type);
    void array_length(const ir::Instruction& at);

    // lower_subgroup.cpp
    void subgroup(const ir::Instruction& at);
    void of_ballot(const ir::Instruction& at, const Values& ballot);
    void matrix(const ir::Instruction& at);
    void matrix_memory(const ir::Instruction& at);
    void multiply_add(const ir::Instruction& at);
    [[nodiscard]] std::pair<Register, Register> element_of(const ir::Type& matrix, u32 place);

    // lower_check.cpp
    [[nodiscard]] u32 site();
    [[nodiscard]] u32 object(const Pointer& of);
    void name_part(Pointer& of, const ir::Type& whole, ir::ValueId index);
    void note_index(Pointer& to, ir::TypeId type, ir::ValueId index, u64 stride);
    [[nodiscard]] Guard guard(const Pointer& pointer, bool writes);
    [[nodiscard]] bool is_message(const Pointer& pointer) const;
    void check_lane(ir::ValueId vector, ir::ValueId place, u64 count, bool writes);
    u32 add_access(const Guard& guard, const Pointer& pointer, Reach how, const CheckedAccess& given);
    void check_leaf(const Guard& guard, const Pointer& pointer, Reach how, const Draft& access,
                    const CheckedAccess& about);
    [[nodiscard]] Register begin_whole(const Guard& guard);
    void collect(Register unwritten, const Guard& guard, const Pointer& pointer, Reach how, const Draft& access,
                 const CheckedAccess& about);
    void end_whole(Register unwritten, const Guard& guard, const Pointer& pointer);
    void check_operation(Function run, u8 fields, Instruction at, u32 bits);
    void check_operands(const ir::Instruction& at, const std::vector<Values>& given);
    void check_result(Scalar of, Register result, std::span<const Register> operands);
    void check_order(const ir::Instruction& at);
    void check_turns(ir::InstructionId loop);
    void trace(std::string text, std::vector<Scalar> scalars, std::vector<Register> values);
    void trace_place(const Pointer& of, ir::TypeId type, const Values& values, std::string_view how);
    void trace_condition(const ir::Instruction& at);
    void forget_variable(const Pointer& of, ir::TypeId type);

    // lower_builtin.cpp
    void builtin(const ir::Instruction& at);
    [[nodiscard]] Register builtin_word(ir::Builtin which, u32 axis);

    [[noreturn]] void refuse(const ir::Instruction& at, const std::string& why) const;

    ir::Module& module_;
    const ir::Types& types_;
    Layout layout_;
    const Lanes& lanes_;
    u32 subgroup_size_;
    Registers registers_;
    std::vector<Draft> setup_, prologue_, code_;
    std::vector<Draft>* writing_ = &code_;
    std::vector<std::vector<u32>> lists_;  // registers of instructions that have many
    std::vector<Round> rounds_;
    std::vector<u32> labels_;
    u32 location_ = 0;
    std::vector<Values> values_;                       // by ValueId
    std::vector<std::optional<Pointer>> pointers_;     // by ValueId
    std::map<std::pair<u64, u32>, Register> numbers_;  // by bits and size
    std::map<std::pair<ir::Builtin, u32>, Register> builtins_;
    std::vector<Construct> constructs_;  // by instruction
    std::vector<Ways> ways_;             // by instruction
    std::vector<Ways> returns_;          // by region of a function
    std::vector<Call> calls_;
    std::vector<std::pair<u32, u32>> bindings_;
    u64 local_bytes_ = 0, shared_bytes_ = 0;
    std::array<u32, 3> workgroup_size_{1, 1, 1};
    std::shared_ptr<Checks> checks_;  // null: nothing is checked
    std::map<std::vector<u32>, u32> sites_;
    std::map<std::string, u32> objects_;
    std::vector<bool> writes_;  // into a binding
    bool may_wait_ = false;     // as Program's
    std::optional<u32> message_binding_;
};

}  // namespace alkomp::backend::reference
