# SPDX-License-Identifier: MIT OR Apache-2.0
# Glslang_LIBRARIES, Glslang_INCLUDE_DIR: glslang's static archives with its C interface, in link order, and the
# SPIRV-Tools that they and the checking of SPIR-V need. Plain paths, so that an installed alkomp names no target.
# ALKOMP_GLSLANG_OPTIMIZES: off for a glslang that is built without SPIRV-Tools' optimiser (ENABLE_OPT=OFF).
option(ALKOMP_GLSLANG_OPTIMIZES "glslang is built with SPIRV-Tools' optimiser" ON)
find_path(Glslang_INCLUDE_DIR glslang/Include/glslang_c_interface.h)
find_path(SpirvTools_INCLUDE_DIR spirv-tools/libspirv.h)

set(Glslang_LIBRARIES "")
set(Glslang_required Glslang_INCLUDE_DIR SpirvTools_INCLUDE_DIR)
foreach(library IN ITEMS glslang MachineIndependent GenericCodeGen OSDependent OGLCompiler
    SPIRV SPIRV-Tools-opt SPIRV-Tools glslang-default-resource-limits)
  find_library(Glslang_${library}_LIBRARY ${library})
  mark_as_advanced(Glslang_${library}_LIBRARY)
  if(Glslang_${library}_LIBRARY)
    list(APPEND Glslang_LIBRARIES ${Glslang_${library}_LIBRARY})
  elseif(library STREQUAL "SPIRV-Tools-opt" AND NOT ALKOMP_GLSLANG_OPTIMIZES)
    continue()
  elseif(NOT library STREQUAL "OGLCompiler")  # gone since glslang 14
    list(APPEND Glslang_required Glslang_${library}_LIBRARY)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Glslang REQUIRED_VARS ${Glslang_required})
mark_as_advanced(Glslang_INCLUDE_DIR SpirvTools_INCLUDE_DIR)
