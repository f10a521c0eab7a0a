// SPDX-License-Identifier: MIT OR Apache-2.0
// The intermediate representation: what a kernel means, on every device.
//
// 1. A module is one kernel with the functions that it calls. It is structured (no goto), typed, and in SSA form beside
//    explicit memory. Everything lives in tables of the module and is named by its place in them; place 0 of each is "none".
//
// 2. Order. Instructions of a region are evaluated once each time control passes them, in their order, each
//    operand before the instruction. `select` evaluates nothing: all its operands are values.
//
// 3. Control. `if`, `switch` and `loop` own regions. A region ends with one terminator, its last instruction:
//    - `exit C (v...)` leaves the construct C, any that encloses it; v become the results of C.
//    - `fallthrough (v...)` goes from a case of a switch to the next region in the list, whose parameters
//      v become. Where a value of the selector leads to a case, its parameters are those that the switch has for it.
//    - `next L (v...)` ends an iteration of the loop L, from any depth of its body: v become the parameters of
//      L's continuing region. That region ends with `repeat L (v...)`, which starts the body again with v as
//      its parameters, or with `repeat_if c, L (v...) else (w...)`, which leaves L with the results w
//      where c is false. Nothing else leaves a continuing region.
//    - `return (v)` leaves the function, `unreachable` promises that control never comes here.
//    The operands of `loop` are the first parameters of its body. A value is visible behind its definition, to
//    the end of its region and in the regions within; the parameters of a loop's body are not visible in its
//    continuing region, its own parameters are. There is no phi, and no other value leaves a region.
//
// 4. Convergence. All invocations of a workgroup start together. Invocations that evaluate an instruction
//    together and choose the same region (the same case, the same iteration) evaluate it together; those that
//    leave a construct by `exit` come together again behind it, with all that came to the construct together
//    and leave it the same way, in whatever iteration. Subgroup operations act on the invocations of a subgroup that
//    evaluate them together. A barrier must be reached together by all invocations of its scope that have not
//    returned. No pass moves such an instruction into, out of or across a choice.
//
// 5. Integers. `add sub mul neg` wrap, modulo 2^bits, signed ones too. x / 0 = 0 and x rem 0 = x, INT_MIN / -1 =
//    INT_MIN and INT_MIN rem -1 = 0; `div` truncates, `rem` has the sign of the dividend, `mod` that of the
//    divisor. Shift counts are taken modulo the bits; `shr` of a signed value copies the sign. `find_msb` and
//    `find_lsb` of 0 (and `find_msb` of -1) are -1. `extract_bits` and `insert_bits` clamp offset and count to the value's bits.
//    `abs` of INT_MIN is INT_MIN. `add_carry` and `sub_borrow` take the bits as unsigned. `convert` between integers keeps
//    the low bits, or extends by the source's sign. All of this is exact, on every device.
//
// 6. Floating point. `add sub mul` and conversions round to nearest even, or any way where the device cannot;
//    `div` and `sqrt` are within 2.5 ulp, the other functions within the error of Vulkan's table ("Precision and
//    Operation of SPIR-V Instructions"). A product and a sum may become one fused operation unless one of
//    the two is `precise`; nothing is reassociated. Denormals may be flushed to zero. Where an operand of `min`, `max` or
//    `clamp` is NaN, the result is one of the operands. Comparisons with NaN are false, but `ne` is true. Signed zeros,
//    infinities and NaN are kept where the device can keep them. A kernel may ask that denormals of f32 are kept and that f32
//    rounds to nearest even; a device that cannot refuses it. `convert` to an integer truncates and saturates, NaN
//    gives 0; exact on every device.
//
// 7. Memory. A pointer names a place: a space, a type, and how it was reached from a global, a variable or an
//    address. Spaces: `storage` (buffers), `uniform` (buffers nobody writes), `scalars` (the call's own values),
//    `shared` (one per workgroup), `local` (one per invocation), `address` (raw device memory).
//    - An access outside a storage or uniform buffer, or by an index outside an array in it, reads zero, any value of that
//      buffer or what was written so, and writes nothing or anywhere in that buffer. An index outside an array or vector in `shared` or `local` reads or writes some
//      element of it, each time anew. `inbounds` on `access` promises that neither happens; if it does, anything may.
//      Raw addresses are not checked.
//    - `empty` buffers, shared memory and variables without a value start unspecified: each read gives some value.
//      So does the constant `undefined`.
//    - Two accesses of different invocations conflict when they overlap, one writes, and not both are
//      atomic. Conflicting accesses must be ordered by barriers, or by atomics with acquire and release, of a
//      scope that holds both invocations; else the values read are unspecified (nothing worse happens).
//    - Within one invocation, accesses that overlap happen in order, whatever pointers they go through;
//      bindings of different globals, one of them writable, may name the same memory only when both are `aliased`.
//      Shared globals that are `aliased` all begin where shared memory begins; a module has no others beside them.
//    - Atomics are indivisible, each location has one order of them. An order is `relaxed`, `acquire`, `release` or
//      `acquire_release` at a scope (`subgroup`, `workgroup`, `device`) for some spaces, as in the Vulkan memory model.
//      A `barrier` waits for the invocations of its scope and is `acquire_release` for the spaces it names.
//
// 8. Progress. An invocation that can take a step eventually does, once its workgroup has started; nothing is promised about
//    workgroups that have not started, and nothing about invocations of one subgroup that wait for each other. A loop that has
//    a way out, writes nothing that others see and reads neither what they may write nor the clock may be taken to end.
//
// 9. Layout. A type is also its layout where it has one: the stride of an array or matrix, the offsets of a struct. Memory in
//    `storage`, `uniform`, `scalars`, `address` and of `aliased` globals has a layout, elsewhere it does not matter. Types
//    that differ in layout alone are different types, `extract` and `compose` lead from one to the other. `bool` has no
//    layout and lives in `local` and `shared` only.
//
// 10. Messages. `print` and `check` tell a text with a value for each "{}". Those of one invocation come in its order; some
//    may be dropped, which is counted. A `check` whose condition is false makes the work of its call fail with
//    `kernel_fault`; the invocation goes on.
#pragma once

