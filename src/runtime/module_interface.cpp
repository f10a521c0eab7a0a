// SPDX-License-Identifier: MIT OR Apache-2.0
// The interface of a module, as `reflect` would find it in the module's SPIR-V.
#include "ir/evaluate.h"
#include "runtime/translate.h"

#include <algorithm>
#include <limits>

namespace alkomp::detail {
namespace {

u32 clamp_to_u32(u64 value) { return static_cast<u32>(std::min<u64>(value, std::numeric_limits<u32>::max())); }

class Describer {
public:
    Describer(const ir::Module& module, const ir::Specialization& specialization)
        : module_(module), values_(module, specialization) {}

    Interface run() {
        out_.subgroup_size = module_.subgroup_size;
        out_.entry = "main";
        for (const ir::Global& global : module_.globals) {
            if (global.value == ir::ValueId::none) continue;
            if (global.kind == ir::Global::Kind::storage || global.kind == ir::Global::Kind::uniform)
                add_binding(global);
            if (global.kind == ir::Global::Kind::scalar) add_scalar(global);
            if (global.kind == ir::Global::Kind::shared) out_.shared_bytes += packed_bytes(global.type);
        }
        add_constants();
        for (std::size_t i = 0; i < 3; ++i) {
            const ir::Constant* size = module_.find_constant(module_.workgroup_size[i]);
            out_.workgroup_size[i] = static_cast<u32>(values_[module_.workgroup_size[i]].value_or(1));
            if (size->kind == ir::Constant::Kind::specialization) out_.workgroup_constants[i] = size->specialization;
        }
        std::sort(out_.bindings.begin(), out_.bindings.end(), [](const BindingInfo& a, const BindingInfo& b) {
            return std::pair(a.set, a.binding) < std::pair(b.set, b.binding);
        });
        std::stable_sort(out_.scalars.begin(), out_.scalars.end(),
                         [](const ScalarInfo& a, const ScalarInfo& b) { return a.offset_bytes < b.offset_bytes; });
        std::sort(out_.constants.begin(), out_.constants.end(),
                  [](const ConstantInfo& a, const ConstantInfo& b) { return a.id < b.id; });
        return std::move(out_);
    }

private:
    /// A type in memory: elements with a step between them, or one.
    struct Layout {
        DType type;
        u64 count = 1;
        u64 stride_bytes = 0;
        u64 size_bytes = 0;  ///< from the first byte to the last
    };

    static Layout plain(const DType& type) { return {type, 1, 0, type.size_bytes}; }

    Layout layout_of(ir::TypeId id) const {
        const ir::Type& type = module_.types[id];
        switch (type.kind) {
            case ir::Type::Kind::scalar:
                return plain(DType(type.scalar));
            case ir::Type::Kind::vector:
                return plain(DType(type.scalar, static_cast<u8>(type.count)));
            case ir::Type::Kind::matrix:
                return layout_of_matrix(type);
            case ir::Type::Kind::array:
                return layout_of_array(type);
            case ir::Type::Kind::structure:
                return plain(record_of(type));
            case ir::Type::Kind::pointer:
            case ir::Type::Kind::nothing:
            case ir::Type::Kind::runtime_array:
            case ir::Type::Kind::cooperative_matrix:
                break;
        }
        return plain(DType(Scalar::u64));  // an address: the verifier lets nothing else lie in a buffer
    }

    Layout layout_of_matrix(const ir::Type& matrix) const {
        u32 lanes = module_.types[matrix.element].count, columns = matrix.count;
        if (matrix.row_major) std::swap(lanes, columns);
        DType vector(matrix.scalar, static_cast<u8>(lanes));
        if (matrix.stride_bytes != vector.size_bytes)
            return {vector, columns, matrix.stride_bytes, u64{matrix.stride_bytes} * (columns - 1) + vector.size_bytes};
        vector.columns = static_cast<u8>(columns);
        vector.size_bytes *= columns;
        return plain(vector);
    }

    Layout layout_of_array(const ir::Type& array) const {
        const u64 count = length_of(array);
        const Layout inner = layout_of(array.element);
        Layout out;
        out.size_bytes = array.stride_bytes * (count - 1) + inner.size_bytes;
        out.count = count;
        out.stride_bytes = array.stride_bytes;
        if (inner.count == 1) {
            out.type = padded(inner.type, array.stride_bytes);
        } else if (inner.count * inner.stride_bytes == array.stride_bytes) {
            out.type = inner.type;
            out.count = count * inner.count;
            out.stride_bytes = inner.stride_bytes;
        } else {
            out.type = wrapped(inner, array.stride_bytes);
        }
        return out;
    }

    u64 length_of(const ir::Type& array) const {
        return std::max<u64>(values_[ir::ValueId{array.length}].value_or(1), 1);
    }

    /// A struct in an array is as large as the step to the next one, as it is in C++ and numpy.
    static DType padded(const DType& type, u64 stride) {
        if (type.scalar != Scalar::record || stride <= type.size_bytes) return type;
        return DType::structure({clamp_to_u32(stride), type.record->fields});
    }

    static DType wrapped(const Layout& layout, u64 size) {
        Field field{{}, layout.type, 0, clamp_to_u32(layout.count), clamp_to_u32(layout.stride_bytes)};
        return DType::structure({clamp_to_u32(size), {std::move(field)}});
    }

