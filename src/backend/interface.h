// SPDX-License-Identifier: MIT OR Apache-2.0
// What a kernel asks of its caller, reflected from its code: bindings, scalars, constants, sizes.
#pragma once

#include "alkomp/dtype.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace alkomp {

enum class BindingKind : u8 { storage, uniform };

/// One buffer that a kernel takes.
struct BindingInfo {
    u32 set = 0;
    u32 binding = 0;
    BindingKind kind = BindingKind::storage;
    bool reads = true;
    bool writes = true;
    std::string name;           ///< the instance name, else the block's, else the only member's
    u64 fixed_bytes = 0;        ///< bytes in front of the runtime array, or of the whole block
    u64 stride_bytes = 0;       ///< of the runtime array; 0: the block has none
    DType element;              ///< of the runtime array, or of the whole block
    std::vector<Field> fields;  ///< members of the block, for messages and for callers by name
};

/// One scalar (vector, matrix, struct) that a kernel takes by value: a member of the push constants.
struct ScalarInfo {
    std::string name;
    DType type;
    u32 offset_bytes = 0;
    u32 size_bytes = 0;  ///< in the block; larger than the type's for padded matrices and arrays
};

/// One specialisation constant.
struct ConstantInfo {
    u32 id = 0;
    std::string name;  ///< empty where the code carries no names
    Scalar type = Scalar::u32;
    u64 default_bits = 0;
};

/// A SPIR-V capability that the code declares.
struct Requirement {
    u32 capability = 0;
    std::string name;
};

/// A scalar that the front sets: how many bytes are bound.
struct ByteCountInfo {
    u32 binding = 0;  ///< place in Interface::bindings
    u32 offset_bytes = 0;
};

struct Interface {
    std::string entry;                                        ///< the entry point's name
    std::vector<BindingInfo> bindings;                        ///< sorted by (set, binding)
    bool has_messages = false;                                ///< the last binding is the front's, for messages
    std::vector<ScalarInfo> scalars;                          ///< sorted by offset
    u32 scalar_bytes = 0;                                     ///< size of the push constant block, a multiple of 4
    std::optional<u32> count_offset_bytes;                    ///< where the front writes the invocations wanted along x
    std::vector<ByteCountInfo> byte_counts;                   ///< of buffers whose length the code asks for
    std::vector<ConstantInfo> constants;                      ///< sorted by id
    std::array<u32, 3> workgroup_size{1, 1, 1};               ///< with default constants
    std::array<std::optional<u32>, 3> workgroup_constants{};  ///< id of the constant that sets it
    u64 shared_bytes = 0;                                     ///< workgroup memory with default constants
    u32 subgroup_size = 0;                                    ///< that the code needs; 0: any
    bool uses_addresses = false;                              ///< physical storage buffer pointers
    u32 spirv_version = 0x10300;                              ///< as in the header word: 0x00010500 is 1.5
    std::vector<Requirement> requirements;
};

}  // namespace alkomp
