// SPDX-License-Identifier: MIT OR Apache-2.0
// Element types: the scalars of kernels, vectors and matrices of them, and records (structs).
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace alkomp {

using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using f32 = float;
using f64 = double;

/// IEEE 754 binary16, as bits. Converts from and to float, rounding to nearest even.
/// Source: IEEE 754-2019, 3.6.
struct f16 {
    u16 bits = 0;
    f16() = default;
    explicit f16(float value) noexcept;
    explicit operator float() const noexcept;
    bool operator==(const f16&) const = default;
};

/// bfloat16, as bits: the upper half of a binary32. Converts from float rounding to nearest even.
struct bf16 {
    u16 bits = 0;
    bf16() = default;
    explicit bf16(float value) noexcept;
    explicit operator float() const noexcept;
    bool operator==(const bf16&) const = default;
};

/// The scalar kinds. `record` is a struct, known by its fields or by its size alone.
enum class Scalar : u8 { boolean, i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64, record };

[[nodiscard]] std::string_view to_string(Scalar scalar) noexcept;

/// Bytes of one scalar; 0 for `record`.
[[nodiscard]] u32 size_bytes(Scalar scalar) noexcept;

struct RecordLayout;

/// The type of one buffer element: a scalar, a vector or matrix of scalars, or a record.
struct DType {
    Scalar scalar = Scalar::u8;
    u8 lanes = 1;    ///< components of a vector, rows of a matrix
    u8 columns = 1;  ///< columns of a matrix
    u32 size_bytes = 1;
    std::shared_ptr<const RecordLayout> record;  ///< null unless `scalar` is `record`

    DType() = default;
    DType(Scalar kind, u8 lane_count = 1);  // NOLINT: a scalar is a type

    /// A struct of which only the size is known; its fields cannot be checked.
    [[nodiscard]] static DType opaque(u32 size_bytes);
    [[nodiscard]] static DType structure(RecordLayout layout);

    bool operator==(const DType& other) const noexcept;
};

/// One member of a record.
struct Field {
    std::string name;
    DType type;
    u32 offset_bytes = 0;
    u32 count = 1;         ///< elements, for a fixed-size array
    u32 stride_bytes = 0;  ///< between those elements
};

struct RecordLayout {
    u32 size_bytes = 0;
    std::vector<Field> fields;  ///< empty: only the size is known
};

/// "f32", "f32x4", "f32x3x3", "struct{position: f32x4, mass: f32}", "struct of 48 bytes".
[[nodiscard]] std::string to_string(const DType& type);

/// The element type that stands for `T`: a scalar, `std::complex` and `std::array` of two to four
/// scalars as vectors, any other trivially copyable type as an opaque record.
template <class T>
[[nodiscard]] DType dtype_of();

namespace detail {

template <class T>
constexpr Scalar scalar_of() {
    if constexpr (std::is_same_v<T, bool>) return Scalar::boolean;
    else if constexpr (std::is_same_v<T, f16>) return Scalar::f16;
    else if constexpr (std::is_same_v<T, bf16>) return Scalar::bf16;
    else if constexpr (std::is_same_v<T, float>) return Scalar::f32;
    else if constexpr (std::is_same_v<T, double>) return Scalar::f64;
    else if constexpr (std::is_integral_v<T> && sizeof(T) <= 8) {
        constexpr bool is_signed = std::is_signed_v<T>;
        if constexpr (sizeof(T) == 1) return is_signed ? Scalar::i8 : Scalar::u8;
        else if constexpr (sizeof(T) == 2) return is_signed ? Scalar::i16 : Scalar::u16;
        else if constexpr (sizeof(T) == 4) return is_signed ? Scalar::i32 : Scalar::u32;
        else return is_signed ? Scalar::i64 : Scalar::u64;
    } else return Scalar::record;
}

template <class T>
struct IsShortArray : std::false_type {};
template <class T, std::size_t N>
struct IsShortArray<std::array<T, N>> : std::bool_constant<scalar_of<T>() != Scalar::record && (N >= 2 && N <= 4)> {};

}  // namespace detail

template <class T>
DType dtype_of() {
    static_assert(std::is_trivially_copyable_v<T>, "buffer elements are trivially copyable types");
    if constexpr (detail::scalar_of<T>() != Scalar::record) return DType(detail::scalar_of<T>());
    else if constexpr (std::is_same_v<T, std::complex<float>>) return DType(Scalar::f32, 2);
    else if constexpr (std::is_same_v<T, std::complex<double>>) return DType(Scalar::f64, 2);
    else if constexpr (detail::IsShortArray<T>::value)
        return DType(detail::scalar_of<typename T::value_type>(), static_cast<u8>(std::tuple_size_v<T>));
    else return DType::opaque(sizeof(T));
}

}  // namespace alkomp
