// SPDX-License-Identifier: MIT OR Apache-2.0
// The numbers of the SPIR-V specification that are emitted, up to version 1.6 and the extensions of 2025: the headers
// that distributions carry are older than some of them.
#pragma once

#include "alkomp/dtype.h"

namespace alkomp::emit::spv {

// Many to a line, in the order of their numbers.
// clang-format off

using Id = u32;

inline constexpr u32 kMagic = 0x07230203;
inline constexpr u32 kVersion1_3 = 0x00010300, kVersion1_4 = 0x00010400;
inline constexpr u32 kVersion1_5 = 0x00010500, kVersion1_6 = 0x00010600;

enum class Op : u16 {
    Undef = 1, Name = 5, MemberName = 6, String = 7, Line = 8, Extension = 10, ExtInstImport = 11, ExtInst = 12,
    MemoryModel = 14, EntryPoint = 15, ExecutionMode = 16, Capability = 17, TypeVoid = 19, TypeBool = 20, TypeInt = 21,
    TypeFloat = 22, TypeVector = 23, TypeMatrix = 24, TypeArray = 28, TypeRuntimeArray = 29, TypeStruct = 30,
    TypePointer = 32, TypeFunction = 33, ConstantTrue = 41, ConstantFalse = 42, Constant = 43, ConstantComposite = 44,
    ConstantNull = 46, SpecConstantTrue = 48, SpecConstantFalse = 49, SpecConstant = 50, SpecConstantComposite = 51,
    SpecConstantOp = 52, Function = 54, FunctionParameter = 55, FunctionEnd = 56, FunctionCall = 57, Variable = 59,
    Load = 61, Store = 62, AccessChain = 65, InBoundsAccessChain = 66, PtrAccessChain = 67, ArrayLength = 68,
    Decorate = 71, MemberDecorate = 72, VectorExtractDynamic = 77, VectorInsertDynamic = 78, VectorShuffle = 79,
    CompositeConstruct = 80, CompositeExtract = 81, CompositeInsert = 82, CopyObject = 83, Transpose = 84, ConvertFToU = 109,
    ConvertFToS = 110, ConvertSToF = 111, ConvertUToF = 112, UConvert = 113, SConvert = 114, FConvert = 115,
    QuantizeToF16 = 116, ConvertPtrToU = 117, ConvertUToPtr = 120, Bitcast = 124, SNegate = 126, FNegate = 127,
    IAdd = 128, FAdd = 129, ISub = 130, FSub = 131, IMul = 132, FMul = 133, UDiv = 134, SDiv = 135, FDiv = 136,
    UMod = 137, FRem = 140, FMod = 141, VectorTimesScalar = 142, MatrixTimesScalar = 143, VectorTimesMatrix = 144,
    MatrixTimesVector = 145, MatrixTimesMatrix = 146, OuterProduct = 147, Dot = 148, UMulExtended = 151,
    SMulExtended = 152, Any = 154, All = 155, IsNan = 156, IsInf = 157, LogicalEqual = 164, LogicalNotEqual = 165,
    LogicalOr = 166, LogicalAnd = 167, LogicalNot = 168, Select = 169, IEqual = 170, INotEqual = 171,
    UGreaterThan = 172, SGreaterThan = 173, UGreaterThanEqual = 174, SGreaterThanEqual = 175, ULessThan = 176,
    SLessThan = 177, ULessThanEqual = 178, SLessThanEqual = 179, FOrdEqual = 180, FUnordNotEqual = 183,
    FOrdLessThan = 184, FOrdGreaterThan = 186, FOrdLessThanEqual = 188, FOrdGreaterThanEqual = 190,
    ShiftRightLogical = 194, ShiftRightArithmetic = 195, ShiftLeftLogical = 196, BitwiseOr = 197, BitwiseXor = 198,
    BitwiseAnd = 199, Not = 200, BitFieldInsert = 201, BitFieldSExtract = 202, BitFieldUExtract = 203, BitReverse = 204,
    BitCount = 205, ControlBarrier = 224, MemoryBarrier = 225, AtomicLoad = 227, AtomicStore = 228,
    AtomicExchange = 229, AtomicCompareExchange = 230, AtomicIAdd = 234, AtomicISub = 235, AtomicSMin = 236,
    AtomicUMin = 237, AtomicSMax = 238, AtomicUMax = 239, AtomicAnd = 240, AtomicOr = 241, AtomicXor = 242, Phi = 245,
    LoopMerge = 246, SelectionMerge = 247, Label = 248, Branch = 249, BranchConditional = 250, Switch = 251,
    Return = 253, ReturnValue = 254, Unreachable = 255, NoLine = 317, GroupNonUniformElect = 333,
    GroupNonUniformAll = 334, GroupNonUniformAny = 335, GroupNonUniformAllEqual = 336, GroupNonUniformBroadcast = 337,
    GroupNonUniformBroadcastFirst = 338, GroupNonUniformBallot = 339, GroupNonUniformBallotBitExtract = 341,
    GroupNonUniformBallotBitCount = 342, GroupNonUniformBallotFindLSB = 343, GroupNonUniformBallotFindMSB = 344,
    GroupNonUniformShuffle = 345, GroupNonUniformShuffleXor = 346, GroupNonUniformShuffleUp = 347,
    GroupNonUniformShuffleDown = 348, GroupNonUniformIAdd = 349, GroupNonUniformFAdd = 350, GroupNonUniformIMul = 351,
    GroupNonUniformFMul = 352, GroupNonUniformSMin = 353, GroupNonUniformUMin = 354, GroupNonUniformFMin = 355,
    GroupNonUniformSMax = 356, GroupNonUniformUMax = 357, GroupNonUniformFMax = 358, GroupNonUniformBitwiseAnd = 359,
    GroupNonUniformBitwiseOr = 360, GroupNonUniformBitwiseXor = 361, GroupNonUniformLogicalAnd = 362,
    GroupNonUniformLogicalOr = 363, GroupNonUniformLogicalXor = 364, GroupNonUniformQuadBroadcast = 365,
    GroupNonUniformQuadSwap = 366, CopyLogical = 400, PtrEqual = 401, PtrNotEqual = 402,
    GroupNonUniformRotateKHR = 4431, SDot = 4450, UDot = 4451, SUDot = 4452, TypeCooperativeMatrixKHR = 4456,
    CooperativeMatrixLoadKHR = 4457, CooperativeMatrixStoreKHR = 4458, CooperativeMatrixMulAddKHR = 4459,
    CooperativeMatrixLengthKHR = 4460, ReadClockKHR = 5056, AtomicFMinEXT = 5614, AtomicFMaxEXT = 5615,
    AtomicFAddEXT = 6035,
};

/// Of the extended instruction set "GLSL.std.450".
enum class Glsl : u16 {
    Round = 1, RoundEven = 2, Trunc = 3, FAbs = 4, SAbs = 5, FSign = 6, SSign = 7, Floor = 8, Ceil = 9, Fract = 10,
    Radians = 11, Degrees = 12, Sin = 13, Cos = 14, Tan = 15, Asin = 16, Acos = 17, Atan = 18, Sinh = 19, Cosh = 20,
    Tanh = 21, Asinh = 22, Acosh = 23, Atanh = 24, Atan2 = 25, Pow = 26, Exp = 27, Log = 28, Exp2 = 29, Log2 = 30,
    Sqrt = 31, InverseSqrt = 32, Determinant = 33, MatrixInverse = 34, ModfStruct = 36, FMin = 37, UMin = 38, SMin = 39,
    FMax = 40, UMax = 41, SMax = 42, FClamp = 43, UClamp = 44, SClamp = 45, FMix = 46, Step = 48, SmoothStep = 49,
    Fma = 50, FrexpStruct = 52, Ldexp = 53, PackSnorm4x8 = 54, PackUnorm4x8 = 55, PackSnorm2x16 = 56,
    PackUnorm2x16 = 57, PackHalf2x16 = 58, UnpackSnorm2x16 = 60, UnpackUnorm2x16 = 61, UnpackHalf2x16 = 62,
    UnpackSnorm4x8 = 63, UnpackUnorm4x8 = 64, Length = 66, Distance = 67, Cross = 68, Normalize = 69, FaceForward = 70,
    Reflect = 71, Refract = 72, FindILsb = 73, FindSMsb = 74, FindUMsb = 75,
};

enum class Capability : u32 {
    Matrix = 0, Shader = 1, Float16 = 9, Float64 = 10, Int64 = 11, Int64Atomics = 12, Int16 = 22, Int8 = 39,
    GroupNonUniform = 61, GroupNonUniformVote = 62, GroupNonUniformArithmetic = 63, GroupNonUniformBallot = 64,
    GroupNonUniformShuffle = 65, GroupNonUniformShuffleRelative = 66, GroupNonUniformClustered = 67,
    GroupNonUniformQuad = 68, StorageBuffer16BitAccess = 4433, UniformAndStorageBuffer16BitAccess = 4434,
    StoragePushConstant16 = 4435, VariablePointersStorageBuffer = 4441, VariablePointers = 4442,
    StorageBuffer8BitAccess = 4448, UniformAndStorageBuffer8BitAccess = 4449, StoragePushConstant8 = 4450, SignedZeroInfNanPreserve = 4466,
    ShaderClockKHR = 5055, BFloat16TypeKHR = 5116, BFloat16CooperativeMatrixKHR = 5118, VulkanMemoryModel = 5345,
    VulkanMemoryModelDeviceScope = 5346, PhysicalStorageBufferAddresses = 5347, AtomicFloat32MinMaxEXT = 5612,
    AtomicFloat64MinMaxEXT = 5613, AtomicFloat16MinMaxEXT = 5616, DotProductInputAll = 6016,
    DotProductInput4x8Bit = 6017, DotProductInput4x8BitPacked = 6018, DotProduct = 6019, CooperativeMatrixKHR = 6022,
    GroupNonUniformRotateKHR = 6026, AtomicFloat32AddEXT = 6033, AtomicFloat64AddEXT = 6034, AtomicFloat16AddEXT = 6095,
};

enum class Storage : u32 {
    Input = 1, Uniform = 2, Workgroup = 4, Private = 6, Function = 7, PushConstant = 9, StorageBuffer = 12,
    PhysicalStorageBuffer = 5349,
};

enum class Decoration : u32 {
    SpecId = 1, Block = 2, RowMajor = 4, ColMajor = 5, ArrayStride = 6, MatrixStride = 7, BuiltIn = 11, Aliased = 20,
    Coherent = 23, NonWritable = 24, NonReadable = 25, Binding = 33, DescriptorSet = 34, Offset = 35,
    NoContraction = 42, AliasedPointer = 5356,
};

enum class BuiltIn : u32 {
    NumWorkgroups = 24, WorkgroupSize = 25, WorkgroupId = 26, LocalInvocationId = 27, GlobalInvocationId = 28,
    LocalInvocationIndex = 29, SubgroupSize = 36, NumSubgroups = 38, SubgroupId = 40, SubgroupLocalInvocationId = 41,
    SubgroupEqMask = 4416, SubgroupGeMask = 4417, SubgroupGtMask = 4418, SubgroupLeMask = 4419, SubgroupLtMask = 4420,
};

enum class Scope : u32 {
    Device = 1, Workgroup = 2, Subgroup = 3, Invocation = 4, QueueFamily = 5,
};

enum class Semantics : u32 {
    Acquire = 0x2, Release = 0x4, AcquireRelease = 0x8, UniformMemory = 0x40, WorkgroupMemory = 0x100,
    MakeAvailable = 0x2000, MakeVisible = 0x4000,
};

enum class Access : u32 {
    Volatile = 0x1, Aligned = 0x2, MakePointerAvailable = 0x8, MakePointerVisible = 0x10, NonPrivatePointer = 0x20,
};

enum class Group : u32 {
    Reduce = 0, InclusiveScan = 1, ExclusiveScan = 2, ClusteredReduce = 3,
};

// clang-format on

}  // namespace alkomp::emit::spv
