// SPDX-License-Identifier: MIT OR Apache-2.0
// Validates SPIR-V with SPIRV-Tools and reflects it with SPIRV-Cross.
#include "read/spirv/reflect.h"

#include "alkomp/error.h"
#include "read/spirv/module.h"

#include <spirv-tools/libspirv.h>
#include <spirv_cross_c.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace alkomp::read {
namespace {

constexpr u32 kMaxFields = 16384;  // of one struct: what validation lets a module declare

const char* model_name(u32 model) {
    switch (model) {
        case SpvExecutionModelVertex:
            return "vertex";
        case SpvExecutionModelTessellationControl:
        case SpvExecutionModelTessellationEvaluation:
            return "tessellation";
        case SpvExecutionModelGeometry:
            return "geometry";
        case SpvExecutionModelFragment:
            return "fragment";
        case SpvExecutionModelGLCompute:
            return "compute";
        case SpvExecutionModelKernel:
            return "OpenCL";
        case SpvExecutionModelTaskNV:
        case SpvExecutionModelTaskEXT:
        case SpvExecutionModelMeshNV:
        case SpvExecutionModelMeshEXT:
            return "mesh";
        default:
            return "ray tracing";
    }
}

const EntryPoint& find_entry(const Module& module, std::string_view entry, std::string_view name) {
    const EntryPoint* graphics = nullptr;
    std::string existing;
    for (const EntryPoint& point : module.entry_points()) {
        if (point.name == entry && point.model == SpvExecutionModelGLCompute) return point;
        if (point.name == entry) graphics = &point;
        existing += (existing.empty() ? "\"" : ", \"") + point.name + "\" (" + model_name(point.model) + ")";
    }
    const std::string where = "compile: \"" + std::string(name) + "\" ";
    if (graphics != nullptr) {
        throw Error(ErrorCode::compile_failed,
                    where + "is a " + model_name(graphics->model) + " shader; only compute shaders are taken.");
    }
    if (existing.empty()) throw Error(ErrorCode::compile_failed, where + "has no entry point.");
    throw Error(ErrorCode::invalid_argument,
                where + "has no entry point \"" + std::string(entry) + "\"; it has " + existing + ".");
}

void validate(std::span<const u32> words, u32 version, std::string_view name) {
    const spv_target_env environment = version >= 0x00010600 ? SPV_ENV_VULKAN_1_3 : SPV_ENV_VULKAN_1_2;
    const std::unique_ptr<spv_context_t, void (*)(spv_context)> context(spvContextCreate(environment),
                                                                        spvContextDestroy);
    const std::unique_ptr<spv_validator_options_t, void (*)(spv_validator_options)> options(spvValidatorOptionsCreate(),
                                                                                            spvValidatorOptionsDestroy);
    // Whether the device has these is asked by its capabilities.
    spvValidatorOptionsSetScalarBlockLayout(options.get(), true);
    spvValidatorOptionsSetUniformBufferStandardLayout(options.get(), true);
    spvValidatorOptionsSetWorkgroupScalarBlockLayout(options.get(), true);
    spvValidatorOptionsSetAllowLocalSizeId(options.get(), true);
    spv_const_binary_t binary{words.data(), words.size()};
    spv_diagnostic raw = nullptr;
    const spv_result_t result = spvValidateWithOptions(context.get(), options.get(), &binary, &raw);
    const std::unique_ptr<spv_diagnostic_t, void (*)(spv_diagnostic)> diagnostic(raw, spvDiagnosticDestroy);
    if (result == SPV_SUCCESS) return;

    std::string reason =
        diagnostic && diagnostic->error != nullptr ? diagnostic->error : "error " + std::to_string(result);
    const std::string where = "compile: \"" + std::string(name) + "\" ";
    if (reason.starts_with("Invalid capability operand: ")) {
        throw Error(ErrorCode::unsupported, where + "needs SPIR-V capability " + reason.substr(reason.rfind(' ') + 1) +
                                                ", which the SPIRV-Tools of this build do not know.");
    }
    // The rest is a listing of the instruction, for which there is no source to show.
    reason = reason.substr(0, reason.find('\n'));
    while (reason.ends_with('.') || reason.ends_with(' ')) reason.pop_back();
    throw Error(ErrorCode::compile_failed, where + "is not valid SPIR-V: " + reason + ".");
}

/// One parsed module of SPIRV-Cross.
class Cross {
public:
    Cross(std::span<const u32> words, const EntryPoint& entry, bool only_active, std::string_view name) : name_(name) {
        if (spvc_context_create(&context_) != SPVC_SUCCESS)
            throw Error(ErrorCode::out_of_memory, "compile: SPIRV-Cross does not start.");
        handle_.reset(context_);
        spvc_parsed_ir ir = nullptr;
        check(spvc_context_parse_spirv(context_, words.data(), words.size(), &ir));
        check(spvc_context_create_compiler(context_, SPVC_BACKEND_NONE, ir, SPVC_CAPTURE_MODE_TAKE_OWNERSHIP,
                                           &compiler_));
        check(spvc_compiler_set_entry_point(compiler_, entry.name.c_str(), SpvExecutionModelGLCompute));
        if (only_active) {
            spvc_set active = nullptr;
            check(spvc_compiler_get_active_interface_variables(compiler_, &active));
            check(spvc_compiler_create_shader_resources_for_active_variables(compiler_, &resources_, active));
        } else {
            check(spvc_compiler_create_shader_resources(compiler_, &resources_));
        }
    }

