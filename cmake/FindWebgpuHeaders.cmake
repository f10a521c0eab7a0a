# SPDX-License-Identifier: MIT OR Apache-2.0
# WebgpuHeaders_INCLUDE_DIR: where webgpu.h and wgpu-native's wgpu.h are; libraries are opened at run time. Python's
# package `wgpu` has both: scripts/setup installs it into build/venv.
set(WebgpuHeaders_hints ${PROJECT_SOURCE_DIR}/build/venv/Lib/site-packages/wgpu/resources)
foreach(minor RANGE 10 20)
  list(APPEND WebgpuHeaders_hints ${PROJECT_SOURCE_DIR}/build/venv/lib/python3.${minor}/site-packages/wgpu/resources)
endforeach()
find_path(WebgpuHeaders_INCLUDE_DIR wgpu.h HINTS ${WebgpuHeaders_hints} PATH_SUFFIXES webgpu wgpu wgpu/resources NO_CMAKE_FIND_ROOT_PATH)
set(WebgpuHeaders_problem "webgpu.h and wgpu.h are in no folder that CMake looks in")
set(WebgpuHeaders_FITS FALSE)
if(WebgpuHeaders_INCLUDE_DIR)
  # Releases of other years have other structs under the same names.
  file(STRINGS ${WebgpuHeaders_INCLUDE_DIR}/webgpu.h WebgpuHeaders_found LIMIT_COUNT 1 REGEX "ComputePassEncoderSetImmediates")
  if(WebgpuHeaders_found)
    set(WebgpuHeaders_FITS TRUE)
  endif()
  set(WebgpuHeaders_problem "${WebgpuHeaders_INCLUDE_DIR}/webgpu.h is not that of wgpu-native 29")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(WebgpuHeaders
  REQUIRED_VARS WebgpuHeaders_INCLUDE_DIR WebgpuHeaders_FITS
  REASON_FAILURE_MESSAGE "${WebgpuHeaders_problem}. scripts/setup installs them, and -DWebgpuHeaders_INCLUDE_DIR=FOLDER names others")
mark_as_advanced(WebgpuHeaders_INCLUDE_DIR)
