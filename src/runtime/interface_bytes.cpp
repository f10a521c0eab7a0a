// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes and reads interfaces, field by field in the order of their declaration.
#include "runtime/interface_bytes.h"

namespace alkomp::detail {
namespace {

constexpr int kMaxNesting = 256;  // structs within structs; SPIR-V allows 255

void add_fields(ByteWriter& writer, const std::vector<Field>& fields);
std::vector<Field> get_fields(ByteReader& reader, int depth);

void add_type(ByteWriter& writer, const DType& type) {
    writer.add(type.scalar);
    writer.add(type.lanes);
    writer.add(type.columns);
    writer.add(type.size_bytes);
    writer.add(type.record != nullptr);
    if (type.record) add_fields(writer, type.record->fields);
}

DType get_type(ByteReader& reader, int depth) {
    DType type;
    type.scalar = reader.get<Scalar>();
    type.lanes = reader.get<u8>();
    type.columns = reader.get<u8>();
    type.size_bytes = reader.get<u32>();
    if (reader.get<bool>() && depth < kMaxNesting)
        type.record =
            std::make_shared<const RecordLayout>(RecordLayout{type.size_bytes, get_fields(reader, depth + 1)});
    return type;
}

void add_fields(ByteWriter& writer, const std::vector<Field>& fields) {
    writer.add(u64{fields.size()});
    for (const Field& field : fields) {
        writer.add(field.name);
        add_type(writer, field.type);
        writer.add(field.offset_bytes);
        writer.add(field.count);
        writer.add(field.stride_bytes);
    }
}

std::vector<Field> get_fields(ByteReader& reader, int depth) {
    std::vector<Field> fields(reader.get_count());
    for (Field& field : fields) {
        field.name = reader.get_string();
        field.type = get_type(reader, depth);
        field.offset_bytes = reader.get<u32>();
        field.count = reader.get<u32>();
        field.stride_bytes = reader.get<u32>();
    }
    return fields;
}

void add_binding(ByteWriter& writer, const BindingInfo& binding) {
    writer.add(binding.set);
    writer.add(binding.binding);
    writer.add(binding.kind);
    writer.add(binding.reads);
    writer.add(binding.writes);
    writer.add(binding.name);
    writer.add(binding.fixed_bytes);
    writer.add(binding.stride_bytes);
    add_type(writer, binding.element);
    add_fields(writer, binding.fields);
}

BindingInfo get_binding(ByteReader& reader) {
    BindingInfo binding;
    binding.set = reader.get<u32>();
    binding.binding = reader.get<u32>();
    binding.kind = reader.get<BindingKind>();
    binding.reads = reader.get<bool>();
    binding.writes = reader.get<bool>();
    binding.name = reader.get_string();
    binding.fixed_bytes = reader.get<u64>();
    binding.stride_bytes = reader.get<u64>();
    binding.element = get_type(reader, 0);
    binding.fields = get_fields(reader, 0);
    return binding;
}

}  // namespace

void ByteWriter::add_raw(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), bytes, bytes + size);
}

void ByteWriter::add(std::string_view text) {
    add(u64{text.size()});
    add_raw(text.data(), text.size());
}

void ByteWriter::add(std::span<const u32> words) {
    add(u64{words.size()});
    add_raw(words.data(), words.size_bytes());
}

void ByteReader::get_raw(void* out, std::size_t size) {
    if (size > rest_.size()) {
        ok_ = false;
        rest_ = {};
        return;
    }
    if (size != 0) std::memcpy(out, rest_.data(), size);
    rest_ = rest_.subspan(size);
}

std::size_t ByteReader::get_count() {
    const u64 count = get<u64>();
    if (count > rest_.size()) {
        ok_ = false;
        rest_ = {};
        return 0;
    }
    return static_cast<std::size_t>(count);
}

std::string ByteReader::get_string() {
    std::string text(get_count(), '\0');
    get_raw(text.data(), text.size());
    return text;
}

std::vector<u32> ByteReader::get_words() {
    const std::size_t count = get_count();
    if (count > rest_.size() / sizeof(u32)) {
        ok_ = false;
        rest_ = {};
        return {};
    }
    std::vector<u32> words(count);
    get_raw(words.data(), count * sizeof(u32));
    return words;
}

