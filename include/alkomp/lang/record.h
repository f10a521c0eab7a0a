// SPDX-License-Identifier: MIT OR Apache-2.0
// What the kernel language asks of the recorder, with types erased: for the headers beside it, not for users.
#pragma once

#include "alkomp/dtype.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace alkomp {
struct RecordOptions;
}

namespace alkomp::detail {

/// A line of the user's source. As a default argument: that of the call, also through a conversion.
struct Place {
    const char* file;
    u32 line;
    constexpr Place(const char* in = __builtin_FILE(), u32 at = __builtin_LINE()) : file(in), line(at) {}  // NOLINT
};
/// For parts of an operation whose place is known already: instructions keep the last one.
inline constexpr Place kNowhere{nullptr, 0};

/// A value of a recording, or a pointer.
struct Node {
    u32 value = 0;
    u32 recording = 0;  ///< the serial number of the recording that made it
};

/// A value on its way into an instruction, and where the user wrote it.
struct Input {
    Node node;
    Place place;
};

struct TypeInfo;
struct MemberInfo {
    std::string_view name;
    const TypeInfo* type = nullptr;
    u32 offset_bytes = 0;
};

/// The type of a kernel's value; one object for each C++ type.
struct TypeInfo {
    enum class Kind : u8 { scalar, vector, array, structure, matrix };
    Kind kind = Kind::scalar;
    Scalar scalar = Scalar::u32;        ///< of a scalar, vector or matrix
    u32 count = 1;                      ///< lanes, elements or members
    u32 size_bytes = 0;                 ///< in memory, as in C++
    const TypeInfo* element = nullptr;  ///< of a vector, array or matrix
    std::string_view name{};            ///< of a structure
    void (*members)(MemberInfo* out) = nullptr;
    u32 rows = 0, columns = 0;  ///< of a matrix
    u8 use = 0;                 ///< of a matrix, as in alkomp/lang/type.h
};

// Values.
[[nodiscard]] Node constant(const TypeInfo& type, const void* value, Place place);
/// A host number, which must be one of the scalar type; repeated for each lane of a vector.
[[nodiscard]] Node number(const TypeInfo& type, bool value, Place place);
[[nodiscard]] Node number(const TypeInfo& type, i64 value, Place place);
[[nodiscard]] Node number(const TypeInfo& type, u64 value, Place place);
[[nodiscard]] Node number(const TypeInfo& type, f64 value, Place place);
/// A number of the host as an index, which must not be negative.
[[nodiscard]] Node index_number(i64 value, Place place);
/// To another scalar, lane by lane, and from a scalar to all lanes of a vector.
[[nodiscard]] Node convert(Node value, const TypeInfo& type, Place place);
/// The instruction of this name in src/ir/op.def; for `given` also the type of its result.
Node apply(std::string_view op, std::initializer_list<Node> operands, Place place, const TypeInfo* given = nullptr,
           std::initializer_list<u32> immediates = {});
inline constexpr u32 kAllAxes = ~u32{0};
/// A builtin of src/ir/op.h by its name; of a vector one lane, or the whole value.
[[nodiscard]] Node builtin(std::string_view name, u32 axis, Place place);
/// The second result of the instruction that was applied last.
[[nodiscard]] Node second_result();
[[nodiscard]] Node compose(const TypeInfo& type, const Node* parts, u32 count, Place place);

/// Instructions recorded meanwhile are not fused with others.
class PreciseScope {
public:
    PreciseScope();
    PreciseScope(const PreciseScope&) = delete;
    PreciseScope& operator=(const PreciseScope&) = delete;
    ~PreciseScope();

private:
    bool before_;
};

/// Instructions recorded meanwhile are all from this place: the line of the user's that calls a building block.
class PlaceScope {
public:
    explicit PlaceScope(Place place);
    PlaceScope(const PlaceScope&) = delete;
    PlaceScope& operator=(const PlaceScope&) = delete;
    ~PlaceScope();

private:
    Place before_;
};

// Memory.
[[nodiscard]] Node variable(const TypeInfo& type, const Node* initial, Place place);
[[nodiscard]] Node shared(const TypeInfo& type, Place place);
/// Shared memory for building blocks, which use it one after the other: the same for each type of element and slot.
[[nodiscard]] Node scratch(const TypeInfo& element, u32 count, u32 slot);
[[nodiscard]] u32 block_size();      ///< invocations of the workgroup
[[nodiscard]] bool is_block_flat();  ///< it has one dimension
void check_radix(u32 bits, u32 digits, Place place);
[[nodiscard]] Node load(Node pointer, Place place);
void store(Node pointer, Node value, Place place);
/// A pointer to an element or member of what `pointer` leads to; `count` elements, 0: only the device knows.
[[nodiscard]] Node element(Node pointer, Node index, u32 count, Place place);
/// The same of a value.
[[nodiscard]] Node element_of_value(Node composite, Node index, u32 count, Place place);
/// Several lanes of the vector behind a pointer.
[[nodiscard]] Node load_lanes(Node pointer, const u32* lanes, u32 count, Place place);
void store_lanes(Node pointer, const u32* lanes, u32 count, Node value, Place place);
[[nodiscard]] Node member(Node pointer, u32 index, Place place);

/// `order` and `scope` as in alkomp/lang/atomic.h. Gives what was there before.
Node atomic(std::string_view op, Node pointer, std::initializer_list<Node> values, u8 order, u8 scope, Place place);

/// Where a matrix lies: it begins at the element `index` of what `pointer` leads to.
struct MatrixPlace {
    Node pointer, index;
    Node stride;  ///< elements from a row to the next, or from a column
    bool by_columns = false;
    u32 count = 0;          ///< of elements; 0: only the device knows
    u32 element_bytes = 0;  ///< of the memory, which may hold vectors
};
[[nodiscard]] Node matrix_load(const TypeInfo& type, const MatrixPlace& from, Place place);
void matrix_store(const TypeInfo& type, const MatrixPlace& to, Node value, Place place);
[[nodiscard]] Node matrix_multiply_add(Node a, Node b, Node c, bool saturating, Place place);
[[nodiscard]] Node matrix_count(const TypeInfo& type, Place place);

/// What a message shows: a value of the device, or text that the host knows.
struct Shown {
    Node node;
    std::string text{};
    bool is_text = false;
};
[[nodiscard]] std::string float_text(f32 value);
[[nodiscard]] std::string float_text(f64 value);
/// Each "{}" of the text stands for the next of those shown.
void print(std::string_view text, const Shown* shown, std::size_t count, Place place);
void check(Node condition, std::string_view text, const Shown* shown, std::size_t count, Place place);

// A kernel.
struct RecordedKernelRecord;
class Recorder;
/// Records on this thread from its making to its end; `finish` gives what was recorded, without it nothing remains.
class Recording {
public:
    Recording(std::string name, const RecordOptions& options, Place place);
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
    ~Recording();
    [[nodiscard]] std::shared_ptr<RecordedKernelRecord> finish();

private:
    std::unique_ptr<Recorder> recorder_;
};

// Its parameters, in order.
enum class BufferUse : u8 { in, out, in_out };
[[nodiscard]] Node buffer_parameter(const TypeInfo& element, BufferUse use);
[[nodiscard]] Node scalar_parameter(const TypeInfo& type);

/// The left side of `&&` or `||`, and where the right side begins.
struct Mark {
    Node left;
    Place place;
    u32 region = 0;
    u32 position = 0;
};
[[nodiscard]] Mark mark(Node left, Place place);
/// All that was recorded since the mark happens only if the left side leaves the result open.
[[nodiscard]] Node short_circuit(bool is_and, const Mark& mark, Node right);

/// A body of a construct: something callable, borrowed.
class Body {
public:
    template <class F>
    Body(F& f) : object_(&f), call_([](void* object) { static_cast<void>((*static_cast<F*>(object))()); }) {}  // NOLINT
    void operator()() const { call_(object_); }

private:
    void* object_;
    void (*call_)(void*);
};
/// A body that gives or takes a value.
class ValueBody {
public:
    template <class F>
    ValueBody(F& f)  // NOLINT
        : object_(&f), call_([](void* object, Node node) { return (*static_cast<F*>(object))(node); }) {}
    Node operator()(Node node = {}) const { return call_(object_, node); }

private:
    void* object_;
    Node (*call_)(void*, Node);
};

/// A function of its own, which the first call with these types of parameters records.
struct CallSite {
    u32 function;  ///< of `next_function`
    std::string_view name;
    const TypeInfo* const* parameters;
    const TypeInfo* result;  ///< null: none
    u32 count;
    Place place;
};
[[nodiscard]] u32 next_function() noexcept;
/// Runs the function's own code on its parameters; gives its result.
class FunctionBody {
public:
    template <class F>
    FunctionBody(F& f)  // NOLINT
        : object_(&f),
          call_([](void* object, const Node* parameters) { return (*static_cast<F*>(object))(parameters); }) {}
    Node operator()(const Node* parameters) const { return call_(object_, parameters); }

private:
    void* object_;
    Node (*call_)(void*, const Node*);
};
Node call(const CallSite& site, const Node* arguments, FunctionBody body);

// Control. Each call leaves the recorder behind the construct, `open_if` and `open_else` within it.
void open_if(Node condition, Place place);
void open_else();
void close_if(u32 depth, bool has_else) noexcept;
void while_loop(ValueBody condition, Body body, Place place);
void do_while_loop(Body body, ValueBody condition, Place place);
void for_loop(Node first, Node end, Node step, ValueBody body, Place place);
void open_switch(Node selector, Place place);
void add_case(const i64* values, u32 count, bool is_default, Body body, Place place);
void close_switch() noexcept;
void leave_construct(Place place);
void next_iteration(Place place);
void leave_function(const Node* value, const TypeInfo* type, Place place);

}  // namespace alkomp::detail