    void check(spvc_result result) const {
        if (result == SPVC_SUCCESS) return;
        const char* reason = spvc_context_get_last_error_string(context_);
        throw Error(result == SPVC_ERROR_OUT_OF_MEMORY ? ErrorCode::out_of_memory : ErrorCode::compile_failed,
                    "compile: \"" + name_ +
                        "\" cannot be reflected: " + (reason == nullptr ? "SPIRV-Cross gives no reason." : reason));
    }

    [[nodiscard]] std::span<const spvc_reflected_resource> resources(spvc_resource_type type) const {
        const spvc_reflected_resource* list = nullptr;
        std::size_t count = 0;
        check(spvc_resources_get_resource_list_for_type(resources_, type, &list, &count));
        return {list, count};
    }
    [[nodiscard]] std::string name(u32 id) const { return text(spvc_compiler_get_name(compiler_, id)); }
    [[nodiscard]] std::string member_name(u32 type, u32 member) const {
        return text(spvc_compiler_get_member_name(compiler_, type, member));
    }
    [[nodiscard]] u32 decoration(u32 id, SpvDecoration kind) const {
        return spvc_compiler_get_decoration(compiler_, id, kind);
    }
    [[nodiscard]] u32 member_decoration(u32 type, u32 member, SpvDecoration kind) const {
        return spvc_compiler_get_member_decoration(compiler_, type, member, kind);
    }
    [[nodiscard]] u32 matrix_stride(u32 type, u32 member) const {
        unsigned stride = 0;
        check(spvc_compiler_type_struct_member_matrix_stride(compiler_, spvc_compiler_get_type_handle(compiler_, type),
                                                             member, &stride));
        return stride;
    }
    [[nodiscard]] bool has_decoration(u32 id, SpvDecoration kind) const {
        return spvc_compiler_has_decoration(compiler_, id, kind) != 0;
    }
    [[nodiscard]] bool has_member_decoration(u32 type, u32 member, SpvDecoration kind) const {
        return spvc_compiler_has_member_decoration(compiler_, type, member, kind) != 0;
    }
    /// Of a block: on the variable, or on every member.
    [[nodiscard]] bool has_block_decoration(u32 variable, SpvDecoration kind) const {
        const SpvDecoration* list = nullptr;
        std::size_t count = 0;
        check(spvc_compiler_get_buffer_block_decorations(compiler_, variable, &list, &count));
        return std::find(list, list + count, kind) != list + count;
    }
    [[nodiscard]] std::span<const spvc_specialization_constant> constants() const {
        const spvc_specialization_constant* list = nullptr;
        std::size_t count = 0;
        check(spvc_compiler_get_specialization_constants(compiler_, &list, &count));
        return {list, count};
    }

private:
    static std::string text(const char* text) { return text == nullptr ? std::string() : std::string(text); }
    std::string name_;
    spvc_context context_ = nullptr;
    std::unique_ptr<spvc_context_s, void (*)(spvc_context)> handle_{nullptr, spvc_context_destroy};
    spvc_compiler compiler_ = nullptr;
    spvc_resources resources_ = nullptr;
};

u32 clamp_to_u32(u64 value) { return static_cast<u32>(std::min<u64>(value, std::numeric_limits<u32>::max())); }

/// Builds the interface of one entry point.
class Reflector {
public:
    Reflector(const Module& module, const Cross& cross, const EntryPoint& entry, std::string_view name)
        : module_(module), cross_(cross), entry_(entry), name_(name) {}

