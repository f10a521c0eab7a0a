// SPDX-License-Identifier: MIT OR Apache-2.0
// One walk over the words of a module that builds the IR. Each family of instructions has a source of its own.
#pragma once

#include "ir/builder.h"
#include "read/spirv/code.h"
#include "read/spirv/plan.h"

#include <initializer_list>
#include <unordered_map>
#include <unordered_set>

namespace alkomp::read {

using ir::TypeId, ir::ValueId;

/// What stands for an id.
struct Held {
    ir::ValueId value = ir::ValueId::none;
    u32 until = 0;                            ///< the step behind the last one that sees `value`
    ir::ValueId place = ir::ValueId::none;    ///< of an address that is a number: the pointer made of it
    u32 place_until = 0;                      ///< the same for `place`
    ir::ValueId carrier = ir::ValueId::none;  ///< the variable that takes it out of its region
    bool is_volatile = false;                 ///< of a pointer: each access is
};

class Reader {
public:
    Reader(const Code& code, std::string_view entry);
    [[nodiscard]] ir::Module run();
    [[nodiscard]] ir::Module declarations();

private:
    using Op = spv::Op;

    // reader.cpp
    void find_entry(std::string_view entry);
    void read_globals();
    [[nodiscard]] std::size_t read_globals_once(bool is_first);
    void read_modes();
    void find_functions();
    [[noreturn]] void fail(const std::string& sentence, ErrorCode code = ErrorCode::compile_failed) const;
    [[noreturn]] void unsupported(const std::string& sentence) const { fail(sentence, ErrorCode::unsupported); }
    void spend();

    // types.cpp
    void note_type(const Inst& inst);
    [[nodiscard]] TypeId type(Id id) const;
    [[nodiscard]] TypeId find_type(Id id, u32 depth = 0) const;  ///< none: the IR has no such type
    [[nodiscard]] TypeId pointer_type(const Inst& pointer, u32 depth = 0) const;
    [[nodiscard]] TypeId number_type(const Inst& inst);
    [[nodiscard]] TypeId array_type(const Inst& inst);
    [[nodiscard]] TypeId structure_type(const Inst& inst);
    [[nodiscard]] TypeId cooperative_type(const Inst& inst);
    [[nodiscard]] TypeId laid_out(TypeId type, u32 stride_bytes, bool row_major);
    [[nodiscard]] u64 size_of(TypeId id) const;
    [[nodiscard]] spv::Storage storage_of(Id pointer) const;  ///< of a value that is a pointer
    [[nodiscard]] Id pointee_of(Id pointer) const;            ///< a type
    [[nodiscard]] bool is_pointer(Id value) const;
    [[nodiscard]] TypeId with_sign(TypeId integer, bool is_signed);
    [[nodiscard]] u32 stride_of(Id type) const;
    void note_depth(Id whole, Id part);

    // constants.cpp
    void note_constant(const Inst& inst);
    [[nodiscard]] ValueId scalar_constant(const Inst& inst, TypeId type);
    [[nodiscard]] ValueId specialization(const Inst& inst, TypeId type, u64 bits);
    [[nodiscard]] ValueId composite_constant(TypeId type, std::vector<ValueId> parts);
    [[nodiscard]] ValueId compute(ir::Op op, std::span<const ValueId> operands, std::span<const u32> immediates,
                                  TypeId given);
    [[nodiscard]] u32 known(Id id, const char* what) const;  ///< the number that a constant is
    [[nodiscard]] std::optional<u64> find_known(Id id) const;

    // globals.cpp
    void note_variable(const Inst& inst);
    void declare_globals();
    void declare(const Inst& inst);
    void declare_buffer(const Inst& inst, bool is_uniform);
    void declare_scalars(const Inst& inst);
    void declare_memory(const Inst& inst, ir::Global::Kind kind);
    [[nodiscard]] bool is_shared_block(const Inst& variable) const;
    [[nodiscard]] std::string shown_at(const Inst& variable) const;
    [[nodiscard]] std::unordered_set<Id> used_ids() const;
    [[nodiscard]] bool all_members_have(Id structure, spv::Decoration kind) const;
    [[nodiscard]] bool any_member_has(Id structure, spv::Decoration kind) const;
    [[nodiscard]] std::string name_of_buffer(Id variable, Id block) const;
    [[nodiscard]] ValueId load_input(Id pointer);
    [[nodiscard]] ValueId input(Id variable);

