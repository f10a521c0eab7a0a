# SPDX-License-Identifier: MIT OR Apache-2.0
# alkomp_warnings(target): the warnings that every part of alkomp builds without.
option(ALKOMP_WERROR "Treat warnings as errors" OFF)
function(alkomp_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion $<$<BOOL:${ALKOMP_WERROR}>:-Werror>)
endfunction()