#include "alkomp/dtype.h"
#include "ir/op.h"
#include "ir/place_table.h"
#include "ir/type.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp::ir {

enum class ValueId : u32 { none = 0 };
enum class InstructionId : u32 { none = 0 };
enum class RegionId : u32 { none = 0 };
enum class FunctionId : u32 { none = 0 };
enum class StringId : u32 { none = 0 };  ///< the empty string

template <class Id>
    requires std::is_enum_v<Id>
[[nodiscard]] constexpr u32 place(Id id) noexcept {
    return static_cast<u32>(id);
}

/// Constructs within constructs, and types within types, that a module may have: no walk over them need fear for its
/// stack. The universal limits of SPIR-V.
inline constexpr u32 kDeepestConstruct = 1023;
inline constexpr u32 kDeepestType = 255;

/// A place in the user's source. Line 0: unknown.
struct Location {
    StringId file = StringId::none;
    u32 line = 0;
    u32 column = 0;  ///< 0: unknown
    bool operator==(const Location&) const = default;
};

/// What a value is. `index` is its place in the table of its kind, `position` the place within that.
struct Value {
    enum class Kind : u8 { constant, global, function_parameter, region_parameter, result };
    Kind kind = Kind::constant;
    TypeId type = TypeId::none;
    u32 index = 0;     ///< of Module::constants, globals, functions, regions or instructions
    u32 position = 0;  ///< among the parameters or results
    StringId name = StringId::none;
};