    // function.cpp
    void read_function(u32 place);
    void find_values();
    void find_crossings();
    void need(Id id, u32 step, u32 at);
    [[nodiscard]] bool is_chain(const Inst& inst) const;
    void make_variables();
    void walk();
    void take(const Step& step);
    void take_block(const Block& block);
    void take_edge(Id from, Id to);
    void take_close(const Step& step);
    void locate(const Line& line);
    [[nodiscard]] ir::Location location(const Line& line);
    [[nodiscard]] ValueId condition(const Block& block);

    // values.cpp
    [[nodiscard]] ValueId value(Id id);
    [[nodiscard]] ValueId value(Id id, TypeId wanted) { return as(value(id), wanted); }
    void define(const Inst& inst, ValueId value);
    [[nodiscard]] ValueId as(ValueId value, TypeId wanted);
    [[nodiscard]] ValueId same_constant(ValueId from, TypeId wanted);
    [[nodiscard]] bool has_part(TypeId id, u32 place) const;
    [[nodiscard]] ValueId part(ValueId whole, u32 place);
    [[nodiscard]] ValueId make(ir::Op op, std::span<const ValueId> operands, std::span<const u32> immediates = {},
                               TypeId given = TypeId::none, u8 flags = 0);
    [[nodiscard]] ValueId make(ir::Op op, std::initializer_list<ValueId> operands,
                               std::initializer_list<u32> immediates = {}, TypeId given = TypeId::none, u8 flags = 0) {
        return make(op, std::span(operands.begin(), operands.size()), std::span(immediates.begin(), immediates.size()),
                    given, flags);
    }
    void effect(ir::Op op, std::initializer_list<ValueId> operands, std::initializer_list<u32> immediates = {},
                u8 flags = 0);
    [[nodiscard]] TypeId type_of(ValueId id) const { return module_.type_of(id); }
    [[nodiscard]] ir::Types& types() { return module_.types; }
    [[nodiscard]] TypeId u32_type() { return types().scalar(Scalar::u32); }
    [[nodiscard]] ValueId number(TypeId type, u64 bits);  ///< in each lane
    [[nodiscard]] ValueId second();                       ///< the second result of what was made last
    void define_both(const Inst& inst, ValueId first, ValueId other);

    // instruction.cpp
    void instruction(const Inst& inst);
    [[nodiscard]] ValueId expression(const Inst& inst);  ///< none: it is no expression

    // arithmetic.cpp
    [[nodiscard]] ValueId arithmetic(const Inst& inst);
    [[nodiscard]] ValueId two(ir::Op op, const Inst& inst, TypeId working);
    [[nodiscard]] ValueId comparison(const Inst& inst);
    [[nodiscard]] ValueId bits(const Inst& inst);
    [[nodiscard]] ValueId conversion(const Inst& inst);
    [[nodiscard]] ValueId as_number(ValueId id);
    [[nodiscard]] ValueId integer_dot(const Inst& inst);
    void two_results(const Inst& inst);

    // composite.cpp
    [[nodiscard]] ValueId composite(const Inst& inst);
    [[nodiscard]] ValueId construct(const Inst& inst);
    [[nodiscard]] ValueId shuffle(const Inst& inst);
    [[nodiscard]] ValueId compose(TypeId type, std::vector<ValueId> parts);
    [[nodiscard]] ValueId insert(ValueId whole, ValueId part, std::span<const u32> path);

    // glsl.cpp
    void extended(const Inst& inst);
    [[nodiscard]] ValueId glsl(const Inst& inst);
    void print(const Inst& inst);
    void two_of_glsl(const Inst& inst, ir::Op op);
    [[nodiscard]] ValueId number_of(ir::Op op, ValueId a, ValueId b);
    [[nodiscard]] TypeId packed_type(ir::Op op, TypeId result);
    [[nodiscard]] u32 known_or_none(Id id) const;

