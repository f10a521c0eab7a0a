// SPDX-License-Identifier: MIT OR Apache-2.0
// GLSL to SPIR-V for alkomp.js, in a module of its own: whoever writes WGSL never fetches it.
#include "glsl/glsl.h"

#include "alkomp/error.h"

#include <emscripten.h>

#include <string>
#include <utility>
#include <vector>

namespace {

alkomp::KernelOptions options;  // of the next compilation
std::vector<alkomp::u32> words;
std::string code, text;

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE void alkomp_glsl_macro(const char* name, const char* value) { options.macros[name] = value; }

/// The number of words, or 0 with code and text of the error.
EMSCRIPTEN_KEEPALIVE std::size_t alkomp_glsl_compile(const char* source, std::size_t size_bytes, const char* name) {
    const alkomp::KernelOptions given = std::exchange(options, {});
    try {
        words = alkomp::glsl_front::compile(alkomp::glsl(std::string(source, size_bytes), name), given,
                                            alkomp::Target::vulkan_1_2, alkomp::glsl_front::Lines::kept)
                    .words;
        return words.size();
    } catch (const alkomp::Error& error) {
        code = to_string(error.code());
        text = error.what();
    } catch (const std::exception& error) {
        code = "internal";
        text = error.what();
    }
    return 0;
}
EMSCRIPTEN_KEEPALIVE const alkomp::u32* alkomp_glsl_words() { return words.data(); }
EMSCRIPTEN_KEEPALIVE const char* alkomp_glsl_code() { return code.c_str(); }
EMSCRIPTEN_KEEPALIVE const char* alkomp_glsl_text() { return text.c_str(); }

}  // extern "C"
