// SPDX-License-Identifier: MIT OR Apache-2.0
// Types by themselves: what they may be made of, and that the parts of a layout neither overlap nor lie askew.
#include "ir/print.h"
#include "ir/verify_parts.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

class TypeCheck {
public:
    explicit TypeCheck(const Module& module) : module_(module), types_(module.types) {}

    Shapes run() {
        shapes_.resize(types_.size());
        if (type(TypeId{1}).kind != Type::Kind::nothing) fail("the first is not void");
        for (u32 i = 2; i < types_.size(); ++i) {
            id_ = TypeId{i};
            shapes_[i] = shape_of(type(id_));
            if (shapes_[i].depth > kDeepestType)
                fail("nests " + std::to_string(shapes_[i].depth) + " deep; " + std::to_string(kDeepestType) +
                     " is allowed");
        }
        return std::move(shapes_);
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        const std::string name = has_text() ? text(id_) : std::to_string(static_cast<u32>(id_));
        refuse(module_, Location(), "the type " + name + ' ' + what + '.');
    }
    bool has_text() const {
        const Type& type = types_[id_];
        return type.kind <= Type::Kind::cooperative_matrix && type.element < id_ && type.scalar <= Scalar::f64 &&
               type.space <= Space::address && type.scope <= Scope::device && type.use <= MatrixUse::accumulator;
    }
    const Type& type(TypeId id) const { return types_[id]; }
    std::string text(TypeId id) const { return to_string(module_, id); }

    // Parts come before the whole, so no type holds itself.
    const Shape& part(TypeId id) const {
        if (id == TypeId::none || id >= id_) fail("is made of a type that does not come before it");
        return shapes_[static_cast<u32>(id)];
    }
    const Shape& value_part(TypeId id) const {
        const Shape& shape = part(id);
        if (!shape.is_value) fail("holds " + text(id) + ", which no value can be");
        return shape;
    }
    void need_scalar(const Type& whole) const {
        (void)part(whole.element);
        if (!types_.is(whole.element, Type::Kind::scalar)) fail("has elements of " + text(whole.element));
    }

    Shape shape_of(const Type& type) const {
        switch (type.kind) {
            case Type::Kind::nothing:
                fail("is void twice");
            case Type::Kind::scalar:
                return scalar(type);
            case Type::Kind::vector:
                return vector(type);
            case Type::Kind::matrix:
                return matrix(type);
            case Type::Kind::array:
                return array(type);
            case Type::Kind::runtime_array:
                return runtime_array(type);
            case Type::Kind::structure:
                return structure(type);
            case Type::Kind::pointer:
                return pointer(type);
            case Type::Kind::cooperative_matrix:
                return cooperative_matrix(type);
        }
        fail("is of no kind");
    }

    Shape scalar(const Type& type) const {
        if (type.scalar > Scalar::f64) fail("is no scalar");
        if (type.scalar == Scalar::boolean) return {.is_value = true};
        const u32 size = alkomp::size_bytes(type.scalar);
        return {.is_value = true, .has_layout = true, .alignment_bytes = size, .size_bytes = size};
    }
    Shape vector(const Type& type) const {
        need_scalar(type);
        if (type.count < 2 || type.count > 4)
            fail("is a vector of " + std::to_string(type.count) + "; 2 to 4 are allowed");
        if (type.scalar != types_[type.element].scalar) fail("is a vector whose scalar differs from its element");
        Shape shape = part(type.element);
        shape.size_bytes *= type.count;
        return shape;
    }
    Shape matrix(const Type& type) const {
        Shape shape = part(type.element);
        const Type& column = types_[type.element];
        if (column.kind != Type::Kind::vector || column.scalar != type.scalar || !is_float(type.scalar))
            fail("is a matrix of " + text(type.element) + ", where a vector of its floats is wanted");
        if (type.count < 2 || type.count > 4)
            fail("is a matrix of " + std::to_string(type.count) + " columns; 2 to 4 are allowed");
        const u32 lanes = type.row_major ? type.count : column.count;
        const u32 vectors = type.row_major ? column.count : type.count;
        shape.has_layout = type.stride_bytes != 0;
        const u64 vector_bytes = u64{lanes} * shape.alignment_bytes;
        if (shape.has_layout) need_stride(type.stride_bytes, vector_bytes, shape.alignment_bytes);
        shape.size_bytes = u64{type.stride_bytes} * (vectors - 1) + vector_bytes;
        return shape;
    }
    void need_stride(u32 stride_bytes, u64 element_bytes, u32 alignment_bytes) const {
        if (stride_bytes < element_bytes)
            fail("has a stride of " + std::to_string(stride_bytes) + " bytes, its elements have " +
                 std::to_string(element_bytes));
        if (stride_bytes % alignment_bytes != 0)
            fail("has a stride of " + std::to_string(stride_bytes) + " bytes; a multiple of " +
                 std::to_string(alignment_bytes) + " is wanted");
    }
    Shape elements(const Type& type) const {
        Shape shape = value_part(type.element);
        ++shape.depth;
        if (type.stride_bytes != 0 && shape.has_layout)
            need_stride(type.stride_bytes, shape.size_bytes, shape.alignment_bytes);
        shape.has_layout = shape.has_layout && type.stride_bytes != 0;
        return shape;
    }
    Shape array(const Type& type) const {
        Shape shape = elements(type);
        if (type.length == 0 || type.length >= module_.values.size()) fail("has a length that does not exist");
        const Constant* length = module_.find_constant(ValueId{type.length});
        if (length == nullptr || !is_u32(length->type)) fail("has a length that is not a constant u32");
        const u64 count = default_bits(module_, ValueId{type.length}).value_or(1);
        if (count == 0) fail("is an array without elements");
        shape.size_bytes += u64{type.stride_bytes} * (std::min<u64>(count, 0xffffffff) - 1);
        return shape;
    }
    bool is_u32(TypeId id) const { return types_.is(id, Type::Kind::scalar) && types_[id].scalar == Scalar::u32; }
    Shape runtime_array(const Type& type) const {
        Shape shape = elements(type);
        shape.is_value = false;
        shape.is_open = true;
        shape.size_bytes = 0;
        return shape;
    }