    // memory.cpp
    /// An element of a cooperative matrix: through memory in SPIR-V, by its place in the IR.
    struct Element {
        ValueId matrix = ValueId::none;  ///< a pointer; none: it is no such element
        ValueId at = ValueId::none;
    };
    [[nodiscard]] ValueId place(Id pointer);
    [[nodiscard]] u32 least_alignment(TypeId id);
    [[nodiscard]] Id origin(Id pointer) const;
    [[nodiscard]] ValueId chain(const Inst& inst, Element* element = nullptr);
    [[nodiscard]] Element find_element(Id pointer);
    [[nodiscard]] bool meets_matrix(const Inst& inst) const;
    [[nodiscard]] bool is_here(const Inst& inst) const;
    [[nodiscard]] Id part_type(Id type, Id index, u32& member) const;
    void take_chain(const Inst& inst);
    [[nodiscard]] bool is_volatile(Id pointer) const;
    struct Access {
        u8 flags = 0;
        u32 alignment = 0;
        std::size_t behind = 0;  ///< the place of the word behind the memory operands
    };
    [[nodiscard]] Access access(const Inst& inst, std::size_t at, Id pointer);
    void make_coherent(Id pointer, Access& access);
    [[nodiscard]] ValueId load(Id pointer, TypeId wanted, const Access& how);
    void store(Id pointer, ValueId value, const Access& how);
    void copy(const Inst& inst);
    void variable(const Inst& inst);
    [[nodiscard]] ValueId call(const Inst& inst);
    [[nodiscard]] ValueId compare_pointers(const Inst& inst);

    // atomic.cpp
    void atomic(const Inst& inst);
    void barrier(const Inst& inst);
    [[nodiscard]] ir::Scope scope(Id id) const;
    struct Ordering {
        ir::Order order = ir::Order::relaxed;
        u32 spaces = 0;
    };
    [[nodiscard]] Ordering ordering(Id semantics) const;

    // subgroup.cpp
    void subgroup(const Inst& inst);
    [[nodiscard]] ValueId combine(const Inst& inst);
    void need_subgroup(Id scope) const;

    // cooperative.cpp
    void cooperative(const Inst& inst);
    [[nodiscard]] u32 matrix_layout(Id id) const;

    static constexpr u32 kAlways = 0xffffffff;
    static constexpr u32 kMostCopies = 255;
    static constexpr u64 kMostParts = 4096;  ///< that a copy of a composite may have, in modules of few words

    const Code& code_;
    ir::Module module_;
    ir::Builder builder_{module_};
    Line line_;
    std::unordered_map<Id, Line> merge_lines_;  ///< of the function's merge blocks: at the end of their headers
    spv::Op current_ = Op::Nop;                 ///< the instruction that is read, for messages
    u8 flags_ = 0;                              ///< of all that is made for it
    u64 spent_ = 0;

    const Code::Entry* entry_ = nullptr;
    const TypeId word_type_ = module_.types.scalar(Scalar::u64);  ///< of addresses as numbers
    IdTable<TypeId> types_;
    IdTable<u8> type_depths_;
    mutable bool waits_ = false;   ///< what is read needs a type that is not there yet
    bool cuts_addresses_ = false;  ///< such a type never comes
    IdTable<Held> held_;
    struct GlobalVariable {
        Inst inst;
        Line line;
    };
    std::vector<GlobalVariable> variables_;
    std::ptrdiff_t shared_blocks_ = 0;
    bool only_declarations_ = false;
    std::unordered_map<u64, u32> bindings_;  ///< the first global of each
    std::unordered_map<Id, std::vector<ValueId>> blocks_of_scalars_;
    ValueId workgroup_size_ = ValueId::none;
    std::unordered_map<u32, ValueId> specializations_;  ///< by id

    std::unordered_map<u32, u32> alignments_;  ///< by TypeId
    std::unordered_map<Id, ir::StringId> files_;
    IdTable<u32> function_places_;  ///< of Code::functions + 1
    std::vector<ir::FunctionId> functions_;
    std::vector<u32> reachable_;

    // Of the function that is read.
    struct Definition {
        u32 function = 0;  ///< place + 1
        u32 block = 0;
        u32 at = 0;
    };
    struct Incoming {
        Id phi = 0, value = 0;
    };
    IdTable<Definition> definitions_;
    IdTable<u32> block_places_;
    IdTable<u8> chain_depths_;
    u32 function_ = 0;
    Plan plan_;
    u32 step_ = 0;
    std::vector<u32> region_ends_;
    std::vector<ir::InstructionId> constructs_;
    std::unordered_map<u64, std::vector<Incoming>> edges_;  ///< by the two labels
    std::vector<Id> carried_, phis_;
    std::unordered_map<Id, ValueId> phi_variables_;
    std::unordered_set<u64> needed_;
    bool in_constant_ = false;
};

}  // namespace alkomp::read
