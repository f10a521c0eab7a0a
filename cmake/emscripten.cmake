# SPDX-License-Identifier: MIT OR Apache-2.0
# Toolchain: the browser, by Debian's emscripten 3.1.6. Its C++ library lacks C++20's <coroutine> and
# std::bit_cast; its compiler is clang 14, so that libc++ 14's headers (libc++-14-dev) stand in for compiling.
include(/usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake)
set(ENV{NODE_PATH} /usr/share/nodejs)
if(NOT EXISTS /usr/share/emscripten/cache/sysroot/include/c++/v1/coroutine)
  string(APPEND CMAKE_CXX_FLAGS_INIT " -nostdinc++ -isystem /usr/lib/llvm-14/include/c++/v1"
    " -D_LIBCPP_HAS_THREAD_API_PTHREAD -D_LIBCPP_HAS_MUSL_LIBC")
endif()
# WebAssembly's own exceptions: JavaScript's would stand between C++ and a stack that is left (see web/README.md).
string(APPEND CMAKE_CXX_FLAGS_INIT " -fwasm-exceptions")
string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -fwasm-exceptions")