/// A constant. All but specialisation constants are kept once, so equal ones are one value.
struct Constant {
    enum class Kind : u8 {
        zero,            ///< of any type that a value can have
        undefined,       ///< some value, unspecified, of any such type
        scalar,          ///< `bits`, the upper ones zero
        composite,       ///< `parts`
        specialization,  ///< a scalar set when the kernel is compiled; `bits` if it is not
        computed,        ///< of specialisation constants: `op` of `parts`, a pure instruction
    };
    Kind kind = Kind::zero;
    TypeId type = TypeId::none;
    u64 bits = 0;
    u32 specialization = 0;  ///< its id; constants of one type may share it, each with its own `bits`
    Op op = Op::add;
    std::vector<ValueId> parts;
    std::vector<u32> immediates;  ///< of `op`
    ValueId value = ValueId::none;
    bool operator==(const Constant& other) const;
};

/// Memory that a kernel has from outside a function. Its value is a pointer.
struct Global {
    enum class Kind : u8 {
        storage,  ///< a buffer; `type` is what lies at its start, often a runtime array
        uniform,  ///< a buffer that is only read
        scalar,   ///< a value given with the call, at `offset_bytes` of the scalar block
        shared,
        local,  ///< one per invocation, for all functions
    };
    Kind kind = Kind::storage;
    StringId name = StringId::none;
    TypeId type = TypeId::none;
    ValueId value = ValueId::none;
    u32 set = 0, binding = 0;  ///< storage and uniform
    u32 offset_bytes = 0;      ///< scalar
    bool reads = true, writes = true;
    bool coherent = false;  ///< each access is as if relaxed atomic at device scope
    bool aliased = false;   ///< may share memory with other aliased globals; shared: all of them begin at one place
    bool is_count = false;  ///< scalar, an u32 that the front sets: the invocations wanted along x, or all bits
                            ///< set where the call names its workgroups; no argument of the call
    ValueId initial = ValueId::none;  ///< local: a constant; none: unspecified
    Location location;
};

/// A list of instructions, the last of which ends it.
struct Region {
    std::vector<ValueId> parameters;
    std::vector<InstructionId> body;
    InstructionId owner = InstructionId::none;  ///< the construct; none: a function's own region
};

/// Ranges of the module's pools: what an instruction has of each kind.
struct Range {
    u32 first = 0, count = 0;
    bool operator==(const Range&) const = default;
};

/// Where the values lie behind those that the pool had.
template <class T>
Range append_to(std::vector<T>& pool, std::span<const T> values) {
    const Range range{static_cast<u32>(pool.size()), static_cast<u32>(values.size())};
    pool.insert(pool.end(), values.begin(), values.end());
    return range;
}

template <class T>
auto part_of(T& pool, Range range) {
    return std::span(pool).subspan(range.first, range.count);
}

struct Instruction {
    Op op = Op::unreachable;
    u8 flags = 0;                      ///< of `Flag`
    Range operands;                    ///< of Module::operand_pool
    Range immediates;                  ///< of Module::immediate_pool
    Range results;                     ///< of Module::values: they follow each other
    Range regions;                     ///< of Module::region_pool
    u32 location = 0;                  ///< of Module::locations
    RegionId region = RegionId::none;  ///< that holds it
};

struct Function {
    StringId name = StringId::none;
    std::vector<ValueId> parameters;
    TypeId result = TypeId::none;  ///< void, or one value
    RegionId body = RegionId::none;
    Location location;
};

/// One kernel. Made by `Builder`, a reader or the parser; right if `verify` says so.
struct Module {
    Module();

    std::string name;                         ///< of the kernel
    FunctionId kernel = FunctionId::none;     ///< takes nothing and returns nothing
    std::array<ValueId, 3> workgroup_size{};  ///< constants of type u32
    u32 subgroup_size = 0;                    ///< that the kernel needs; 0: any
    bool keeps_denormals_f32 = false;         ///< denormals of f32 are not flushed
    bool rounds_to_even_f32 = false;          ///< f32 is rounded to nearest even, not any way
    Types types;
    std::vector<Value> values;
    std::vector<Constant> constants;
    std::vector<Global> globals;
    std::vector<Function> functions;
    std::vector<Region> regions;
    std::vector<Instruction> instructions;
    std::vector<Location> locations;
    std::vector<std::string> strings;
    std::vector<ValueId> operand_pool;
    std::vector<u32> immediate_pool;
    std::vector<RegionId> region_pool;