    Interface run() {
        refuse(SPVC_RESOURCE_TYPE_STORAGE_IMAGE, "an image");
        refuse(SPVC_RESOURCE_TYPE_SAMPLED_IMAGE, "a sampled image");
        refuse(SPVC_RESOURCE_TYPE_SEPARATE_IMAGE, "an image");
        refuse(SPVC_RESOURCE_TYPE_SEPARATE_SAMPLERS, "a sampler");
        refuse(SPVC_RESOURCE_TYPE_SUBPASS_INPUT, "an input attachment");
        refuse(SPVC_RESOURCE_TYPE_ACCELERATION_STRUCTURE, "an acceleration structure");
        refuse(SPVC_RESOURCE_TYPE_ATOMIC_COUNTER, "an atomic counter");
        out_.entry = entry_.name;
        out_.spirv_version = module_.version();
        for (const auto& resource : cross_.resources(SPVC_RESOURCE_TYPE_STORAGE_BUFFER))
            add_binding(resource, BindingKind::storage);
        for (const auto& resource : cross_.resources(SPVC_RESOURCE_TYPE_UNIFORM_BUFFER))
            add_binding(resource, BindingKind::uniform);
        std::sort(out_.bindings.begin(), out_.bindings.end(), [](const BindingInfo& a, const BindingInfo& b) {
            return a.set != b.set ? a.set < b.set : a.binding < b.binding;
        });
        for (const auto& resource : cross_.resources(SPVC_RESOURCE_TYPE_PUSH_CONSTANT)) add_scalars(resource);
        add_constants();
        const Module::WorkgroupSize workgroup = module_.workgroup_size(entry_);
        out_.workgroup_size = workgroup.size;
        out_.workgroup_constants = workgroup.constants;
        add_shared();
        for (const u32 capability : module_.capabilities()) {
            out_.requirements.push_back({capability, capability_name(capability)});
            out_.uses_addresses = out_.uses_addresses || capability == SpvCapabilityPhysicalStorageBufferAddresses;
        }
        for (const u32 feature : module_.features()) out_.requirements.push_back({feature, capability_name(feature)});
        return std::move(out_);
    }

private:
    struct Layout {
        DType type;
        u64 count = 1;
        u64 stride_bytes = 0;
        u64 size_bytes = 0;  ///< from the first byte to the last
    };

    [[noreturn]] void fail(const std::string& sentence) const {
        throw Error(ErrorCode::compile_failed, "compile: \"" + name_ + "\" " + sentence);
    }

    static std::string place(u32 set, u32 binding) {
        return "set " + std::to_string(set) + ", binding " + std::to_string(binding);
    }

    void refuse(spvc_resource_type type, const char* what) const {
        for (const auto& resource : cross_.resources(type)) {
            fail("takes " + std::string(what) + ", \"" + cross_.name(resource.id) + "\" at " +
                 place(cross_.decoration(resource.id, SpvDecorationDescriptorSet),
                       cross_.decoration(resource.id, SpvDecorationBinding)) +
                 "; only buffers are taken.");
        }
    }

    [[nodiscard]] u32 element_type(u32 array) const { return module_.definition(array)[2]; }

