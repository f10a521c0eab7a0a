# SPDX-License-Identifier: MIT OR Apache-2.0
# SpirvCross_LIBRARY, SpirvCross_INCLUDE_DIR: SPIRV-Cross through its C interface, as a shared library.
find_path(SpirvCross_INCLUDE_DIR spirv_cross_c.h PATH_SUFFIXES spirv_cross)
find_library(SpirvCross_LIBRARY spirv-cross-c-shared)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SpirvCross REQUIRED_VARS SpirvCross_LIBRARY SpirvCross_INCLUDE_DIR)
mark_as_advanced(SpirvCross_INCLUDE_DIR SpirvCross_LIBRARY)