void add_interface(ByteWriter& writer, const Interface& interface) {
    writer.add(interface.entry);
    writer.add(u64{interface.bindings.size()});
    for (const BindingInfo& binding : interface.bindings) add_binding(writer, binding);
    writer.add(u64{interface.scalars.size()});
    for (const ScalarInfo& scalar : interface.scalars) {
        writer.add(scalar.name);
        add_type(writer, scalar.type);
        writer.add(scalar.offset_bytes);
        writer.add(scalar.size_bytes);
    }
    writer.add(interface.scalar_bytes);
    writer.add(interface.count_offset_bytes.has_value());
    writer.add(interface.count_offset_bytes.value_or(0));
    writer.add(u64{interface.constants.size()});
    for (const ConstantInfo& constant : interface.constants) {
        writer.add(constant.id);
        writer.add(constant.name);
        writer.add(constant.type);
        writer.add(constant.default_bits);
    }
    for (std::size_t i = 0; i < 3; ++i) {
        writer.add(interface.workgroup_size[i]);
        writer.add(interface.workgroup_constants[i].has_value());
        writer.add(interface.workgroup_constants[i].value_or(0));
    }
    writer.add(interface.shared_bytes);
    writer.add(interface.subgroup_size);
    writer.add(interface.uses_addresses);
    writer.add(interface.spirv_version);
    writer.add(u64{interface.requirements.size()});
    for (const Requirement& requirement : interface.requirements) {
        writer.add(requirement.capability);
        writer.add(requirement.name);
    }
}

static bool is_sound(const DType& type) {
    if (type.lanes == 0 || type.columns == 0) return false;
    return type.scalar == Scalar::record || u64{type.lanes} * type.columns * size_bytes(type.scalar) <= type.size_bytes;
}

static bool is_sound(const Interface& interface) {
    for (const BindingInfo& binding : interface.bindings)
        if (!is_sound(binding.element)) return false;
    for (const ScalarInfo& scalar : interface.scalars) {
        if (!is_sound(scalar.type) || u64{scalar.offset_bytes} + scalar.size_bytes > interface.scalar_bytes)
            return false;
        if (scalar.type.scalar != Scalar::record && scalar.type.size_bytes > scalar.size_bytes) return false;
    }
    return !interface.count_offset_bytes || u64{*interface.count_offset_bytes} + sizeof(u32) <= interface.scalar_bytes;
}

Interface get_interface(ByteReader& reader) {
    Interface interface;
    interface.entry = reader.get_string();
    interface.bindings.resize(reader.get_count());
    for (BindingInfo& binding : interface.bindings) binding = get_binding(reader);
    interface.scalars.resize(reader.get_count());
    for (ScalarInfo& scalar : interface.scalars) {
        scalar.name = reader.get_string();
        scalar.type = get_type(reader, 0);
        scalar.offset_bytes = reader.get<u32>();
        scalar.size_bytes = reader.get<u32>();
    }
    interface.scalar_bytes = reader.get<u32>();
    const bool has_count = reader.get<bool>();
    const u32 count_offset_bytes = reader.get<u32>();
    if (has_count) interface.count_offset_bytes = count_offset_bytes;
    interface.constants.resize(reader.get_count());
    for (ConstantInfo& constant : interface.constants) {
        constant.id = reader.get<u32>();
        constant.name = reader.get_string();
        constant.type = reader.get<Scalar>();
        constant.default_bits = reader.get<u64>();
    }
    for (std::size_t i = 0; i < 3; ++i) {
        interface.workgroup_size[i] = reader.get<u32>();
        const bool has_constant = reader.get<bool>();
        const u32 constant = reader.get<u32>();
        if (has_constant) interface.workgroup_constants[i] = constant;
    }
    interface.shared_bytes = reader.get<u64>();
    interface.subgroup_size = reader.get<u32>();
    interface.uses_addresses = reader.get<bool>();
    interface.spirv_version = reader.get<u32>();
    interface.requirements.resize(reader.get_count());
    for (Requirement& requirement : interface.requirements) {
        requirement.capability = reader.get<u32>();
        requirement.name = reader.get_string();
    }
    if (!is_sound(interface)) reader.reject();
    return interface;
}

}  // namespace alkomp::detail
