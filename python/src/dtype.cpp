// SPDX-License-Identifier: MIT OR Apache-2.0
// NumPy's dtypes as alkomp's element types.
#include "dtype.h"

#include <bit>
#include <map>
#include <optional>
#include <unordered_map>

namespace alkompy {
namespace {

using alkomp::DType;
using alkomp::Field;
using alkomp::RecordLayout;
using alkomp::Scalar;

std::optional<DType> number_type(char kind, std::size_t bytes) {
    const auto pick = [bytes](std::initializer_list<Scalar> by_size) -> std::optional<DType> {
        for (Scalar scalar : by_size)
            if (alkomp::size_bytes(scalar) == bytes) return DType(scalar);
        return std::nullopt;
    };
    switch (kind) {
        case 'b':
            return pick({Scalar::boolean});
        case 'i':
            return pick({Scalar::i8, Scalar::i16, Scalar::i32, Scalar::i64});
        case 'u':
            return pick({Scalar::u8, Scalar::u16, Scalar::u32, Scalar::u64});
        case 'f':
            return pick({Scalar::f16, Scalar::f32, Scalar::f64});
        case 'c':
            if (bytes == 8) return DType(Scalar::f32, 2);
            if (bytes == 16) return DType(Scalar::f64, 2);
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

/// What follows "dtype object " in the message, or nothing.
const char* reason_against(char kind) {
    switch (kind) {
        case 'O':
            return "holds Python objects, which no device can read";
        case 'S':
        case 'U':
        case 'T':
            return "is a string type, which kernels do not have";
        case 'M':
        case 'm':
            return "is a time type, which kernels do not have; view it as int64";
        default:
            return "has no counterpart on a device";
    }
}

DType make_type(nb::handle dtype, const std::string& subject);

Field make_field(const std::string& name, nb::handle entry, const std::string& subject) {
    Field field;
    field.name = name;
    field.offset_bytes = nb::cast<u32>(entry[1]);
    const std::string field_subject = subject + "field \"" + name + "\" of ";
    nb::object type = entry[0];
    if (nb::object subarray = type.attr("subdtype"); !subarray.is_none()) {
        for (nb::handle extent : nb::object(subarray[1])) field.count *= nb::cast<u32>(extent);
        type = subarray[0];
    }
    field.type = make_type(type, field_subject);
    field.stride_bytes = field.type.size_bytes;
    return field;
}

DType make_record(nb::handle dtype, u32 size_bytes, const std::string& subject) {
    RecordLayout layout;
    layout.size_bytes = size_bytes;
    const nb::object fields = dtype.attr("fields");
    for (nb::handle name : nb::object(dtype.attr("names")))
        layout.fields.push_back(make_field(nb::cast<std::string>(name), nb::object(fields[name]), subject));
    return DType::structure(std::move(layout));
}

/// `subject` is "function: " or "function: field "x" of ".
DType make_type(nb::handle dtype, const std::string& subject) {
    const std::string text = subject + "dtype " + dtype_name(dtype) + " ";
    const auto size_bytes = nb::cast<std::size_t>(dtype.attr("itemsize"));
    const char kind = nb::cast<std::string>(dtype.attr("kind")).at(0);
    if (size_bytes > UINT32_MAX) refuse(text + "has elements of 4 GiB or more.");
    if (!dtype.attr("names").is_none()) {
        if (size_bytes == 0) refuse(text + "has no fields, so its elements have no bytes.");
        return make_record(dtype, static_cast<u32>(size_bytes), subject);
    }
    if (std::optional<DType> type = number_type(kind, size_bytes)) {
        if (!nb::cast<bool>(dtype.attr("isnative")))
            refuse(text + "is not in this machine's byte order (" +
                   (std::endian::native == std::endian::little ? "little" : "big") +
                   "-endian); convert it with array.astype(array.dtype.newbyteorder(\"=\")).");
        return *type;
    }
    if (kind != 'O' && size_bytes == 2 && dtype_name(dtype) == "bfloat16") return DType(Scalar::bf16);
    if (kind == 'V' && size_bytes > 0 && dtype.attr("type").is(numpy("void")))
        return DType::opaque(static_cast<u32>(size_bytes));
    refuse(text + reason_against(kind) + "; use a numeric, bool or structured dtype.");
}

}  // namespace

nb::handle numpy(const char* name) {
    static auto& kept = *new std::map<std::string, nb::object, std::less<>>;
    if (const auto found = kept.find(std::string_view(name)); found != kept.end()) return found->second;
    return kept.emplace(name, nb::module_::import_("numpy").attr(name)).first->second;
}

const DType* scalar_type(nb::handle object) {
    static const auto& known = *[] {
        auto* types = new std::unordered_map<PyTypeObject*, DType>;
        for (const char* name : {"bool_", "int8", "int16", "int32", "int64", "longlong", "uint8", "uint16", "uint32",
                                 "uint64", "ulonglong", "float16", "float32", "float64", "complex64", "complex128"}) {
            const nb::handle type = numpy(name);
            types->emplace(reinterpret_cast<PyTypeObject*>(type.ptr()), element_type(as_dtype(type), "call"));
        }
        return types;
    }();
    const auto found = known.find(Py_TYPE(object.ptr()));
    return found != known.end() ? &found->second : nullptr;
}

nb::object as_dtype(nb::handle value) { return numpy("dtype")(value); }

std::string dtype_name(nb::handle dtype) { return nb::cast<std::string>(nb::str(dtype)); }

DType element_type(nb::handle dtype, const char* function) {
    // NumPy keeps one object per built-in dtype, so its address names the type.
    static auto& known = *new std::unordered_map<PyObject*, DType>;
    if (const auto found = known.find(dtype.ptr()); found != known.end()) return found->second;
    DType type = make_type(dtype, std::string(function) + ": ");
    if (type.scalar != Scalar::record && nb::cast<int>(dtype.attr("isbuiltin")) == 1)
        known.emplace(dtype.inc_ref().ptr(), type);
    return type;
}

}  // namespace alkompy