    DType scalar_type(u32 type) const {
        const std::span<const u32> t = module_.definition(type);
        const u32 bits = Module::opcode(t) == SpvOpTypePointer ? 64 : t[2];
        const bool is_float = Module::opcode(t) == SpvOpTypeFloat;
        const bool is_signed = Module::opcode(t) == SpvOpTypeInt && t[3] != 0;
        switch (bits) {
            case 8:
                return is_signed ? Scalar::i8 : Scalar::u8;
            case 16:
                return is_float ? Scalar::f16 : is_signed ? Scalar::i16 : Scalar::u16;
            case 32:
                return is_float ? Scalar::f32 : is_signed ? Scalar::i32 : Scalar::u32;
            case 64:
                return is_float ? Scalar::f64 : is_signed ? Scalar::i64 : Scalar::u64;
            default:
                fail("has numbers of " + std::to_string(bits) + " bits in a buffer.");
        }
    }

    /// A type as it lies in memory. Matrix layout comes from the struct member that holds it.
    Layout layout_of(u32 type, u32 parent, u32 member) const {
        const std::span<const u32> t = module_.definition(type);
        switch (Module::opcode(t)) {
            case SpvOpTypeInt:
            case SpvOpTypeFloat:
            case SpvOpTypePointer:
                return plain(scalar_type(type));
            case SpvOpTypeVector:
                return plain(DType(scalar_type(t[2]).scalar, static_cast<u8>(t[3])));
            case SpvOpTypeMatrix:
                return layout_of_matrix(t, parent, member);
            case SpvOpTypeArray:
                return layout_of_array(type, parent, member);
            case SpvOpTypeStruct:
                return plain(record_of(type));
            default:
                fail("has a type in the buffer member \"" + cross_.member_name(parent, member) +
                     "\" that has no layout.");
        }
    }

    static Layout plain(const DType& type) { return {type, 1, 0, type.size_bytes}; }

    Layout layout_of_matrix(std::span<const u32> matrix, u32 parent, u32 member) const {
        const std::span<const u32> column = module_.definition(matrix[2]);
        u32 lanes = column[3], columns = matrix[3];
        // Types describe memory: a row-major matrix lies there as its transpose does.
        if (cross_.has_member_decoration(parent, member, SpvDecorationRowMajor)) std::swap(lanes, columns);
        DType vector(scalar_type(column[2]).scalar, static_cast<u8>(lanes));
        const u32 stride = cross_.matrix_stride(parent, member);
        if (stride != vector.size_bytes)
            return {vector, columns, stride, u64{stride} * (columns - 1) + vector.size_bytes};
        vector.columns = static_cast<u8>(columns);
        vector.size_bytes *= columns;
        return plain(vector);
    }

