// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runtime/reflect.h"

#include "alkomp/error.h"
#include "ir/evaluate.h"
#include "read/spirv/code.h"
#include "read/spirv/read.h"
#include "read/spirv/requirements.h"
#include "read/spirv/validate.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace alkomp::detail {
namespace {

constexpr u64 kMaxFields = 1 << 20;  // that a description lists, with those of structs in structs

u32 clamp_to_u32(u64 value) { return static_cast<u32>(std::min<u64>(value, std::numeric_limits<u32>::max())); }

u64 saturating_multiply(u64 a, u64 b) {
    return a != 0 && b > std::numeric_limits<u64>::max() / a ? std::numeric_limits<u64>::max() : a * b;
}

u64 saturating_add(u64 a, u64 b) {
    return a > std::numeric_limits<u64>::max() - b ? std::numeric_limits<u64>::max() : a + b;
}

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
            if (global.kind == ir::Global::Kind::shared) add_shared(global);
        }
        out_.shared_bytes = std::max(beside_bytes_, over_bytes_);
        add_constants();
        for (std::size_t i = 0; i < 3; ++i) {
            const ir::Constant* size = module_.find_constant(module_.workgroup_size[i]);
            out_.workgroup_size[i] = static_cast<u32>(values_[module_.workgroup_size[i]].value_or(1));
            if (size != nullptr && size->kind == ir::Constant::Kind::specialization)
                out_.workgroup_constants[i] = size->specialization;
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

    Layout layout_of(ir::TypeId id) {
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

    Layout layout_of_array(const ir::Type& array) {
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

    DType record_of(const ir::Type& structure) {
        RecordLayout record;
        fields_ += structure.members.size();
        if (fields_ > kMaxFields)
            throw Error(ErrorCode::unsupported, "compile: \"" + module_.name + "\" has more than " +
                                                    std::to_string(kMaxFields) +
                                                    " members of structs in what it is called with.");
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
        merge(std::move(info));
    }

    /// Several variables may name one binding, each with its own idea of what lies there.
    void merge(BindingInfo info) {
        const auto same = std::find_if(out_.bindings.begin(), out_.bindings.end(), [&](const BindingInfo& other) {
            return other.set == info.set && other.binding == info.binding;
        });
        if (same == out_.bindings.end()) {
            out_.bindings.push_back(std::move(info));
            return;
        }
        same->reads = same->reads || info.reads;
        same->writes = same->writes || info.writes;
        same->fixed_bytes = std::max(same->fixed_bytes, info.fixed_bytes);
        if (same->element == info.element) return;
        same->stride_bytes = std::min(same->stride_bytes, info.stride_bytes);
        same->element = DType::opaque(clamp_to_u32(same->stride_bytes != 0 ? same->stride_bytes : same->fixed_bytes));
        same->fields.clear();
    }

    void add_member(BindingInfo& info, const std::string& name, ir::TypeId id, u32 offset_bytes, u64& end) {
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

    /// Blocks in shared memory lie over each other; all else lies beside each other.
    void add_shared(const ir::Global& global) {
        if (global.aliased) over_bytes_ = std::max(over_bytes_, layout_of(global.type).size_bytes);
        else beside_bytes_ = saturating_add(beside_bytes_, packed_bytes(global.type));
    }

    /// Without a layout: the least that a device needs for it.
    u64 packed_bytes(ir::TypeId id) {
        if (const auto known = packed_.find(id); known != packed_.end()) return known->second;
        const ir::Type& type = module_.types[id];
        u64 bytes = 0;
        switch (type.kind) {
            case ir::Type::Kind::scalar:
                bytes = type.scalar == Scalar::boolean ? 4 : size_bytes(type.scalar);
                break;
            case ir::Type::Kind::vector:
            case ir::Type::Kind::matrix:
                bytes = type.count * packed_bytes(type.element);
                break;
            case ir::Type::Kind::array:
                bytes = saturating_multiply(length_of(type), packed_bytes(type.element));
                break;
            case ir::Type::Kind::structure:
                for (const ir::Type::Member& member : type.members)
                    bytes = saturating_add(bytes, packed_bytes(member.type));
                break;
            case ir::Type::Kind::pointer:
                bytes = 8;
                break;
            case ir::Type::Kind::nothing:
            case ir::Type::Kind::runtime_array:
            case ir::Type::Kind::cooperative_matrix:
                break;
        }
        packed_.emplace(id, bytes);
        return bytes;
    }

    const ir::Module& module_;
    const ir::ConstantValues values_;
    Interface out_;
    u64 fields_ = 0;
    u64 beside_bytes_ = 0, over_bytes_ = 0;  // of shared memory
    std::unordered_map<ir::TypeId, u64> packed_;
};

}  // namespace

Interface interface_of(const ir::Module& module, std::span<const backend::SpecializationValue> constants) {
    ir::Specialization specialization;
    for (const backend::SpecializationValue& value : constants) specialization[value.id] = value.bits;
    return Describer(module, specialization).run();
}

Interface reflect(std::span<const u32> words, std::string_view entry, std::string_view name,
                  std::span<const backend::SpecializationValue> constants) {
    const read::Code code(words, name);
    const ir::Module declared = read::read_declarations(code, entry);
    read::validate(words, name);
    Interface out = interface_of(declared, constants);
    out.entry = entry;
    out.spirv_version = code.version();
    out.requirements = read::requirements_of(code);
    out.uses_addresses = std::any_of(out.requirements.begin(), out.requirements.end(), [](const Requirement& needs) {
        return needs.capability == static_cast<u32>(spv::Capability::PhysicalStorageBufferAddresses);
    });
    return out;
}

}  // namespace alkomp::detail
