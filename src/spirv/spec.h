// SPDX-License-Identifier: MIT OR Apache-2.0
// The numbers of the SPIR-V specification that are emitted or read, up to version 1.6 and the extensions of 2025: the headers
// that distributions carry are older than some of them.
#pragma once

#include "alkomp/dtype.h"

namespace alkomp::spv {

// Many to a line, in the order of their numbers.
// clang-format off

using Id = u32;

inline constexpr u32 kMagic = 0x07230203;
inline constexpr u32 kVersion1_3 = 0x00010300, kVersion1_4 = 0x00010400;
inline constexpr u32 kVersion1_5 = 0x00010500, kVersion1_6 = 0x00010600;

enum class Op : u16 {
#define OP(name, number, operands) name = number,
#include "spirv/op.def"
#undef OP
};

/// Of the extended instruction set "GLSL.std.450".
enum class Glsl : u16 {
    Round = 1, RoundEven = 2, Trunc = 3, FAbs = 4, SAbs = 5, FSign = 6, SSign = 7, Floor = 8, Ceil = 9, Fract = 10,
    Radians = 11, Degrees = 12, Sin = 13, Cos = 14, Tan = 15, Asin = 16, Acos = 17, Atan = 18, Sinh = 19, Cosh = 20,
    Tanh = 21, Asinh = 22, Acosh = 23, Atanh = 24, Atan2 = 25, Pow = 26, Exp = 27, Log = 28, Exp2 = 29, Log2 = 30,
    Sqrt = 31, InverseSqrt = 32, Determinant = 33, MatrixInverse = 34, Modf = 35, ModfStruct = 36, FMin = 37, UMin = 38, SMin = 39,
    FMax = 40, UMax = 41, SMax = 42, FClamp = 43, UClamp = 44, SClamp = 45, FMix = 46, Step = 48, SmoothStep = 49,
    Fma = 50, Frexp = 51, FrexpStruct = 52, Ldexp = 53, PackSnorm4x8 = 54, PackUnorm4x8 = 55, PackSnorm2x16 = 56,
    PackUnorm2x16 = 57, PackHalf2x16 = 58, PackDouble2x32 = 59, UnpackSnorm2x16 = 60, UnpackUnorm2x16 = 61, UnpackHalf2x16 = 62,
    UnpackSnorm4x8 = 63, UnpackUnorm4x8 = 64, UnpackDouble2x32 = 65, Length = 66, Distance = 67, Cross = 68, Normalize = 69, FaceForward = 70,
    Reflect = 71, Refract = 72, FindILsb = 73, FindSMsb = 74, FindUMsb = 75, NMin = 79, NMax = 80, NClamp = 81,
};

enum class Capability : u32 {
    Matrix = 0, Shader = 1, Float16 = 9, Float64 = 10, Int64 = 11, Int64Atomics = 12, Int16 = 22, Int8 = 39,
    GroupNonUniform = 61, GroupNonUniformVote = 62, GroupNonUniformArithmetic = 63, GroupNonUniformBallot = 64,
    GroupNonUniformShuffle = 65, GroupNonUniformShuffleRelative = 66, GroupNonUniformClustered = 67,
    GroupNonUniformQuad = 68, StorageBuffer16BitAccess = 4433, UniformAndStorageBuffer16BitAccess = 4434,
    StoragePushConstant16 = 4435, VariablePointersStorageBuffer = 4441, VariablePointers = 4442,
    WorkgroupMemoryExplicitLayoutKHR = 4428, WorkgroupMemoryExplicitLayout8BitAccessKHR = 4429,
    WorkgroupMemoryExplicitLayout16BitAccessKHR = 4430, StorageBuffer8BitAccess = 4448,
    UniformAndStorageBuffer8BitAccess = 4449, StoragePushConstant8 = 4450, DenormPreserve = 4464,
    SignedZeroInfNanPreserve = 4466, RoundingModeRTE = 4467,
    ShaderClockKHR = 5055, BFloat16TypeKHR = 5116, BFloat16CooperativeMatrixKHR = 5118, VulkanMemoryModel = 5345,
    VulkanMemoryModelDeviceScope = 5346, PhysicalStorageBufferAddresses = 5347, AtomicFloat32MinMaxEXT = 5612,
    AtomicFloat64MinMaxEXT = 5613, AtomicFloat16MinMaxEXT = 5616, DotProductInputAll = 6016,
    DotProductInput4x8Bit = 6017, DotProductInput4x8BitPacked = 6018, DotProduct = 6019, CooperativeMatrixKHR = 6022,
    GroupNonUniformRotateKHR = 6026, AtomicFloat32AddEXT = 6033, AtomicFloat64AddEXT = 6034, AtomicFloat16AddEXT = 6095,
};

enum class Storage : u32 {
    UniformConstant = 0, Input = 1, Uniform = 2, Workgroup = 4, Private = 6, Function = 7, PushConstant = 9, StorageBuffer = 12,
    PhysicalStorageBuffer = 5349,
};

enum class Decoration : u32 {
    SpecId = 1, Block = 2, BufferBlock = 3, RowMajor = 4, ColMajor = 5, ArrayStride = 6, MatrixStride = 7, BuiltIn = 11,
    Aliased = 20, Volatile = 21, Coherent = 23, NonWritable = 24, NonReadable = 25, Binding = 33, DescriptorSet = 34, Offset = 35,
    FPFastMathMode = 40, NoContraction = 42, AliasedPointer = 5356,
};

enum class BuiltIn : u32 {
    NumWorkgroups = 24, WorkgroupSize = 25, WorkgroupId = 26, LocalInvocationId = 27, GlobalInvocationId = 28,
    LocalInvocationIndex = 29, SubgroupSize = 36, NumSubgroups = 38, SubgroupId = 40, SubgroupLocalInvocationId = 41,
    SubgroupEqMask = 4416, SubgroupGeMask = 4417, SubgroupGtMask = 4418, SubgroupLeMask = 4419, SubgroupLtMask = 4420,
};

enum class Scope : u32 {
    CrossDevice = 0, Device = 1, Workgroup = 2, Subgroup = 3, Invocation = 4, QueueFamily = 5,
};

enum class Semantics : u32 {
    Acquire = 0x2, Release = 0x4, AcquireRelease = 0x8, SequentiallyConsistent = 0x10, UniformMemory = 0x40, WorkgroupMemory = 0x100,
    MakeAvailable = 0x2000, MakeVisible = 0x4000,
};

enum class Access : u32 {
    Volatile = 0x1, Aligned = 0x2, MakePointerAvailable = 0x8, MakePointerVisible = 0x10, NonPrivatePointer = 0x20,
};

enum class Loop : u32 {
    None = 0x0, DontUnroll = 0x2,
};

enum class Group : u32 {
    Reduce = 0, InclusiveScan = 1, ExclusiveScan = 2, ClusteredReduce = 3,
};

// clang-format on

}  // namespace alkomp::spv