    Layout layout_of_array(u32 type, u32 parent, u32 member) const {
        const std::optional<u64> count = module_.evaluate(module_.definition(type)[3]);
        if (!count || *count == 0)
            fail("has an array \"" + cross_.member_name(parent, member) + "\" whose size is not a positive constant.");
        const u64 stride = cross_.decoration(type, SpvDecorationArrayStride);
        const Layout inner = layout_of(element_type(type), parent, member);
        Layout out;
        out.size_bytes = stride * (*count - 1) + inner.size_bytes;
        if (inner.count == 1) {
            out.type = padded(inner.type, stride);
            out.count = *count;
            out.stride_bytes = stride;
        } else if (inner.count * inner.stride_bytes == stride) {
            out.type = inner.type;
            out.count = *count * inner.count;
            out.stride_bytes = inner.stride_bytes;
        } else {
            out.type = wrapped(inner, stride);
            out.count = *count;
            out.stride_bytes = stride;
        }
        return out;
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

    DType record_of(u32 type) const {
        RecordLayout record;
        const std::size_t count = module_.definition(type).size() - 2;
        u64 size = 0;
        for (u32 i = 0; i < std::min<std::size_t>(count, kMaxFields); ++i) {
            const Layout layout = layout_of(module_.definition(type)[2 + i], type, i);
            record.fields.push_back(field_of(type, i, layout));
            size = std::max(size, record.fields.back().offset_bytes + layout.size_bytes);
        }
        record.size_bytes = clamp_to_u32(size);
        return DType::structure(std::move(record));
    }

    Field field_of(u32 type, u32 member, const Layout& layout) const {
        return {cross_.member_name(type, member), layout.type,
                cross_.member_decoration(type, member, SpvDecorationOffset), clamp_to_u32(layout.count),
                clamp_to_u32(layout.stride_bytes)};
    }

    void add_binding(const spvc_reflected_resource& resource, BindingKind kind) {
        BindingInfo info;
        info.set = cross_.decoration(resource.id, SpvDecorationDescriptorSet);
        info.binding = cross_.decoration(resource.id, SpvDecorationBinding);
        info.kind = kind;
        const std::span<const u32> pointer = module_.definition(resource.type_id);
        const u32 block = Module::opcode(pointer) == SpvOpTypePointer ? pointer[3] : resource.type_id;
        if (Module::opcode(module_.definition(block)) != SpvOpTypeStruct) {
            fail("takes an array of buffers, \"" + cross_.name(resource.id) + "\" at " + place(info.set, info.binding) +
                 "; one buffer per binding is taken.");
        }
        info.reads = !cross_.has_block_decoration(resource.id, SpvDecorationNonReadable);
        info.writes =
            kind == BindingKind::storage && !cross_.has_block_decoration(resource.id, SpvDecorationNonWritable);
        fill_block(block, info);
        info.name = cross_.name(resource.id);
        if (info.name.empty()) info.name = cross_.name(block);
        if (info.name.empty() && info.fields.size() == 1) info.name = info.fields.front().name;
        merge(std::move(info));
    }

    void fill_block(u32 block, BindingInfo& info) const {
        const std::span<const u32> members = module_.definition(block).subspan(2);
        u64 end = 0;
        for (u32 i = 0; i < members.size(); ++i) {
            if (Module::opcode(module_.definition(members[i])) == SpvOpTypeRuntimeArray) {
                const Layout layout = layout_of(element_type(members[i]), block, i);
                info.stride_bytes = cross_.decoration(members[i], SpvDecorationArrayStride);
                info.element =
                    layout.count == 1 ? padded(layout.type, info.stride_bytes) : wrapped(layout, info.stride_bytes);
                info.fields.push_back(field_of(block, i, {info.element, 0, info.stride_bytes, 0}));
                end = std::max<u64>(end, info.fields.back().offset_bytes);
            } else {
                const Layout layout = layout_of(members[i], block, i);
                info.fields.push_back(field_of(block, i, layout));
                end = std::max(end, info.fields.back().offset_bytes + layout.size_bytes);
            }
        }
        info.fixed_bytes = end;
        if (info.stride_bytes == 0) info.element = DType::structure({clamp_to_u32(end), info.fields});
    }

    /// Several variables may name one binding, each with its own idea of what lies there.
    void merge(BindingInfo info) {
        for (BindingInfo& other : out_.bindings) {
            if (other.set != info.set || other.binding != info.binding) continue;
            if (other.kind != info.kind) {
                fail("declares " + place(info.set, info.binding) + " as a storage buffer (\"" + other.name +
                     "\") and as a uniform buffer (\"" + info.name + "\").");
            }
            other.reads = other.reads || info.reads;
            other.writes = other.writes || info.writes;
            other.fixed_bytes = std::max(other.fixed_bytes, info.fixed_bytes);
            if (!(other.element == info.element)) {
                other.stride_bytes = std::min(other.stride_bytes, info.stride_bytes);
                other.element =
                    DType::opaque(clamp_to_u32(other.stride_bytes != 0 ? other.stride_bytes : other.fixed_bytes));
                other.fields.clear();
            }
            return;
        }
        out_.bindings.push_back(std::move(info));
    }

    void add_scalars(const spvc_reflected_resource& resource) {
        const std::span<const u32> pointer = module_.definition(resource.type_id);
        const u32 block = Module::opcode(pointer) == SpvOpTypePointer ? pointer[3] : resource.type_id;
        const std::span<const u32> members = module_.definition(block);
        if (Module::opcode(members) != SpvOpTypeStruct) fail("has push constants that are no block.");
        for (u32 i = 0; i < members.size() - 2; ++i) {
            const u32 type = members[2 + i];
            const Layout layout = layout_of(type, block, i);
            ScalarInfo info;
            info.name = cross_.member_name(block, i);
            info.offset_bytes = cross_.member_decoration(block, i, SpvDecorationOffset);
            info.type = layout.type;
            info.size_bytes = clamp_to_u32(layout.size_bytes);
            if (Module::opcode(module_.definition(type)) == SpvOpTypeMatrix && layout.count != 1) {
                info.type.columns = static_cast<u8>(layout.count);
                info.type.size_bytes *= info.type.columns;
                info.size_bytes = clamp_to_u32(layout.count * layout.stride_bytes);
            } else if (layout.count != 1) {
                info.type = wrapped(layout, layout.size_bytes);
            }
            out_.scalar_bytes = std::max(out_.scalar_bytes, (info.offset_bytes + info.size_bytes + 3) / 4 * 4);
            out_.scalars.push_back(std::move(info));
        }
        std::sort(out_.scalars.begin(), out_.scalars.end(),
                  [](const ScalarInfo& a, const ScalarInfo& b) { return a.offset_bytes < b.offset_bytes; });
    }

    void add_constants() {
        for (const spvc_specialization_constant& constant : cross_.constants()) {
            ConstantInfo info;
            info.id = constant.constant_id;
            info.name = cross_.name(constant.id);
            const u32 type = module_.definition(constant.id)[1];
            info.type =
                Module::opcode(module_.definition(type)) == SpvOpTypeBool ? Scalar::boolean : scalar_type(type).scalar;
            const u64 bits = module_.evaluate(constant.id).value_or(0);
            const u32 width = std::max(size_bytes(info.type), u32{1}) * 8;
            info.default_bits = width < 64 ? bits & ((u64{1} << width) - 1) : bits;
            out_.constants.push_back(std::move(info));
        }
        std::sort(out_.constants.begin(), out_.constants.end(),
                  [](const ConstantInfo& a, const ConstantInfo& b) { return a.id < b.id; });
    }

    void add_shared() {
        u64 separate = 0, aliased = 0;
        for (const Module::SharedVariable& variable : module_.shared_variables(entry_)) {
            // Blocks in workgroup memory lie over each other; all other variables beside each other.
            if (cross_.has_decoration(variable.type, SpvDecorationBlock))
                aliased = std::max<u64>(aliased, record_of(variable.type).size_bytes);
            else separate += std::min(module_.packed_bytes(variable.type), std::numeric_limits<u64>::max() - separate);
        }
        out_.shared_bytes = std::max(separate, aliased);
    }

    const Module& module_;
    const Cross& cross_;
    const EntryPoint& entry_;
    std::string name_;
    Interface out_;
};

}  // namespace

Interface reflect(std::span<const u32> words, std::string_view entry, std::string_view name,
                  std::span<const backend::SpecializationValue> constants) {
    const Module module(words, name, constants);
    const EntryPoint& point = find_entry(module, entry, name);
    validate(words, module.version(), name);
    try {
        // With one entry point, what is declared counts, used or not: that is what its author will pass.
        const Cross cross(words, point, module.entry_points().size() > 1, name);
        return Reflector(module, cross, point, name).run();
    } catch (const Error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory,
                    "compile: there is not enough memory to reflect \"" + std::string(name) + "\".");
    } catch (const std::exception& failure) {
        // Some functions of SPIRV-Cross's C interface let its exceptions through.
        throw Error(ErrorCode::compile_failed,
                    "compile: \"" + std::string(name) + "\" cannot be reflected: " + failure.what());
    }
}

std::string reflector_version() {
    unsigned major = 0, minor = 0, patch = 0;
    spvc_get_version(&major, &minor, &patch);
    return std::string(spvSoftwareVersionString()) + ", SPIRV-Cross " + std::to_string(major) + '.' +
           std::to_string(minor) + '.' + std::to_string(patch);
}

}  // namespace alkomp::read
