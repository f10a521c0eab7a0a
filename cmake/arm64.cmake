# SPDX-License-Identifier: MIT OR Apache-2.0
# Toolchain: Linux on 64-bit ARM by Debian's cross compiler; QEMU runs what it builds. The libraries that alkomp takes lie
# in build/arm64-root, where scripts/setup puts them.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(alkomp_arm64_root "${CMAKE_CURRENT_LIST_DIR}/../build/arm64-root/usr")
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu "${alkomp_arm64_root}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE PRE_TEST)  # nothing runs while building
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L /usr/aarch64-linux-gnu
  -E "LD_LIBRARY_PATH=${alkomp_arm64_root}/lib/aarch64-linux-gnu")
