// SPDX-License-Identifier: MIT OR Apache-2.0
// Any text is refused by the IR's parser or verifier with an error, or it survives print and parse.
#include "alkomp/error.h"
#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool right, const char* what, const std::string& text) {
    if (right) return;
    std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
    const std::string_view text(reinterpret_cast<const char*>(data), size_bytes);
    std::string printed;
    try {
        alkomp::ir::Module module = alkomp::ir::parse(text, "fuzz.ir");
        printed = alkomp::ir::print(module);
        alkomp::ir::verify(module);
    } catch (const alkomp::Error& error) {
        require(error.code() == alkomp::ErrorCode::compile_failed, error.what(), std::string(text));
        return 0;
    }
    try {
        alkomp::ir::Module again = alkomp::ir::parse(printed, "printed.ir");
        require(alkomp::ir::print(again) == printed, "The module prints otherwise after it was parsed", printed);
        alkomp::ir::verify(again);
    } catch (const alkomp::Error& error) {
        require(false, error.what(), printed);
    }
    return 0;
}
