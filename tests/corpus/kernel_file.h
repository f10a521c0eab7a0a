// SPDX-License-Identifier: MIT OR Apache-2.0
// The kernels of the corpus: a file each, GLSL (.comp) or SPIR-V assembly (.spvasm), with a head that says all that a run needs.
//
// A line of the head begins with "//!", in assembly with ";!":
//
//   needs FEATURE...                   as alkomp/capabilities.h spells them: f16, subgroup.vote. A device that lacks one must
//                                      refuse the kernel, every other device must run it
//   assumes FEATURE...                 the same, but SPIR-V has no capability to say it: a device that lacks one is not asked
//   matrix SHAPE A B C RESULT          a cooperative matrix that it needs: matrix 16x16x16 f16 f16 f32 f32
//   version MAJOR.MINOR                of SPIR-V, for assembly; 1.5 unless given
//   tools newer                        assembly that needs newer SPIRV-Tools than distributions carry
//   buffer NAME TYPE[COUNT] FILL       what the binding of that name gets: buffer a f32[64] random -1 1
//   scalar NAME TYPE VALUE...          what the push constant gets; TYPE is u32, f32x4, or f32[6] for a matrix or struct
//   constant ID VALUE                  a specialisation constant; without the line it keeps its default
//   groups X [Y [Z]]                   workgroups of the call, 1 unless given
//   near NAME ULPS ABSOLUTE REASON...  elements may differ by either, where Vulkan lets results differ for that reason;
//                                      twice as much between runs. Without the line each bit counts
//   fails DEVICE WAY REASON...         a driver's fault: the results are wrong there, and the test fails once they are
//                                      right. Both names may end in *, for all that follows
//   refused DEVICE SENTENCE...         the device cannot run it: compiling it is `unsupported`, in these words. The name may
//                                      end in *, for all that follows
//   faults KIND REASON...              a checked device finds that in it, and it is meant: division_by_zero
//   unordered NAME                     the elements are compared as a set, since their order is left open
//   expect NAME VALUE...               what the buffer holds after the call, the values again and again
//   expect NAME by FUNCTION            the same, by a function of expectations.cpp
//
// FILL is `zero`; `index`, the element's place; `random LOW HIGH`, `whole LOW HIGH` (whole numbers, HIGH too); `bits`, any
// bits; `values VALUE...`, again and again; `addresses NAME...`, those of other buffers. A buffer that holds structs is
// given as what its bytes are, most often u32.
#pragma once

#include "alkomp/dtype.h"
#include "alkomp/kernel.h"

#include <array>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alkomp::testing {

struct KnownFailure {
    std::string device, way, reason;
};

struct CorpusBuffer {
    enum class Fill : u8 { zero, index, random, whole, bits, values, addresses };
    std::string name;
    Scalar scalar = Scalar::u32;
    u64 count = 0;
    Fill fill = Fill::zero;
    f64 low = 0, high = 0;           ///< random and whole
    std::vector<u64> values;         ///< their bits
    std::vector<std::string> names;  ///< addresses: of these buffers
    bool is_unordered = false;
    f64 ulps = 0, absolute = 0;  ///< how far elements may be from what is expected
    std::vector<u64> expected;   ///< bits of elements; empty: nothing is said
    std::string expected_by;     ///< a function's name
};

struct CorpusScalar {
    std::string name;
    Scalar scalar = Scalar::u32;
    u32 lanes = 1;
    bool is_record = false;   ///< a matrix or struct, given as its numbers in order
    std::vector<u64> values;  ///< their bits
};

struct KernelFile {
    std::string theme;  ///< the folder
    std::string name;   ///< "switch_falls_through"
    std::filesystem::path path;
    bool is_assembly = false, wants_newer_tools = false;
    std::string spirv_version = "1.5";
    std::vector<std::string> needs, assumed, matrices;
    std::vector<CorpusBuffer> buffers;
    std::vector<CorpusScalar> scalars;
    std::map<std::string, Constant> constants;
    std::set<std::string> faults;  ///< as to_string(FaultKind) names them
    std::vector<KnownFailure> known_failures;
    std::vector<std::pair<std::string, std::string>> refusals;  ///< device, and what it says
    std::array<u64, 3> groups{1, 1, 1};

    friend std::ostream& operator<<(std::ostream& out, const KernelFile& file) {
        return out << file.theme << '/' << file.name;
    }
};

/// All of them, by theme and name. Throws where a head is wrong, with file and line.
[[nodiscard]] const std::vector<KernelFile>& kernel_files();
/// Those of another folder and the folders in it.
[[nodiscard]] std::vector<KernelFile> kernel_files_in(const std::filesystem::path& folder);

/// GLSL as it stands in the file, or assembled words.
[[nodiscard]] Source source_of(const KernelFile& file);

/// The bytes of a buffer before the call; the same on every machine. Addresses are left out.
[[nodiscard]] std::vector<std::byte> filled(const KernelFile& file, const CorpusBuffer& buffer);

/// What stands between blanks. Streams are not asked: those of emscripten 3.1.6 know no blank with the headers of libc++ 14.
[[nodiscard]] std::vector<std::string> words_in(std::string_view line);

/// Writes the low bytes of `bits` where the element is.
void store_element(std::span<std::byte> bytes, Scalar scalar, std::size_t place, u64 bits);
[[nodiscard]] u64 load_element(std::span<const std::byte> bytes, Scalar scalar, std::size_t place);
/// The value of a floating-point number.
[[nodiscard]] f64 real_of(Scalar scalar, u64 bits);

}  // namespace alkomp::testing
