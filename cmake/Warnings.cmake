# SPDX-License-Identifier: MIT OR Apache-2.0
# alkomp_warnings(target): the warnings that every part of alkomp builds without.
option(ALKOMP_WERROR "Treat warnings as errors" OFF)
function(alkomp_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion $<$<BOOL:${ALKOMP_WERROR}>:-Werror>)
  # g++ 12 warns of overlap inside std::string's operator+ (GCC bug 105651, mended in 13).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
endfunction()