    static Field field_of(const std::string& name, u32 offset_bytes, const Layout& layout) {
        return {name, layout.type, offset_bytes, clamp_to_u32(layout.count), clamp_to_u32(layout.stride_bytes)};
    }

    DType record_of(const ir::Type& structure) const {
        RecordLayout record;
        u64 size = 0;
        for (const ir::Type::Member& member : structure.members) {
            const Layout layout = layout_of(member.type);
            record.fields.push_back(field_of(member.name, member.offset_bytes, layout));
            size = std::max(size, member.offset_bytes + layout.size_bytes);
        }
        record.size_bytes = clamp_to_u32(size);
        return DType::structure(std::move(record));
    }

    void add_binding(const ir::Global& global) {
        BindingInfo info;
        info.set = global.set;
        info.binding = global.binding;
        info.kind = global.kind == ir::Global::Kind::storage ? BindingKind::storage : BindingKind::uniform;
        info.name = module_.text(global.name);
        info.reads = global.reads;
        info.writes = info.kind == BindingKind::storage && global.writes;
        u64 end = 0;
        const ir::Type& type = module_.types[global.type];
        if (type.kind != ir::Type::Kind::structure) add_member(info, {}, global.type, 0, end);
        else
            for (const ir::Type::Member& member : type.members)
                add_member(info, member.name, member.type, member.offset_bytes, end);
        info.fixed_bytes = end;
        if (info.stride_bytes == 0) info.element = DType::structure({clamp_to_u32(end), info.fields});
        out_.bindings.push_back(std::move(info));
    }

    void add_member(BindingInfo& info, const std::string& name, ir::TypeId id, u32 offset_bytes, u64& end) const {
        const ir::Type& type = module_.types[id];
        if (type.kind != ir::Type::Kind::runtime_array) {
            const Layout layout = layout_of(id);
            info.fields.push_back(field_of(name, offset_bytes, layout));
            end = std::max(end, offset_bytes + layout.size_bytes);
            return;
        }
        const Layout layout = layout_of(type.element);
        info.stride_bytes = type.stride_bytes;
        info.element = layout.count == 1 ? padded(layout.type, info.stride_bytes) : wrapped(layout, info.stride_bytes);
        info.fields.push_back(field_of(name, offset_bytes, {info.element, 0, info.stride_bytes, 0}));
        end = std::max<u64>(end, offset_bytes);
    }

    void add_scalar(const ir::Global& global) {
        if (global.is_count) {
            out_.count_offset_bytes = global.offset_bytes;
            out_.scalar_bytes = std::max(out_.scalar_bytes, global.offset_bytes + u32{sizeof(u32)});
            return;
        }
        const Layout layout = layout_of(global.type);
        ScalarInfo info;
        info.name = module_.text(global.name);
        info.offset_bytes = global.offset_bytes;
        info.type = layout.type;
        info.size_bytes = clamp_to_u32(layout.size_bytes);
        if (module_.types.is(global.type, ir::Type::Kind::matrix) && layout.count != 1) {
            info.type.columns = static_cast<u8>(layout.count);
            info.type.size_bytes *= info.type.columns;
            info.size_bytes = clamp_to_u32(layout.count * layout.stride_bytes);
        } else if (layout.count != 1) {
            info.type = wrapped(layout, layout.size_bytes);
        }
        out_.scalar_bytes = std::max(out_.scalar_bytes, (info.offset_bytes + info.size_bytes + 3) / 4 * 4);
        out_.scalars.push_back(std::move(info));
    }

    void add_constants() {
        for (const ir::Constant& constant : module_.constants) {
            if (constant.kind != ir::Constant::Kind::specialization) continue;
            ConstantInfo info;
            info.id = constant.specialization;
            info.name = module_.text(module_[constant.value].name);
            info.type = module_.types[constant.type].scalar;
            info.default_bits = constant.bits;
            out_.constants.push_back(std::move(info));
        }
    }

    /// Without a layout: the least that a device needs for it.
    u64 packed_bytes(ir::TypeId id) const {
        const ir::Type& type = module_.types[id];
        switch (type.kind) {
            case ir::Type::Kind::scalar:
                return type.scalar == Scalar::boolean ? 4 : size_bytes(type.scalar);
            case ir::Type::Kind::vector:
            case ir::Type::Kind::matrix:
                return type.count * packed_bytes(type.element);
            case ir::Type::Kind::array:
                return length_of(type) * packed_bytes(type.element);
            case ir::Type::Kind::structure: {
                u64 sum = 0;
                for (const ir::Type::Member& member : type.members) sum += packed_bytes(member.type);
                return sum;
            }
            case ir::Type::Kind::pointer:
                return 8;
            case ir::Type::Kind::nothing:
            case ir::Type::Kind::runtime_array:
            case ir::Type::Kind::cooperative_matrix:
                break;
        }
        return 0;
    }

    const ir::Module& module_;
    const ir::ConstantValues values_;
    Interface out_;
};

}  // namespace

Interface interface_of(const ir::Module& module, std::span<const backend::SpecializationValue> constants) {
    ir::Specialization specialization;
    for (const backend::SpecializationValue& value : constants) specialization[value.id] = value.bits;
    return Describer(module, specialization).run();
}

}  // namespace alkomp::detail
