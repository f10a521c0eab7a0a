# SPDX-License-Identifier: MIT OR Apache-2.0
# Toolchain: macOS on the machine ALKOMP_MACOS (aarch64 or x86_64) by zig's clang, which brings Apple's headers and the
# names in Apple's libraries. scripts/setup puts it into build/zig; scripts/test-macos builds the libraries that alkomp takes.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ALKOMP_MACOS)
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR ${ALKOMP_MACOS})
set(alkomp_zig "${CMAKE_CURRENT_LIST_DIR}/../build/zig/bin")
set(CMAKE_C_COMPILER "${alkomp_zig}/${ALKOMP_MACOS}-macos-c")
set(CMAKE_CXX_COMPILER "${alkomp_zig}/${ALKOMP_MACOS}-macos-c++")
set(CMAKE_AR llvm-ar-15 CACHE STRING "")
set(CMAKE_RANLIB llvm-ranlib-15 CACHE STRING "")
set(CMAKE_INSTALL_NAME_TOOL llvm-install-name-tool-15 CACHE STRING "")
set(CMAKE_OSX_SYSROOT "" CACHE STRING "")
# zig adds debug information and a sanitizer by itself. libpng 1.6.39 takes what defines TARGET_OS_MAC for a Mac of 1999.
set(CMAKE_C_FLAGS_INIT "-g0 -fno-sanitize=undefined -fno-define-target-os-macros")
set(CMAKE_CXX_FLAGS_INIT "-g0 -fno-sanitize=undefined")
set(CMAKE_FIND_ROOT_PATH "${CMAKE_CURRENT_LIST_DIR}/../build/macos/${ALKOMP_MACOS}/prefix")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
include("${CMAKE_CURRENT_LIST_DIR}/vulkan_headers.cmake")