    [[nodiscard]] StringId string(std::string_view text);
    [[nodiscard]] const std::string& text(StringId id) const { return strings[place(id)]; }
    [[nodiscard]] u32 location(const Location& location);

    [[nodiscard]] Value& operator[](ValueId id) { return values[place(id)]; }
    [[nodiscard]] const Value& operator[](ValueId id) const { return values[place(id)]; }
    [[nodiscard]] Instruction& operator[](InstructionId id) { return instructions[place(id)]; }
    [[nodiscard]] const Instruction& operator[](InstructionId id) const { return instructions[place(id)]; }
    [[nodiscard]] Region& operator[](RegionId id) { return regions[place(id)]; }
    [[nodiscard]] const Region& operator[](RegionId id) const { return regions[place(id)]; }
    [[nodiscard]] Function& operator[](FunctionId id) { return functions[place(id)]; }
    [[nodiscard]] const Function& operator[](FunctionId id) const { return functions[place(id)]; }

    [[nodiscard]] std::span<ValueId> operands(const Instruction& of) { return part_of(operand_pool, of.operands); }
    [[nodiscard]] auto operands(const Instruction& of) const { return part_of(operand_pool, of.operands); }
    [[nodiscard]] std::span<u32> immediates(const Instruction& of) { return part_of(immediate_pool, of.immediates); }
    [[nodiscard]] auto immediates(const Instruction& of) const { return part_of(immediate_pool, of.immediates); }
    [[nodiscard]] auto regions_of(const Instruction& of) const { return part_of(region_pool, of.regions); }
    [[nodiscard]] ValueId result(const Instruction& of, u32 position = 0) const {
        return position < of.results.count ? ValueId{of.results.first + position} : ValueId::none;
    }
    [[nodiscard]] TypeId type_of(ValueId id) const { return values[place(id)].type; }
    [[nodiscard]] const Type& type(ValueId id) const { return types[values[place(id)].type]; }
    /// The construct that a terminator names.
    [[nodiscard]] InstructionId target(const Instruction& terminator) const {
        return InstructionId{immediate_pool[terminator.immediates.first]};
    }

    // Constants; equal ones are one value.
    [[nodiscard]] ValueId constant(TypeId scalar_type, u64 bits);
    [[nodiscard]] ValueId constant(Constant constant);
    [[nodiscard]] ValueId zero(TypeId type);
    [[nodiscard]] ValueId undefined(TypeId type);
    [[nodiscard]] ValueId index(u64 value);  ///< an u32
    /// Null unless the value is a constant.
    [[nodiscard]] const Constant* find_constant(ValueId id) const;
    /// The bits of a scalar constant (zero too) that no specialisation changes.
    [[nodiscard]] std::optional<u64> known_bits(ValueId id) const;

    ValueId add_global(Global global);
    /// Adds values that follow each other.
    Range add_values(Value::Kind kind, u32 index, std::span<const TypeId> types_of_them);

private:
    PlaceTable string_places_;
    PlaceTable constant_places_;  ///< of `constants`
};

inline const Constant* Module::find_constant(ValueId id) const {
    const Value& value = values[place(id)];
    return id != ValueId::none && value.kind == Value::Kind::constant ? &constants[value.index] : nullptr;
}
inline std::optional<u64> Module::known_bits(ValueId id) const {
    const Constant* constant = find_constant(id);
    if (constant == nullptr || !types.is(constant->type, Type::Kind::scalar)) return std::nullopt;
    if (constant->kind != Constant::Kind::zero && constant->kind != Constant::Kind::scalar) return std::nullopt;
    return constant->bits;
}

}  // namespace alkomp::ir
