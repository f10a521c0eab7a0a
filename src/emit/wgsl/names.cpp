// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/wgsl/names.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <vector>

namespace alkomp::emit::wg {
namespace {

/// Words of the language, words kept for later, and what is declared before any program: types and functions, which a
/// name might hide where they are meant. Source: the WGSL specification, "Keyword and Token Summary" and
/// "Predeclared Types", "Built-in Functions".
constexpr const char* kTaken[] = {
    // Keywords and literals.
    "alias", "break", "case", "const", "const_assert", "continue", "continuing", "default", "diagnostic", "discard",
    "else", "enable", "false", "fn", "for", "if", "let", "loop", "override", "requires", "return", "struct", "switch",
    "true", "var", "while",
    // Reserved.
    "NULL", "Self", "abstract", "active", "alignas", "alignof", "as", "asm", "asm_fragment", "async", "attribute",
    "auto", "await", "become", "cast", "catch", "class", "co_await", "co_return", "co_yield", "coherent",
    "column_major", "common", "compile", "compile_fragment", "concept", "const_cast", "consteval", "constexpr",
    "constinit", "crate", "debugger", "decltype", "delete", "demote", "demote_to_helper", "do", "dynamic_cast", "enum",
    "explicit", "export", "extends", "extern", "external", "fallthrough", "filter", "final", "finally", "friend",
    "from", "fxgroup", "get", "goto", "groupshared", "highp", "impl", "implements", "import", "inline", "instanceof",
    "interface", "layout", "lowp", "macro", "macro_rules", "match", "mediump", "meta", "mod", "module", "move", "mut",
    "mutable", "namespace", "new", "nil", "noexcept", "noinline", "nointerpolation", "non_coherent", "noncoherent",
    "noperspective", "null", "nullptr", "of", "operator", "package", "packoffset", "partition", "pass", "patch",
    "pixelfragment", "precise", "precision", "premerge", "priv", "protected", "pub", "public", "readonly", "ref",
    "regardless", "register", "reinterpret_cast", "require", "resource", "restrict", "self", "set", "shared", "sizeof",
    "smooth", "snorm", "static", "static_assert", "static_cast", "std", "subroutine", "super", "target", "template",
    "this", "thread_local", "throw", "trait", "try", "type", "typedef", "typeid", "typename", "typeof", "union",
    "unless", "unorm", "unsafe", "unsized", "use", "using", "varying", "virtual", "volatile", "wgsl", "where", "with",
    "writeonly", "yield",
    // Types, spaces and access modes.
    "array", "atomic", "bool", "f16", "f32", "f64", "i32", "i64", "u32", "u64", "mat2x2", "mat2x3", "mat2x4", "mat3x2",
    "mat3x3", "mat3x4", "mat4x2", "mat4x3", "mat4x4", "mat2x2f", "mat2x3f", "mat2x4f", "mat3x2f", "mat3x3f", "mat3x4f",
    "mat4x2f", "mat4x3f", "mat4x4f", "mat2x2h", "mat2x3h", "mat2x4h", "mat3x2h", "mat3x3h", "mat3x4h", "mat4x2h",
    "mat4x3h", "mat4x4h", "ptr", "sampler", "vec2", "vec3", "vec4", "vec2f", "vec3f", "vec4f", "vec2h", "vec3h",
    "vec4h", "vec2i", "vec3i", "vec4i", "vec2u", "vec3u", "vec4u", "function", "private", "workgroup", "uniform",
    "storage", "immediate", "handle", "read", "write", "read_write",
    // Functions.
    "abs", "acos", "acosh", "all", "any", "arrayLength", "asin", "asinh", "atan", "atan2", "atanh", "atomicAdd",
    "atomicAnd", "atomicCompareExchangeWeak", "atomicExchange", "atomicLoad", "atomicMax", "atomicMin", "atomicOr",
    "atomicStore", "atomicSub", "atomicXor", "bitcast", "ceil", "clamp", "cos", "cosh", "countLeadingZeros",
    "countOneBits", "countTrailingZeros", "cross", "degrees", "determinant", "distance", "dot", "dot4I8Packed",
    "dot4U8Packed", "exp", "exp2", "extractBits", "faceForward", "firstLeadingBit", "firstTrailingBit", "floor", "fma",
    "fract", "frexp", "insertBits", "inverseSqrt", "ldexp", "length", "log", "log2", "max", "min", "mix", "modf",
    "normalize", "pack2x16float", "pack2x16snorm", "pack2x16unorm", "pack4x8snorm", "pack4x8unorm", "pack4xI8",
    "pack4xU8", "pow", "quadBroadcast", "quadSwapDiagonal", "quadSwapX", "quadSwapY", "quantizeToF16", "radians",
    "reflect", "refract", "reverseBits", "round", "saturate", "select", "sign", "sin", "sinh", "smoothstep", "sqrt",
    "step", "storageBarrier", "subgroupAdd", "subgroupAll", "subgroupAnd", "subgroupAny", "subgroupBallot",
    "subgroupBarrier", "subgroupBroadcast", "subgroupBroadcastFirst", "subgroupElect", "subgroupExclusiveAdd",
    "subgroupExclusiveMul", "subgroupInclusiveAdd", "subgroupInclusiveMul", "subgroupMax", "subgroupMin", "subgroupMul",
    "subgroupOr", "subgroupShuffle", "subgroupShuffleDown", "subgroupShuffleUp", "subgroupShuffleXor", "subgroupXor",
    "tan", "tanh", "textureBarrier", "transpose", "trunc", "unpack2x16float", "unpack2x16snorm", "unpack2x16unorm",
    "unpack4x8snorm", "unpack4x8unorm", "unpack4xI8", "unpack4xU8", "workgroupBarrier", "workgroupUniformLoad"};

bool is_taken(const std::string& name) {
    static const std::vector<std::string> sorted = [] {
        std::vector<std::string> words(std::begin(kTaken), std::end(kTaken));
        std::sort(words.begin(), words.end());
        return words;
    }();
    return std::binary_search(sorted.begin(), sorted.end(), name);
}

/// The letters, digits and single underscores of a name; never empty.
std::string identifier(std::string_view wanted) {
    std::string name;
    for (const char c : wanted) {
        const bool fits = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (fits) name += c;
        else if (!name.empty() && name.back() != '_') name += '_';
    }
    while (!name.empty() && name.back() == '_') name.pop_back();
    if (name.empty()) return "v";
    return std::isdigit(static_cast<unsigned char>(name[0])) != 0 ? 'v' + name : name;
}

}  // namespace

std::string Names::unique(std::string_view wanted) {
    const std::string name = identifier(wanted);
    u32& next = given_[name];
    if (next == 0 && !is_taken(name)) {
        next = 1;
        return name;
    }
    // "x1" may be what somebody calls his own variable.
    for (next = std::max(next, 1u);; ++next) {
        std::string tried = name + '_' + std::to_string(next);
        if (given_.try_emplace(tried, 1).second) return tried;
    }
}

}  // namespace alkomp::emit::wg