    Shape structure(const Type& type) const {
        if (type.members.empty()) fail("has no members");
        Shape shape{.is_value = true, .has_layout = true};
        for (const Type::Member& member : type.members) {
            const Shape& inner = part(member.type);
            const bool is_end = &member == &type.members.back() && types_.is(member.type, Type::Kind::runtime_array);
            if (!inner.is_value && !is_end)
                fail("has the member \"" + member.name + "\" of " + text(member.type) +
                     (inner.is_open ? "; a runtime array stands at the end of the outermost structure"
                                    : ", which no value can be"));
            shape.is_open = shape.is_open || inner.is_open;
            shape.has_layout = shape.has_layout && inner.has_layout;
            shape.depth = std::max(shape.depth, inner.depth + 1);
            shape.alignment_bytes = std::max(shape.alignment_bytes, inner.alignment_bytes);
        }
        shape.is_value = !shape.is_open;
        const bool is_bare_array = shape.is_open && type.members.size() == 1;
        shape.has_layout = shape.has_layout && (type.size_bytes != 0 || is_bare_array);
        shape.size_bytes = type.size_bytes;
        if (shape.has_layout) check_layout(type);
        return shape;
    }
    void check_layout(const Type& type) const {
        std::vector<const Type::Member*> order;
        for (const Type::Member& member : type.members) order.push_back(&member);
        const auto by_offset = [](const Type::Member* a, const Type::Member* b) {
            return a->offset_bytes < b->offset_bytes;
        };
        std::stable_sort(order.begin(), order.end(), by_offset);
        u64 end = 0;
        const Type::Member* before = nullptr;
        for (const Type::Member* member : order) {
            const Shape& inner = part(member->type);
            const std::string what =
                "has the member \"" + member->name + "\" at byte " + std::to_string(member->offset_bytes);
            if (member->offset_bytes % inner.alignment_bytes != 0)
                fail(what + "; a multiple of " + std::to_string(inner.alignment_bytes) + " is wanted");
            if (before != nullptr && member->offset_bytes < end)
                fail(what + ", inside \"" + before->name + "\", which ends at " + std::to_string(end));
            if (inner.is_open && member != order.back()) fail(what + ", where the runtime array is not the last");
            end = member->offset_bytes + inner.size_bytes;
            before = member;
        }
        if (type.size_bytes != 0 && end > type.size_bytes && !part(order.back()->type).is_open)
            fail("has " + std::to_string(type.size_bytes) + " bytes, its members end at " + std::to_string(end));
    }

    Shape pointer(const Type& type) const {
        const Shape& pointee = part(type.element);
        const Space space = type.space;
        if (space > Space::address) fail("points into no space");
        if (!pointee.is_value && !pointee.is_open) fail("points to " + text(type.element));
        const bool in_layout = space != Space::local && space != Space::shared;
        if (in_layout && !pointee.has_layout)
            fail("points to " + text(type.element) + " in the space " + std::string(to_string(space)) +
                 ", which has no layout");
        if (pointee.is_open && space != Space::storage && space != Space::address)
            fail("points to " + text(type.element) + " in the space " + std::string(to_string(space)) +
                 "; a runtime array lies in storage or behind an address");
        const bool is_address = space == Space::address;
        return {.is_value = true,
                .has_layout = is_address,
                .depth = pointee.depth + 1,
                .alignment_bytes = is_address ? 8u : 1u,
                .size_bytes = is_address ? 8u : 0u};
    }
    Shape cooperative_matrix(const Type& type) const {
        need_scalar(type);
        if (types_[type.element].scalar == Scalar::boolean) fail("is a cooperative matrix of bool");
        if (type.scope != Scope::subgroup && type.scope != Scope::workgroup)
            fail("is a cooperative matrix that neither a subgroup nor a workgroup holds");
        if (type.use > MatrixUse::accumulator || type.rows == 0 || type.columns == 0)
            fail("is a cooperative matrix without a use, rows or columns");
        return {.is_value = true};
    }

    const Module& module_;
    const Types& types_;
    Shapes shapes_;
    TypeId id_ = TypeId{1};
};

}  // namespace

Shapes check_types(const Module& module) { return TypeCheck(module).run(); }

}  // namespace alkomp::ir
